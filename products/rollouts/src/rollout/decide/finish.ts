/**
 * The end of every pass: conditions, phase, and when to look again.
 */
import type { Next } from '@argosy/controller';

import { currentStepOf } from '../../replicas/canary-steps.ts';
import type { RolloutStatus } from '../../api/rollout.ts';
import { conditionsFor, deadlineAt, isCompleted } from '../conditions.ts';
import { phaseOf } from '../phase.ts';
import type { Plan } from '../plan.ts';
import { deadlineOf, type RolloutView } from '../view.ts';
import type { RolloutDecision } from '../decide.ts';

/** The decision of a pass. */
export const finish = (
  view: RolloutView,
  of: { readonly plan: Plan; readonly status: RolloutStatus; readonly abortMessage: string | undefined },
): RolloutDecision => {
  const conditions = conditionsFor({
    rollout: view.rollout,
    status: of.status,
    newSet: view.newSet,
    revision: view.revision,
    now: view.now,
    abortMessage: of.abortMessage,
    hasDeadline: hasDeadline(view),
  });
  const withConditions: RolloutStatus = { ...of.status, conditions };
  const { phase, message } = phaseOf({ ...view.rollout, status: withConditions });
  const status: RolloutStatus = { ...withConditions, phase, ...(message ? { message } : {}) };
  return { actions: of.plan.actions, status, events: of.plan.events, next: nextOf(view, of.plan, status) };
};

/** Pods have a deadline; a person, a clock and an analysis have none. @spec RO-ST-09 */
const hasDeadline = (view: RolloutView): boolean => {
  const step = view.spec.strategy?.canary ? currentStepOf(view.rollout)?.step : undefined;
  if (step?.pause || step?.analysis) return false;
  return !view.otherSets.some((set) => deadlineOf(set) !== undefined);
};

const nextOf = (view: RolloutView, plan: Plan, status: RolloutStatus): Next => {
  const deadline = isCompleted(status) ? undefined : deadlineAt(view.rollout, status);
  const times = [...plan.wakeAt, ...(deadline === undefined || deadline <= view.now ? [] : [deadline])];
  if (times.length === 0) return { kind: 'settled' };
  return { kind: 'recheck', afterMs: Math.max(0, Math.min(...times) - view.now) + 1 };
};

/** Nothing is to be done, and nothing changes. */
export const settled = (status: RolloutStatus): RolloutDecision => ({
  actions: [],
  status,
  events: [],
  next: { kind: 'settled' },
});
