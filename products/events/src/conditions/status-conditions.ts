/**
 * Conditions as Argo Events keeps them: a list sorted by type. @spec EV-CTL-02
 */
import type { Instant } from '@argosy/base';
import { withCondition, type Condition } from '@argosy/kube';

import type { ConditionsStatus } from '../api/shared-schema.ts';

/** A condition without its time. */
export type ConditionDraft = Omit<Condition, 'lastTransitionTime'>;

/** Sorted by type; the same list when it is sorted already. */
const sortedConditions = (conditions: readonly Condition[]): readonly Condition[] =>
  conditions.toSorted((left, right) => (left.type < right.type ? -1 : left.type > right.type ? 1 : 0));

/** The next status: these conditions in place of those before, times moving only on transitions. */
export const statusWith = (
  status: ConditionsStatus | undefined,
  drafts: readonly ConditionDraft[],
  now: Instant,
): ConditionsStatus => ({
  conditions: sortedConditions(
    drafts.reduce((conditions, draft) => withCondition(conditions, draft, now), status?.conditions ?? []),
  ),
});
