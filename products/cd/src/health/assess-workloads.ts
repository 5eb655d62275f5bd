/**
 * Health of workloads. @upstream argo-cd gitops-engine/pkg/health/health_{deployment,statefulset,daemonset,replicaset,job}.go
 */
import {
  findCondition,
  type Condition,
  type Deployment,
  type Job,
  type KubeObject,
  type ReplicaSet,
} from '@argosy/kube';

import { health, type Health } from './health.ts';

interface StatefulSetStatus {
  readonly observedGeneration?: number;
  readonly readyReplicas?: number;
  readonly updatedReplicas?: number;
  readonly updateRevision?: string;
  readonly currentRevision?: string;
}
type StatefulSet = KubeObject<
  {
    readonly replicas?: number;
    readonly updateStrategy?: { readonly type?: string; readonly rollingUpdate?: { readonly partition?: number } };
  },
  StatefulSetStatus
>;
type DaemonSet = KubeObject<
  { readonly updateStrategy?: { readonly type?: string } },
  {
    readonly observedGeneration?: number;
    readonly updatedNumberScheduled?: number;
    readonly desiredNumberScheduled?: number;
    readonly numberAvailable?: number;
  }
>;

/** @spec CD-HLTH-05 */
export const assessDeployment = (object: KubeObject): Health => {
  const { metadata, spec, status = {} } = object as Deployment;
  if (spec?.paused) return health('Suspended', 'Deployment is paused');
  if ((metadata.generation ?? 0) > (status.observedGeneration ?? 0))
    return health(
      'Progressing',
      'Waiting for rollout to finish: observed deployment generation less than desired generation',
    );
  if (findCondition(status.conditions, 'Progressing')?.reason === 'ProgressDeadlineExceeded')
    return health('Degraded', `Deployment "${metadata.name ?? ''}" exceeded its progress deadline`);
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
  if (spec?.replicas !== undefined && updatedReplicas < spec.replicas) {
    return health(
      'Progressing',
      `Waiting for rollout to finish: ${updatedReplicas} out of ${spec.replicas} new replicas have been updated...`,
    );
  }
  if (replicas > updatedReplicas)
    return health(
      'Progressing',
      `Waiting for rollout to finish: ${replicas - updatedReplicas} old replicas are pending termination...`,
    );
  if (availableReplicas < updatedReplicas)
    return health(
      'Progressing',
      `Waiting for rollout to finish: ${availableReplicas} of ${updatedReplicas} updated replicas are available...`,
    );
  return health('Healthy');
};

/** @spec CD-HLTH-06 */
export const assessStatefulSet = (object: KubeObject): Health => {
  const { metadata, spec, status = {} } = object as StatefulSet;
  if (!status.observedGeneration || (metadata.generation ?? 0) > status.observedGeneration)
    return health('Progressing', 'Waiting for statefulset spec update to be observed...');
  const { readyReplicas = 0, updatedReplicas = 0 } = status;
  if (spec?.replicas !== undefined && readyReplicas < spec.replicas)
    return health('Progressing', `Waiting for ${spec.replicas - readyReplicas} pods to be ready...`);
  const partition =
    spec?.updateStrategy?.type === 'RollingUpdate' ? spec.updateStrategy.rollingUpdate?.partition : undefined;
  if (partition !== undefined && spec?.replicas !== undefined) {
    const wanted = spec.replicas - partition;
    if (updatedReplicas < wanted)
      return health(
        'Progressing',
        `Waiting for partitioned roll out to finish: ${updatedReplicas} out of ${wanted} new pods have been updated...`,
      );
    return health('Healthy', `partitioned roll out complete: ${updatedReplicas} new pods have been updated...`);
  }
  if (spec?.updateStrategy?.type === 'OnDelete')
    return health('Healthy', `statefulset has ${readyReplicas} ready pods`);
  if (status.updateRevision !== status.currentRevision)
    return health(
      'Progressing',
      `waiting for statefulset rolling update to complete ${updatedReplicas} pods at revision ${status.updateRevision ?? ''}...`,
    );
  return health(
    'Healthy',
    `statefulset rolling update complete ${readyReplicas} pods at revision ${status.currentRevision ?? ''}...`,
  );
};

/** @spec CD-HLTH-07 */
export const assessDaemonSet = (object: KubeObject): Health => {
  const { metadata, spec, status = {} } = object as DaemonSet;
  if ((metadata.generation ?? 0) > (status.observedGeneration ?? 0))
    return health(
      'Progressing',
      'Waiting for rollout to finish: observed daemon set generation less than desired generation',
    );
  const {
    updatedNumberScheduled: updated = 0,
    desiredNumberScheduled: desired = 0,
    numberAvailable: available = 0,
  } = status;
  if (spec?.updateStrategy?.type === 'OnDelete')
    return health('Healthy', `daemon set ${updated} out of ${desired} new pods have been updated`);
  if (updated < desired)
    return health(
      'Progressing',
      `Waiting for daemon set "${metadata.name ?? ''}" rollout to finish: ${updated} out of ${desired} new pods have been updated...`,
    );
  if (available < desired)
    return health(
      'Progressing',
      `Waiting for daemon set "${metadata.name ?? ''}" rollout to finish: ${available} of ${desired} updated pods are available...`,
    );
  return health('Healthy');
};

/** @spec CD-HLTH-08 */
export const assessReplicaSet = (object: KubeObject): Health => {
  const { metadata, spec, status } = object as ReplicaSet;
  if ((metadata.generation ?? 0) > (status?.observedGeneration ?? 0))
    return health(
      'Progressing',
      'Waiting for rollout to finish: observed replica set generation less than desired generation',
    );
  const failure = findCondition(status?.conditions, 'ReplicaFailure');
  if (failure?.status === 'True') return health('Degraded', failure.message);
  const available = status?.availableReplicas ?? 0;
  if (spec?.replicas !== undefined && available < spec.replicas)
    return health(
      'Progressing',
      `Waiting for rollout to finish: ${available} out of ${spec.replicas} new replicas are available...`,
    );
  return health('Healthy');
};

/** @spec CD-HLTH-10: of Failed and Complete only the presence counts. */
export const assessJob = (object: KubeObject): Health => {
  const conditions: readonly Condition[] = (object as Job).status?.conditions ?? [];
  const failed = findCondition(conditions, 'Failed');
  if (failed) return health('Degraded', failed.message);
  const suspended = findCondition(conditions, 'Suspended');
  if (suspended?.status === 'True') return health('Suspended', suspended.message);
  const complete = findCondition(conditions, 'Complete') ?? suspended;
  return complete ? health('Healthy', complete.message) : health('Progressing');
};
