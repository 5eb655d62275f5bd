/**
 * One look at a rollout: which set is new, stable and old, and what is in force. Pure.
 */
import { parseTimestamp, type Instant } from '@argosy/base';
import type { ReplicaSet } from '@argosy/kube';

import { replicasOf } from '../api/defaults.ts';
import type { Rollout, RolloutSpec, RolloutStatus } from '../api/rollout.ts';
import { stepHashOf } from '../replicas/canary-steps.ts';
import { sizeOf, type SetSize } from '../replicas/set-size.ts';
import type { CanarySizes } from '../replicas/basic-canary.ts';
import { hashOf, isInRollbackWindow, parseRevision, templateHashOf } from './revisions.ts';
import { SCALE_DOWN_DEADLINE } from './names.ts';
import type { RolloutWorld } from './world.ts';

/** A rollout and its sets, sorted out. */
export interface RolloutView {
  readonly rollout: Rollout;
  readonly spec: RolloutSpec;
  readonly status: RolloutStatus;
  readonly world: RolloutWorld;
  readonly now: Instant;
  readonly replicas: number;
  /** Hash of the template as it is now. */
  readonly hash: string;
  readonly stepHash: string;
  readonly newSet?: ReplicaSet;
  readonly stableSet?: ReplicaSet;
  /** Neither new nor stable. */
  readonly otherSets: readonly ReplicaSet[];
  readonly isFullyPromoted: boolean;
  readonly isInRollbackWindow: boolean;
  readonly isAborted: boolean;
  readonly revision: number;
}

/** Sorts out a rollout. */
export const viewOf = (rollout: Rollout, world: RolloutWorld, now: Instant): RolloutView => {
  const spec = rollout.spec ?? {};
  const status = rollout.status ?? {};
  const hash = templateHashOf(spec.template, status.collisionCount ?? 0);
  const newSet = world.sets.find((set) => hashOf(set) === hash);
  const stableSet = status.stableRS ? world.sets.find((set) => hashOf(set) === status.stableRS) : undefined;
  const sets = { sets: world.sets, ...(newSet ? { newSet } : {}), ...(stableSet ? { stableSet } : {}) };
  return {
    rollout,
    spec,
    status,
    world,
    now,
    hash,
    replicas: replicasOf(spec),
    stepHash: stepHashOf(spec),
    ...(newSet ? { newSet } : {}),
    ...(stableSet ? { stableSet } : {}),
    otherSets: world.sets.filter((set) => set !== newSet && set !== stableSet),
    isFullyPromoted: status.stableRS !== undefined && status.stableRS !== '' && status.stableRS === hash,
    isInRollbackWindow: isInRollbackWindow(rollout, sets),
    isAborted: status.abort === true,
    revision: newSet ? (parseRevision(newSet.metadata.annotations) ?? 0) : 0,
  };
};

/** Sizes for the arithmetic; stable is absent when it is the new set itself. */
export const sizesOf = (view: RolloutView): CanarySizes => {
  const canary = sizeOf(view.newSet);
  const stable = view.stableSet === view.newSet ? undefined : sizeOf(view.stableSet);
  return {
    ...(canary ? { canary } : {}),
    ...(stable ? { stable } : {}),
    older: view.otherSets.map((set) => sizeOf(set)),
  };
};

/** Whether every pod of a set of this wanted size is available. */
export const isSaturated = (set: ReplicaSet | undefined, replicas: number): boolean => {
  const size: SetSize | undefined = sizeOf(set);
  return size !== undefined && size.spec === replicas && size.available === replicas;
};

/** When a set's pods go; undefined without a deadline. */
export const deadlineOf = (set: ReplicaSet): Instant | undefined => {
  const text = set.metadata.annotations?.[SCALE_DOWN_DEADLINE];
  return text === undefined ? undefined : (parseTimestamp(text) ?? 0);
};
