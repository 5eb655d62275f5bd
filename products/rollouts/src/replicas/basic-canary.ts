/**
 * The next sizes of canary and stable without a router: towards the ideal split, never above the surge nor below what
 * must stay available. Pure. @spec RO-REP-01, RO-REP-04, RO-REP-05, RO-REP-06, RO-REP-07
 */
import { replicasOf } from '../api/defaults.ts';
import type { Rollout } from '../api/rollout.ts';
import { canaryTargetOf } from './canary-steps.ts';
import { splitReplicas, type ReplicaSplit } from './ideal-split.ts';
import { totalOf, type SetSize } from './set-size.ts';
import { surgeLimitsOf } from './surge.ts';

/** The sets of a rollout; `stable` is absent when it is the canary itself. */
export interface CanarySizes {
  readonly canary?: SetSize;
  readonly stable?: SetSize;
  readonly older: readonly SetSize[];
}

/** Computes the sizes to write now. */
export const nextBasicSizes = (rollout: Pick<Rollout, 'spec' | 'status'>, sizes: CanarySizes): ReplicaSplit => {
  const replicas = replicasOf(rollout.spec);
  const { surge, unavailable } = surgeLimitsOf(rollout.spec);
  const target = sizes.stable
    ? splitReplicas({ replicas, weight: canaryTargetOf(rollout).weight, maxWeight: 100, maxSurge: surge })
    : { canary: replicas, stable: 0 };
  const limits = { most: replicas + surge, least: replicas - unavailable };
  const grown = grow(target, sizes, limits.most);
  // Older sets are drained before anything else is.
  if (totalOf(sizes.older, 'spec') > 0) return grown;
  return shrink(grown, { target, sizes, limits });
};

const grow = (target: ReplicaSplit, sizes: CanarySizes, most: number): ReplicaSplit => {
  const room = most - totalOf([sizes.canary, sizes.stable, ...sizes.older], 'spec');
  const stable = raise(sizes.stable?.spec ?? 0, target.stable, room);
  const canary = raise(sizes.canary?.spec ?? 0, target.canary, room - (stable - (sizes.stable?.spec ?? 0)));
  return { canary, stable };
};

const raise = (current: number, target: number, room: number): number =>
  target > current && room > 0 ? Math.min(target, current + room) : current;

interface Limits {
  readonly most: number;
  readonly least: number;
}

const shrink = (
  grown: ReplicaSplit,
  of: { readonly target: ReplicaSplit; readonly sizes: CanarySizes; readonly limits: Limits },
): ReplicaSplit => {
  const { target, sizes, limits } = of;
  const isIncreasing = !sizes.canary || target.canary >= sizes.canary.spec;
  // Pods of the side that is drained count whether they are available or not: removing broken ones costs nothing.
  const removable = countRemovable(sizes.canary, !isIncreasing) + countRemovable(sizes.stable, isIncreasing);
  if (removable <= limits.least) return grown;
  const room = removable - limits.least;
  if (isIncreasing) {
    if (!sizes.stable) return grown;
    const drained = lower(sizes.stable.spec, { target: target.stable, grown: grown.stable, room });
    const kept = keepWithin({ drained, kept: grown.canary }, sizes.canary, limits);
    return { canary: kept.kept, stable: kept.drained };
  }
  const drained = lower(sizes.canary?.spec ?? 0, { target: target.canary, grown: grown.canary, room });
  const kept = keepWithin({ drained, kept: grown.stable }, sizes.stable, limits);
  return { canary: kept.drained, stable: kept.kept };
};

/** How many pods of a set count when room for scaling down is worked out. */
export const countRemovable = (size: SetSize | undefined, ignoresAvailability: boolean): number => {
  if (!size) return 0;
  return size.spec < size.available || ignoresAvailability ? size.spec : size.available;
};

const lower = (
  current: number,
  of: { readonly target: number; readonly grown: number; readonly room: number },
): number => (current <= of.target ? of.grown : Math.max(of.target, current - of.room));

/** Growing and shrinking were worked out apart; together they must still respect both limits. */
const keepWithin = (
  of: { readonly drained: number; readonly kept: number },
  keptSize: SetSize | undefined,
  limits: Limits,
): { readonly drained: number; readonly kept: number } => {
  const over = Math.max(0, of.drained + of.kept - limits.most);
  const kept = of.kept - over;
  const available = Math.min(kept, keptSize?.available ?? 0) + of.drained;
  return { kept, drained: of.drained + Math.max(0, limits.least - available) };
};
