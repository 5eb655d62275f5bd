/**
 * Everything a decision about a StatefulSet reads, from informer caches only.
 */
import type { Informer, InformerSet } from '@argosy/client';
import {
  CONTROLLER_REVISIONS,
  PERSISTENT_VOLUME_CLAIMS,
  STATEFUL_SETS,
  type ControllerRevision,
  type PersistentVolumeClaim,
  type Pod,
  type StatefulSet,
} from '@argosy/kube';

import { BY_CONTROLLER, byController } from '../loop-deps.ts';
import type { StatefulSetWorld } from './decide.ts';
import { claimsOf, nextOrdinals } from './pod-identity.ts';

/** What the loop follows. */
export interface StatefulSetInformers {
  readonly sets: Informer<StatefulSet>;
  readonly revisions: Informer<ControllerRevision>;
  readonly claims: Informer<PersistentVolumeClaim>;
}

/** The informers of the loop; revisions are found by their controller. */
export const statefulSetInformers = (informers: InformerSet): StatefulSetInformers => ({
  sets: informers.of({ resource: STATEFUL_SETS }),
  revisions: informers.of({ resource: CONTROLLER_REVISIONS, indexes: { [BY_CONTROLLER]: byController } }),
  claims: informers.of({ resource: PERSISTENT_VOLUME_CLAIMS }),
});

/** The world around a set. */
export const worldOf = (
  set: StatefulSet,
  pods: readonly Pod[],
  { revisions, claims }: StatefulSetInformers,
): StatefulSetWorld => {
  const { uid = '', namespace = '' } = set.metadata;
  const isThere = (name: string): boolean => claims.get({ namespace, name }) !== undefined;
  return {
    pods,
    revisions: revisions.byIndex(BY_CONTROLLER, uid),
    claims: knownClaims(set, pods.length, isThere),
  };
};

/** Which of the claims this set may need are there. */
const knownClaims = (set: StatefulSet, podCount: number, isThere: (name: string) => boolean): ReadonlySet<string> => {
  const names = nextOrdinals(set, podCount).flatMap((ordinal) =>
    claimsOf(set, ordinal).map(({ claim }) => claim.metadata.name ?? ''),
  );
  return new Set(names.filter(isThere));
};
