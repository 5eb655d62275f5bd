/**
 * Whether a policy or a binding means a request. Pure.
 * @upstream kubernetes staging/src/k8s.io/apiserver/pkg/admission/plugin/policy/matching/matching.go
 */
import { concerns, matchesRules, type WebhookTarget } from '../webhooks/webhook-configuration.ts';
import type { MatchResources } from './policy-objects.ts';

/** Whether the rules may mean this, whatever its object turns out to be. */
export const mayMean = (resources: MatchResources | undefined, target: Omit<WebhookTarget, 'namespace'>): boolean =>
  matchesRules({ rules: resources?.resourceRules ?? [] }, target);

/** Whether it is meant. Without rules everything is: bindings narrow what their policy means. */
export const means = (resources: MatchResources | undefined, target: WebhookTarget): boolean => {
  if (!resources) return true;
  const { resourceRules, excludeResourceRules = [], ...selectors } = resources;
  const name = (target.object ?? target.before)?.metadata.name ?? '';
  const isMeant = (rules: NonNullable<MatchResources['resourceRules']>): boolean =>
    rules.some(
      (rule) =>
        concerns({ rules: [rule], ...selectors }, target) &&
        (!rule.resourceNames || rule.resourceNames.length === 0 || rule.resourceNames.includes(name)),
    );
  if (isMeant(excludeResourceRules)) return false;
  return resourceRules ? isMeant(resourceRules) : isMeant([ANYTHING]);
};

const ANYTHING = { operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*', '*'] };
