/**
 * How many of its pods a PodDisruptionBudget can spare. @upstream kubernetes pkg/controller/disruption/disruption.go#trySync
 */
import { parseTimestamp, type Instant } from '@argosy/base';
import type { Decision, Observed } from '@argosy/controller';
import { withCondition, type Pod, type PodDisruptionBudget, type PodDisruptionBudgetStatus } from '@argosy/kube';

import { isReadyPod } from '../replicaset/rank-pods.ts';
import { resolveIntOrPercent } from '../deployment/rolling.ts';

/** What a budget is decided from. */
export interface BudgetWorld {
  /** Pods it selects that have not ended. */
  readonly pods: readonly Pod[];
  /** How many pods the owners of those pods want in all; `undefined` when a pod has no owner with a scale. */
  readonly expected: number | undefined;
}

/** A pod whose eviction was granted is given this long to begin to go. */
const GRANT_MS = 120_000;

/** Decides. Pure and total. */
export const decideBudget = (
  observed: Observed<PodDisruptionBudget, BudgetWorld>,
): Decision<PodDisruptionBudgetStatus, never> => {
  const { object: budget, world, now } = observed;
  const before = budget.status;
  const disrupted = grantsLeft(before, world.pods, now);
  const healthy = world.pods.filter(
    (pod) => isReadyPod(pod) && !pod.metadata.deletionTimestamp && disrupted[pod.metadata.name ?? ''] === undefined,
  ).length;
  const expected = expectedOf(budget, world);
  const desired = expected === undefined ? world.pods.length : desiredOf(budget, expected);
  const allowed = expected === undefined ? 0 : Math.max(0, healthy - desired);
  const condition = {
    type: 'DisruptionAllowed',
    status: allowed > 0 ? ('True' as const) : ('False' as const),
    reason: expected === undefined ? 'SyncFailed' : allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
    message:
      expected === undefined
        ? 'found no controllers with a scale for the pods, and the budget is no whole number of minAvailable'
        : '',
    observedGeneration: budget.metadata.generation ?? 0,
  };
  const next = Object.values(disrupted).map((time) => (parseTimestamp(time) ?? now) + GRANT_MS - now);
  return {
    actions: [],
    status: {
      observedGeneration: budget.metadata.generation ?? 0,
      ...(Object.keys(disrupted).length > 0 ? { disruptedPods: disrupted } : {}),
      disruptionsAllowed: allowed,
      currentHealthy: healthy,
      desiredHealthy: desired,
      expectedPods: expected ?? world.pods.length,
      conditions: withCondition(before?.conditions, condition, now),
    },
    events: [],
    next: next.length > 0 ? { kind: 'recheck', afterMs: Math.max(10, Math.min(...next)) } : { kind: 'settled' },
  };
};

/** A whole number of pods that must stay counts the pods there are; shares and losses need to know how many there should be. */
const expectedOf = (budget: PodDisruptionBudget, world: BudgetWorld): number | undefined =>
  typeof budget.spec?.minAvailable === 'number' ? world.pods.length : world.expected;

const desiredOf = (budget: PodDisruptionBudget, expected: number): number => {
  const { minAvailable, maxUnavailable } = budget.spec ?? {};
  if (minAvailable !== undefined) return resolveIntOrPercent(minAvailable, expected, 'up');
  return Math.max(0, expected - resolveIntOrPercent(maxUnavailable ?? 1, expected, 'up'));
};

const grantsLeft = (
  status: PodDisruptionBudgetStatus | undefined,
  pods: readonly Pod[],
  now: Instant,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(status?.disruptedPods ?? {}).filter(([name, time]) => {
      const pod = pods.find((one) => one.metadata.name === name);
      const isFresh = (parseTimestamp(time) ?? 0) + GRANT_MS > now;
      return pod !== undefined && !pod.metadata.deletionTimestamp && isFresh;
    }),
  );
