/**
 * Which pods wait for a node, and which changes give one of them a better chance.
 * @upstream kubernetes pkg/scheduler/backend/queue/scheduling_queue.go
 */
import { isEqual } from '@argosy/base';
import type { Change } from '@argosy/client';
import type { PersistentVolumeClaim, Pod } from '@argosy/kube';

import { hasPodTerms } from '../placement/neighbours/pod-terms.ts';
import { spreadRulesOf } from '../placement/spread/topology-spread.ts';

/** A pod that is ours to place; gated ones and those of other schedulers are not. Pure. */
export const isWaiting = ({ spec, metadata, status }: Pod): boolean => {
  if (spec?.nodeName || metadata.deletionTimestamp || status?.phase === 'Failed') return false;
  const gates = spec?.['schedulingGates'];
  const scheduler = spec?.['schedulerName'] ?? 'default-scheduler';
  return !(Array.isArray(gates) && gates.length > 0) && scheduler === 'default-scheduler';
};

/** Index of pods that wait: `all`, and among them those `asking` for or against neighbours, or to be spread among them. Pure. */
export const waitingAs = (pod: Pod): readonly ('all' | 'asking')[] => {
  if (!isWaiting(pod)) return [];
  return hasPodTerms(pod) || isSpread(pod) ? ['all', 'asking'] : ['all'];
};

const isSpread = (pod: Pod): boolean => spreadRulesOf(pod, 'DoNotSchedule').length > 0;

/** Whether a waiting pod is new or another than before; what it is only told, mostly by us, is no reason to look again. Pure. */
export const hasNewWish = (change: Change<Pod>): boolean =>
  change.kind !== 'updated' ||
  !isWaiting(change.previous) ||
  change.previous.metadata.uid !== change.object.metadata.uid ||
  !isEqual(change.previous.spec, change.object.spec) ||
  !isEqual(change.previous.metadata.labels, change.object.metadata.labels);

/** Whether a change may put a pod where others want to be near it, or away from where they are spread. Pure. */
export const isNewNeighbour = (change: Change<Pod>): boolean => {
  if (change.kind === 'added') return true;
  if (change.kind !== 'updated') return false;
  const { previous, object } = change;
  return (
    previous.spec?.nodeName !== object.spec?.nodeName ||
    // Who leaves is not counted any longer where pods are spread.
    previous.metadata.deletionTimestamp !== object.metadata.deletionTimestamp ||
    !isEqual(previous.metadata.labels, object.metadata.labels)
  );
};

/** Whether a pod waits for a claim to be bound. Pure. */
export const usesClaim = ({ metadata, spec }: Pod, claim: PersistentVolumeClaim): boolean =>
  metadata.namespace === claim.metadata.namespace &&
  (spec?.volumes ?? []).some(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === claim.metadata.name);
