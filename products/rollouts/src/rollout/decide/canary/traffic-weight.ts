/**
 * The weight a canary is to have now. Pure. @spec RO-TW-01, RO-TW-02, RO-TW-08
 */
import { maxWeightOf } from '../../../api/defaults.ts';
import { canCarry, hasReachedCounts } from '../../../replicas/progress.ts';
import { currentWeightOf, stepsOf, weightBefore } from '../../../replicas/canary-steps.ts';
import { drainingWeight, wantedWeight } from '../../../replicas/routed-canary.ts';
import { sizesOf, type RolloutView } from '../../view.ts';

/** The weight of the canary; undefined: leave the routers as they are this time. */
export const decideWeight = (view: RolloutView): number | undefined => {
  const desired = desiredWeight(view);
  if (isGoingBack(view)) return desired;
  const maxWeight = maxWeightOf(view.spec.strategy?.canary?.trafficRouting);
  const stableAvailable = view.stableSet?.status?.availableReplicas ?? 0;
  // Stable must be able to carry what is left to it.
  const isStableAble =
    !view.stableSet || canCarry(view.rollout, { weight: maxWeight - desired, available: stableAvailable });
  return isStableAble ? desired : undefined;
};

const desiredWeight = (view: RolloutView): number => {
  const canary = view.spec.strategy?.canary;
  const maxWeight = maxWeightOf(canary?.trafficRouting);
  const available = view.newSet?.status?.availableReplicas ?? 0;
  const recorded = view.status.canary?.weights?.canary.weight ?? 0;
  if (view.isFullyPromoted) return 0;
  if (view.isAborted) return abortedWeight(view);
  if (!view.newSet || available === 0) return 0;
  if (view.status.promoteFull)
    return canary?.dynamicStableScale
      ? Math.min(maxWeight, Math.floor((maxWeight * available) / Math.max(1, view.replicas)))
      : recorded;
  const steps = stepsOf(view.spec);
  if (steps.length === 0) return 0;
  const index = view.status.currentStepIndex ?? 0;
  if (!hasReachedCounts(view.rollout, sizesOf(view))) return weightBefore(steps, index);
  return currentWeightOf(view.rollout);
};

const isGoingBack = (view: RolloutView): boolean =>
  view.isAborted && view.spec.strategy?.canary?.dynamicStableScale === true;

const abortedWeight = (view: RolloutView): number => {
  if (!view.spec.strategy?.canary?.dynamicStableScale) return 0;
  return drainingWeight(view.rollout, {
    desired: wantedWeight(view.rollout, sizesOf(view)),
    stableAvailable: view.stableSet?.status?.availableReplicas ?? 0,
  });
};
