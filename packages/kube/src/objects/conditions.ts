/**
 * Conditions as values: setting one returns a new list, and the transition time moves only when the status does.
 */
import { toTimestamp, type Instant } from '@argosy/base';

import type { Condition } from './object.ts';

/** Finds a condition by type. */
export const findCondition = (conditions: readonly Condition[] | undefined, type: string): Condition | undefined =>
  conditions?.find((condition) => condition.type === type);

/** Tells whether a condition of this type is present with status True. */
export const isConditionTrue = (conditions: readonly Condition[] | undefined, type: string): boolean =>
  findCondition(conditions, type)?.status === 'True';

/**
 * Returns the list with this condition in place of the one of the same type, or appended. The same list comes back
 * when nothing but the time would change, so that a settled object is not written again.
 */
export const withCondition = (
  conditions: readonly Condition[] | undefined,
  next: Omit<Condition, 'lastTransitionTime'>,
  now: Instant,
): readonly Condition[] => {
  const all = conditions ?? [];
  const current = findCondition(all, next.type);
  if (
    current &&
    current.status === next.status &&
    current.reason === next.reason &&
    current.message === next.message &&
    current.observedGeneration === next.observedGeneration
  ) {
    return all;
  }
  const transitioned = current?.status === next.status ? current.lastTransitionTime : undefined;
  const written: Condition = { ...next, lastTransitionTime: transitioned ?? toTimestamp(now) };
  return current ? all.map((condition) => (condition === current ? written : condition)) : [...all, written];
};
