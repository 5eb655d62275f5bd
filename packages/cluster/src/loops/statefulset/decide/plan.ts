/**
 * What a StatefulSet is to be: its pods by their ordinals, and its revisions.
 */
import type { Instant } from '@argosy/base';
import type { ControllerRevision, Pod, StatefulSet } from '@argosy/kube';

import { REVISION_HASH } from '../../history/revisions.ts';
import { isAvailablePod } from '../../replicaset/rank-pods.ts';
import { nextOrdinals, ordinalOf } from '../pod-identity.ts';
import type { StatefulSetWorld } from '../decide.ts';

/** A set as it is decided. */
export interface Plan {
  readonly set: StatefulSet;
  readonly now: Instant;
  readonly isOrdered: boolean;
  readonly minReadySeconds: number;
  readonly byOrdinal: ReadonlyMap<number, Pod>;
  /** Ordinals that should be, in order; of very many only the next ones. */
  readonly wanted: readonly number[];
  readonly current: string;
  readonly update: ControllerRevision;
  readonly claims: ReadonlySet<string>;
  readonly currentRevision: ControllerRevision | undefined;
}

/** The plan of a set whose update revision is known. */
export const startPlan = (
  set: StatefulSet,
  world: StatefulSetWorld & { readonly update: ControllerRevision },
  now: Instant,
): Plan => {
  const { pods, revisions, claims, update } = world;
  const current = set.status?.currentRevision || (update.metadata.name ?? '');
  const placed = pods.flatMap((pod) => {
    const ordinal = ordinalOf(set, pod);
    return ordinal === undefined ? [] : [[ordinal, pod] as const];
  });
  return {
    set,
    now,
    isOrdered: set.spec?.podManagementPolicy !== 'Parallel',
    minReadySeconds: set.spec?.minReadySeconds ?? 0,
    byOrdinal: new Map(placed),
    wanted: nextOrdinals(set, pods.length),
    current,
    update,
    claims,
    currentRevision: revisions.find((revision) => revision.metadata.name === current),
  };
};

/** From which ordinal on pods follow an update, counted from the first; none is kept with OnDelete. */
export const partitionOf = (set: StatefulSet): number =>
  set.spec?.updateStrategy?.type === 'OnDelete' ? 0 : (set.spec?.updateStrategy?.rollingUpdate?.partition ?? 0);

/** Whether a pod was told to go. */
export const isGoing = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined;
/** Whether a pod has been ready for as long as the set asks. */
export const isHealthy = (plan: Plan, pod: Pod): boolean => isAvailablePod(pod, plan.minReadySeconds, plan.now);
/** The revision a pod was made from, empty when it does not say so. */
export const revisionOf = (pod: Pod): string => pod.metadata.labels?.[REVISION_HASH] ?? '';
