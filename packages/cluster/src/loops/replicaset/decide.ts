/**
 * How many pods a ReplicaSet makes or gives up, and what it reports.
 * @upstream kubernetes pkg/controller/replicaset/replica_set.go#manageReplicas, replica_set_utils.go#calculateStatus
 */
import type { Instant } from '@argosy/base';
import type { Decision, Observed } from '@argosy/controller';
import { matchesRequirements, toRequirements, type Pod, type ReplicaSet, type ReplicaSetStatus } from '@argosy/kube';

import { isActivePod, isAvailablePod, isReadyPod, rankPodsForDeletion, readySinceOf } from './rank-pods.ts';

/** Most pods made or deleted in one round, as upstream's burst: one large set must not starve the others. */
const BURST_REPLICAS = 500;

/** What a ReplicaSet is decided from. */
export interface ReplicaSetWorld {
  /** Pods controlled by the set, also those finished or being deleted. */
  readonly pods: readonly Pod[];
}

/** What may be done for a ReplicaSet. */
export type ReplicaSetAction =
  | { readonly kind: 'create-pods'; readonly count: number }
  | { readonly kind: 'delete-pod'; readonly name: string; readonly uid: string };

/** Decides pods and status. Pure and total; a set being deleted makes and deletes nothing, the collector does. */
export const decideReplicaSet = (
  observed: Observed<ReplicaSet, ReplicaSetWorld>,
): Decision<ReplicaSetStatus, ReplicaSetAction> => {
  const { object, world, now } = observed;
  const active = world.pods.filter(isActivePod);
  const desired = object.spec?.replicas ?? 1;
  const isDeleting = object.metadata.deletionTimestamp !== undefined;
  const recheckMs = nextAvailabilityMs(active, object.spec?.minReadySeconds ?? 0, now);
  return {
    actions: isDeleting ? [] : decidePods(active, desired, now),
    status: computeStatus(object, active, now),
    events: [],
    next: recheckMs === undefined ? { kind: 'settled' } : { kind: 'recheck', afterMs: recheckMs },
  };
};

const decidePods = (active: readonly Pod[], desired: number, now: Instant): readonly ReplicaSetAction[] => {
  const missing = desired - active.length;
  if (missing > 0) return [{ kind: 'create-pods', count: Math.min(missing, BURST_REPLICAS) }];
  // Nobody is to go: ranking them all would cost as much as there are.
  if (missing === 0) return [];
  return rankPodsForDeletion(active, now)
    .slice(0, Math.min(-missing, BURST_REPLICAS))
    .map((pod) => ({ kind: 'delete-pod', name: pod.metadata.name ?? '', uid: pod.metadata.uid ?? '' }));
};

const computeStatus = (object: ReplicaSet, active: readonly Pod[], now: Instant): ReplicaSetStatus => {
  const templateLabels = object.spec?.template.metadata?.labels ?? {};
  const ofTemplate = toRequirements({ matchLabels: templateLabels });
  const minReadySeconds = object.spec?.minReadySeconds ?? 0;
  const ready = active.filter(isReadyPod);
  const isAvailable = (pod: Pod): boolean => isAvailablePod(pod, minReadySeconds, now);
  const status: ReplicaSetStatus = {
    ...object.status,
    replicas: active.length,
    fullyLabeledReplicas: active.filter((pod) => matchesRequirements(ofTemplate, pod.metadata.labels)).length,
    readyReplicas: ready.length,
    availableReplicas: minReadySeconds === 0 ? ready.length : ready.filter(isAvailable).length,
    observedGeneration: object.metadata.generation ?? 0,
  };
  // The API leaves zero counts out; writing them would make every comparison differ.
  return withoutZeros(status, ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas']);
};

const withoutZeros = (status: ReplicaSetStatus, fields: readonly (keyof ReplicaSetStatus)[]): ReplicaSetStatus => {
  const dropped = new Set<string>(fields.filter((field) => status[field] === 0));
  return {
    replicas: status.replicas,
    ...Object.fromEntries(Object.entries(status).filter(([field]) => !dropped.has(field))),
  };
};

/** Milliseconds until the next ready pod becomes available without any change of the cluster. */
const nextAvailabilityMs = (active: readonly Pod[], minReadySeconds: number, now: Instant): number | undefined => {
  // Who is ready is available: of a large set nobody need be looked at again.
  if (minReadySeconds === 0) return undefined;
  const waits = active
    .map(readySinceOf)
    .filter((since) => since !== undefined)
    .map((since) => since + minReadySeconds * 1000 - now)
    .filter((waitMs) => waitMs > 0);
  return waits.length === 0 ? undefined : Math.min(...waits);
};
