/**
 * The rules of a role that collects others, written down so that people can read them; who may do what is decided by the
 * roles themselves, at once. Pure.
 * @upstream kubernetes pkg/controller/clusterroleaggregation
 */
import { isEqual } from '@argosy/base';
import { matchesLabelSelector, type PolicyRule, type Role } from '@argosy/kube';

/** The rules a collecting role should show; `undefined` when it shows them, or collects nothing. */
export const decideRules = (role: Role, all: readonly Role[]): readonly PolicyRule[] | undefined => {
  if (!role.aggregationRule || role.metadata.deletionTimestamp) return undefined;
  const byName = all.toSorted((left, right) => (nameOf(left) < nameOf(right) ? -1 : 1));
  const found = collected(role, byName, new Set([nameOf(role)]));
  const rules = [...new Map(found.map((rule) => [JSON.stringify(rule), rule])).values()];
  return isEqual(rules, role.rules ?? []) ? undefined : rules;
};

/** Of roles that collect as well what they collect, not what they show: two that collect each other would never come to an end. */
const collected = (role: Role, all: readonly Role[], visited: Set<string>): readonly PolicyRule[] => {
  if (!role.aggregationRule) return role.rules ?? [];
  const selectors = role.aggregationRule.clusterRoleSelectors ?? [];
  return all.flatMap((other) => {
    const isMeant = selectors.some((selector) => matchesLabelSelector(selector, other.metadata.labels));
    if (!isMeant || visited.has(nameOf(other))) return [];
    visited.add(nameOf(other));
    return collected(other, all, visited);
  });
};

const nameOf = ({ metadata }: Role): string => metadata.name ?? '';
