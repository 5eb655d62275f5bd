/**
 * The rules of a role that collects others, written down so that people can read them; who may do what is decided by the
 * roles themselves, at once. Pure.
 * @upstream kubernetes pkg/controller/clusterroleaggregation
 */
import { isEqual } from '@argosy/base';
import { matchesLabelSelector, type PolicyRule, type Role } from '@argosy/kube';

/** The rules a collecting role should show; `undefined` when it shows them, or collects nothing. */
export const decideRules = (role: Role, all: readonly Role[]): readonly PolicyRule[] | undefined => {
  const selectors = role.aggregationRule?.clusterRoleSelectors ?? [];
  if (!role.aggregationRule || role.metadata.deletionTimestamp) return undefined;
  const nameOf = ({ metadata }: Role): string => metadata.name ?? '';
  const collected = all
    .filter((one) => nameOf(one) !== nameOf(role))
    .filter((one) => selectors.some((selector) => matchesLabelSelector(selector, one.metadata.labels)))
    .toSorted((left, right) => (nameOf(left) < nameOf(right) ? -1 : 1));
  const rules: PolicyRule[] = [];
  for (const rule of collected.flatMap((one) => one.rules ?? []))
    if (!rules.some((known) => isEqual(known, rule))) rules.push(rule);
  return isEqual(rules, role.rules ?? []) ? undefined : rules;
};
