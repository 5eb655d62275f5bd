/**
 * Whether sets have reached what is wanted of them. Pure. @spec RO-CAN-16, RO-CAN-17, RO-TW-02
 */
import { isRouted, maxWeightOf, replicasOf } from '../api/defaults.ts';
import type { Rollout } from '../api/rollout.ts';
import type { ReplicaProgressThreshold } from '../api/strategy.ts';
import type { CanarySizes } from './basic-canary.ts';
import { nextBasicSizes } from './basic-canary.ts';
import { canaryTargetOf } from './canary-steps.ts';
import { splitReplicas } from './ideal-split.ts';
import { nextRoutedSizes } from './routed-canary.ts';
import { totalOf, type SetSize } from './set-size.ts';
import { surgeLimitsOf } from './surge.ts';

/** So that 9 of 10 at 90 % holds in doubles. */
const TOLERANCE = 1e-10;

/** Whether enough of a set is available for `desired`: all of it, or as the threshold says. A negative threshold means all. */
export const hasProgressed = (
  size: SetSize | undefined,
  desired: number,
  threshold: ReplicaProgressThreshold | undefined,
): boolean => {
  if (!size) return false;
  const value = threshold?.value;
  if (value === undefined || value < 0) return size.spec === desired && size.available === desired;
  if (threshold?.type === 'Pods' || threshold?.type === 'Pod') return size.available >= value;
  return desired === 0 || (size.available / desired) * 100 + TOLERANCE >= value;
};

/** Whether canary and stable have the sizes the current step wants. */
export const hasReachedCounts = (rollout: Pick<Rollout, 'spec' | 'status'>, sizes: CanarySizes): boolean => {
  const canary = rollout.spec?.strategy?.canary;
  const wanted = isRouted(rollout) ? nextRoutedSizes(rollout, sizes) : idealSizes(rollout, sizes);
  if (!hasProgressed(sizes.canary, wanted.canary, canary?.replicaProgressThreshold)) return false;
  const isStableReached =
    (isRouted(rollout) && canary?.dynamicStableScale === true) ||
    !sizes.stable ||
    (sizes.stable.spec === wanted.stable && sizes.stable.created === wanted.stable);
  if (!isStableReached) return false;
  return isRouted(rollout) || totalOf(sizes.older, 'available') === 0;
};

const idealSizes = (rollout: Pick<Rollout, 'spec' | 'status'>, sizes: CanarySizes) => {
  if (!sizes.stable) return nextBasicSizes(rollout, sizes);
  return splitReplicas({
    replicas: replicasOf(rollout.spec),
    weight: canaryTargetOf(rollout).weight,
    maxWeight: 100,
    maxSurge: surgeLimitsOf(rollout.spec).surge,
  });
};

/** Whether a set has the pods to receive `weight`; rounded down, unlike sizes (RO-SE-04). */
export const canCarry = (
  rollout: Pick<Rollout, 'spec'>,
  of: { readonly weight: number; readonly available: number },
): boolean => {
  const canary = rollout.spec?.strategy?.canary;
  const needed = Math.floor((of.weight * replicasOf(rollout.spec)) / maxWeightOf(canary?.trafficRouting));
  const size = { spec: needed, created: needed, available: of.available };
  return (
    of.available >= needed ||
    (hasThreshold(canary?.replicaProgressThreshold) && hasProgressed(size, needed, canary?.replicaProgressThreshold))
  );
};

const hasThreshold = (threshold: ReplicaProgressThreshold | undefined): boolean => (threshold?.value ?? -1) >= 0;
