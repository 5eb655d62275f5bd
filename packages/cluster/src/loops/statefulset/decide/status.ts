/**
 * What a StatefulSet's status counts.
 */
import type { StatefulSetStatus } from '@argosy/kube';

import { isReadyPod } from '../../replicaset/rank-pods.ts';
import { replicasOf } from '../pod-identity.ts';
import { type Plan, isGoing, isHealthy, revisionOf } from './plan.ts';

/** The complete next status. */
export const computeStatus = (plan: Plan, before: StatefulSetStatus): StatefulSetStatus => {
  const pods = [...plan.byOrdinal.values()].filter((pod) => !isGoing(pod));
  const updateName = plan.update.metadata.name ?? '';
  const updated = pods.filter((pod) => revisionOf(pod) === updateName).length;
  const ready = pods.filter(isReadyPod).length;
  const available = pods.filter((pod) => isHealthy(plan, pod)).length;
  const desired = replicasOf(plan.set);
  const isDone = updated === desired && ready === desired && pods.length === desired;
  const current = isDone ? updateName : plan.current;
  return {
    observedGeneration: plan.set.metadata.generation ?? 0,
    replicas: pods.length,
    ...(ready > 0 ? { readyReplicas: ready } : {}),
    availableReplicas: available,
    ...withCount('currentReplicas', pods.filter((pod) => revisionOf(pod) === current).length),
    ...withCount('updatedReplicas', updated),
    currentRevision: current,
    updateRevision: updateName,
    collisionCount: before.collisionCount ?? 0,
  };
};

const withCount = (name: string, count: number): Readonly<Record<string, number>> =>
  count > 0 ? { [name]: count } : {};
