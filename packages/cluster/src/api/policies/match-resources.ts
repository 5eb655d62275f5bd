/**
 * Whether a policy or a binding means a request, and in which version. Pure.
 * @upstream kubernetes staging/src/k8s.io/apiserver/pkg/admission/plugin/policy/matching/matching.go
 */
import type { EquivalentKinds } from '../webhooks/equivalent-kinds.ts';
import { meantKind, meantTarget, type WebhookTarget } from '../webhooks/webhook-configuration.ts';
import type { MatchResources } from './policy-objects.ts';

/** Whether the rules may mean this, whatever its object turns out to be. */
export const mayMean = (
  { resourceRules = [], matchPolicy }: MatchResources,
  target: Omit<WebhookTarget, 'namespace'>,
  equivalents: EquivalentKinds,
): boolean =>
  meantKind({ rules: resourceRules, ...(matchPolicy ? { matchPolicy } : {}) }, target, equivalents) !== undefined;

/** The request as it is meant, `undefined` when it is not. Without rules everything is: bindings narrow what their policy means. */
export const meant = async (
  resources: MatchResources | undefined,
  target: WebhookTarget,
  equivalents: EquivalentKinds,
): Promise<WebhookTarget | undefined> => {
  if (!resources) return target;
  const { resourceRules, excludeResourceRules = [], ...selection } = resources;
  const name = (target.object ?? target.before)?.metadata.name ?? '';
  const meantBy = async (rules: NonNullable<MatchResources['resourceRules']>): Promise<WebhookTarget | undefined> => {
    const named = rules.filter(({ resourceNames = [] }) => resourceNames.length === 0 || resourceNames.includes(name));
    return meantTarget({ ...selection, rules: named }, target, equivalents);
  };
  if (await meantBy(excludeResourceRules)) return undefined;
  return meantBy(resourceRules ?? [ANYTHING]);
};

const ANYTHING = { operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*', '*'] };
