/**
 * How a rolling update moves replicas from old sets to the new one.
 * @upstream kubernetes pkg/controller/deployment/rolling.go, util/deployment_util.go
 */
import type { Deployment, ReplicaSet } from '@argosy/kube';

import { sizeOf } from './set-size.ts';

/** Pods above and below the desired count a rolling update may have. */
export interface RollingLimits {
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

/** A set and the size it is to have. */
export interface Resize {
  readonly set: ReplicaSet;
  readonly replicas: number;
}

/** Resolves a count or percentage of `total`. */
export const resolveIntOrPercent = (value: number | string, total: number, round: 'up' | 'down'): number => {
  if (typeof value === 'number') return value;
  const percent = /^(\d{1,5})%$/.exec(value);
  if (!percent) return 0;
  const exact = (Number(percent[1]) * total) / 100;
  return round === 'up' ? Math.ceil(exact) : Math.floor(exact);
};

/** The limits of a deployment; at least one pod may move, else nothing ever would. A recreate promises no availability by them. */
export const rollingLimits = (deployment: Deployment): RollingLimits => {
  const desired = deployment.spec?.replicas ?? 1;
  if (deployment.spec?.strategy?.type === 'Recreate') return { maxSurge: 0, maxUnavailable: 0 };
  const rolling = deployment.spec?.strategy?.rollingUpdate;
  const maxSurge = resolveIntOrPercent(rolling?.maxSurge ?? '25%', desired, 'up');
  const maxUnavailable = resolveIntOrPercent(rolling?.maxUnavailable ?? '25%', desired, 'down');
  return { maxSurge, maxUnavailable: maxSurge === 0 && maxUnavailable === 0 ? 1 : Math.min(maxUnavailable, desired) };
};

/** What is to be deleted is not counted on, although the set's status may not know of it yet. */
const availableOf = (set: ReplicaSet): number => Math.min(set.status?.availableReplicas ?? 0, sizeOf(set));
const sum = (sets: readonly ReplicaSet[], of: (set: ReplicaSet) => number): number =>
  sets.reduce((total, set) => total + of(set), 0);

/** The new set's next size: as large as the surge permits, or smaller if more was asked before. */
export const nextNewSize = (deployment: Deployment, newSet: ReplicaSet, all: readonly ReplicaSet[]): number => {
  const desired = deployment.spec?.replicas ?? 1;
  if (sizeOf(newSet) >= desired) return desired;
  if (deployment.spec?.strategy?.type === 'Recreate') return desired;
  const room = desired + rollingLimits(deployment).maxSurge - sum(all, sizeOf);
  return room <= 0 ? sizeOf(newSet) : Math.min(desired, sizeOf(newSet) + room);
};

/** The old sets' next sizes: unhealthy pods first, then as many as availability permits, oldest sets first. */
export const shrinkOldSets = (
  deployment: Deployment,
  newSet: ReplicaSet,
  oldSets: readonly ReplicaSet[],
): readonly Resize[] => {
  const desired = deployment.spec?.replicas ?? 1;
  const minAvailable = desired - rollingLimits(deployment).maxUnavailable;
  const newUnavailable = sizeOf(newSet) - availableOf(newSet);
  const maxScaledDown = sum([...oldSets, newSet], sizeOf) - minAvailable - newUnavailable;
  if (maxScaledDown <= 0) return [];
  const sizes = new Map(oldSets.map((set) => [set, sizeOf(set)] as const));
  let unhealthyBudget = maxScaledDown;
  for (const set of oldSets) {
    const unhealthy = Math.min(Math.max(0, sizeOf(set) - availableOf(set)), unhealthyBudget);
    sizes.set(set, sizeOf(set) - unhealthy);
    unhealthyBudget -= unhealthy;
  }
  let healthyBudget = sum([...oldSets, newSet], availableOf) - minAvailable;
  for (const set of oldSets) {
    const size = sizes.get(set) ?? 0;
    const step = Math.max(0, Math.min(size, healthyBudget));
    sizes.set(set, size - step);
    healthyBudget -= step;
  }
  return [...sizes].filter(([set, replicas]) => replicas !== sizeOf(set)).map(([set, replicas]) => ({ set, replicas }));
};
