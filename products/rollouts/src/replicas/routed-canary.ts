/**
 * Sizes of canary and stable when a router carries the weight. Pure. @spec RO-TRC-01, RO-TRC-02, RO-TRC-03, RO-TRC-04, RO-TRC-12, RO-TW-08
 */
import { abortDelayOf, maxWeightOf, replicasOf } from '../api/defaults.ts';
import type { Rollout } from '../api/rollout.ts';
import { canaryTargetOf, stepsOf } from './canary-steps.ts';
import type { ReplicaSplit } from './ideal-split.ts';
import type { SetSize } from './set-size.ts';

type Viewed = Pick<Rollout, 'spec' | 'status'>;

/** Pods needed to carry a weight, rounded up. */
export const replicasForWeight = (replicas: number, weight: number, maxWeight: number): number =>
  Math.ceil((replicas * weight) / maxWeight);

/** Computes the sizes; the sets are looked at only while a rollout with dynamicStableScale goes back. */
export const nextRoutedSizes = (
  rollout: Viewed,
  sizes: { readonly canary?: SetSize; readonly stable?: SetSize },
): ReplicaSplit => {
  const canary = rollout.spec?.strategy?.canary;
  const replicas = replicasOf(rollout.spec);
  const maxWeight = maxWeightOf(canary?.trafficRouting);
  const isWhole = isWholeCanary(rollout);
  const target = canaryTargetOf(rollout);
  const weight = isDynamicAbort(rollout) ? dynamicAbortWeight(rollout, sizes) : target.weight;
  const wanted = target.replicas ?? atLeast(rollout, replicasForWeight(replicas, weight, maxWeight));
  if (!canary?.dynamicStableScale) return { canary: isWhole ? replicas : wanted, stable: isWhole ? 0 : replicas };
  const weights = rollout.status?.canary?.weights;
  const carried = isDynamicAbort(rollout)
    ? Math.max(replicasForWeight(replicas, weights?.canary.weight ?? 0, maxWeight), wanted)
    : wanted;
  // Stable shrinks only after traffic has moved: the split written last counts too.
  const stable = Math.max(
    replicasForWeight(replicas, maxWeight - weight, maxWeight),
    weights ? replicasForWeight(replicas, weights.stable.weight, maxWeight) : 0,
  );
  return { canary: carried, stable: atLeast(rollout, stable) };
};

const isWholeCanary = ({ status }: Viewed): boolean => !status?.stableRS || status.currentPodHash === status.stableRS;

const isDynamicAbort = (rollout: Viewed): boolean =>
  rollout.status?.abort === true && rollout.spec?.strategy?.canary?.dynamicStableScale === true;

/** A set with any pods has at least so many, for availability's sake. */
const atLeast = (rollout: Viewed, count: number): number => {
  const floor = rollout.spec?.strategy?.canary?.minPodsPerReplicaSet ?? 0;
  return count === 0 ? 0 : Math.max(count, Math.min(floor, replicasOf(rollout.spec)));
};

/** The weight whose pods the canary keeps while an aborted rollout with dynamicStableScale drains: one step back at a time. */
const dynamicAbortWeight = (
  rollout: Viewed,
  sizes: { readonly canary?: SetSize; readonly stable?: SetSize },
): number => {
  const replicas = replicasOf(rollout.spec);
  const maxWeight = maxWeightOf(rollout.spec?.strategy?.canary?.trafficRouting);
  if (!sizes.stable) return 0;
  const missing = replicas - sizes.stable.available;
  const current = abortDelayOf(rollout.spec).wasSet ? missing : Math.max(missing, sizes.canary?.available ?? 0);
  return (
    stepsOf(rollout.spec)
      .flatMap((step) => (step.setWeight === undefined ? [] : [step.setWeight]))
      .findLast((weight) => replicasForWeight(replicas, weight, maxWeight) < current) ?? 0
  );
};

/** The canary's weight wanted by the arithmetic of an abort or of a plain step. */
export const wantedWeight = (
  rollout: Viewed,
  sizes: { readonly canary?: SetSize; readonly stable?: SetSize },
): number => (isDynamicAbort(rollout) ? dynamicAbortWeight(rollout, sizes) : 0);

/** The weight to set while a rollout with dynamicStableScale goes back to stable; it never rises. */
export const drainingWeight = (
  rollout: Viewed,
  of: { readonly desired: number; readonly stableAvailable: number },
): number => {
  const replicas = replicasOf(rollout.spec);
  const maxWeight = maxWeightOf(rollout.spec?.strategy?.canary?.trafficRouting);
  const expected =
    replicas === 0 ? 0 : Math.max(0, maxWeight - Math.floor((maxWeight * of.stableAvailable) / replicas));
  const current = rollout.status?.canary?.weights?.canary.weight;
  if (current === undefined) return Math.max(expected, of.desired);
  if (of.desired <= 0) return Math.min(expected, current);
  const needed = Math.floor(((maxWeight - of.desired) * replicas) / maxWeight);
  return of.stableAvailable < needed ? current : Math.min(of.desired, current);
};
