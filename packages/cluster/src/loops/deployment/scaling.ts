/**
 * A deployment that is asked for another number of pods in the middle of a rollout, or while it is paused: every set
 * grows or shrinks by its share, so that the risk stays spread as it was.
 * @upstream kubernetes pkg/controller/deployment/sync.go#scale, util/deployment_util.go#GetReplicaSetProportion
 */
import type { Deployment, ReplicaSet } from '@argosy/kube';

import { resizePlan, withSize, type Plan } from './resize.ts';
import { DESIRED_REPLICAS, MAX_REPLICAS } from './revisions.ts';
import { rollingLimits } from './rolling.ts';
import { sizeOf } from './set-size.ts';

/** Whether sets are to be scaled and nothing else: the deployment is paused, or asks for other than when it sized them. */
export const isScaling = (object: Deployment, sets: readonly ReplicaSet[]): boolean =>
  object.spec?.paused === true ||
  sets
    .filter((set) => sizeOf(set) > 0)
    .some((set) => {
      const asked = set.metadata.annotations?.[DESIRED_REPLICAS];
      return asked !== undefined && asked !== String(desiredOf(object));
    });

/** Decides the sizes. Pure. */
export const planScaling = (
  object: Deployment,
  newSet: ReplicaSet | undefined,
  oldSets: readonly ReplicaSet[],
): Plan => {
  const active = [...oldSets, ...(newSet ? [newSet] : [])].filter((set) => sizeOf(set) > 0);
  const [first] = active;
  const only = active.length > 1 ? undefined : (first ?? newSet ?? oldSets.at(-1));
  if (only) return sizesPlan(object, new Map([[only, desiredOf(object)]]));
  if (newSet && isSaturated(object, newSet)) {
    const old = active.filter((set) => set !== newSet);
    return sizesPlan(object, new Map(old.map((set) => [set, 0])));
  }
  if (object.spec?.strategy?.type === 'Recreate') return sizesPlan(object, new Map());
  return sizesPlan(object, proportionalSizes(object, active));
};

/** Sizes by set. The largest set, of several the newest when growing and the oldest when shrinking, takes what rounding leaves. */
const proportionalSizes = (object: Deployment, active: readonly ReplicaSet[]): ReadonlyMap<ReplicaSet, number> => {
  const desired = desiredOf(object);
  const allowed = desired > 0 ? desired + rollingLimits(object).maxSurge : 0;
  const toAdd = allowed - active.reduce((sum, set) => sum + sizeOf(set), 0);
  const isOlder = (left: ReplicaSet, right: ReplicaSet): boolean =>
    (left.metadata.creationTimestamp ?? '') < (right.metadata.creationTimestamp ?? '');
  const sorted = [...active].sort(
    (left, right) => sizeOf(right) - sizeOf(left) || (isOlder(left, right) === toAdd > 0 ? 1 : -1),
  );
  const sizes = new Map<ReplicaSet, number>();
  let added = 0;
  for (const set of sorted) {
    const share = toAdd === 0 ? 0 : shareOf(object, set, toAdd - added);
    sizes.set(set, Math.max(0, sizeOf(set) + share));
    added += share;
  }
  const [largest] = sorted;
  if (largest) sizes.set(largest, Math.max(0, (sizes.get(largest) ?? 0) + toAdd - added));
  return sizes;
};

/** By how many pods a set changes, at most as many as are left. */
const shareOf = (object: Deployment, set: ReplicaSet, left: number): number => {
  const desired = desiredOf(object);
  const size = sizeOf(set);
  const before = Number(set.metadata.annotations?.[MAX_REPLICAS] ?? 0) || (object.status?.replicas ?? 0);
  if (left === 0 || (desired > 0 && before === 0)) return 0;
  const share = desired === 0 ? -size : Math.round((size * (desired + rollingLimits(object).maxSurge)) / before) - size;
  return left > 0 ? Math.min(share, left) : Math.max(share, left);
};

/** The new set is as large as asked, and all of its pods are available. */
const isSaturated = (object: Deployment, set: ReplicaSet): boolean =>
  sizeOf(set) === desiredOf(object) &&
  set.metadata.annotations?.[DESIRED_REPLICAS] === String(desiredOf(object)) &&
  (set.status?.availableReplicas ?? 0) === desiredOf(object);

/** Sets that keep their size are told all the same what was asked for. */
const sizesPlan = (object: Deployment, sizes: ReadonlyMap<ReplicaSet, number>): Plan => {
  const plans = [...sizes].map(([set, replicas]): Plan => {
    if (replicas !== sizeOf(set)) return resizePlan(object, set, replicas);
    const told = withSize(object, set, replicas);
    const isKnown = [DESIRED_REPLICAS, MAX_REPLICAS].every(
      (name) => told.metadata.annotations?.[name] === set.metadata.annotations?.[name],
    );
    return { actions: isKnown ? [] : [{ kind: 'update-set', set: told }], events: [] };
  });
  return { actions: plans.flatMap(({ actions }) => actions), events: plans.flatMap(({ events }) => events) };
};

const desiredOf = (object: Deployment): number => object.spec?.replicas ?? 1;
