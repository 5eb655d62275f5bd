/**
 * Workloads whose pods have an identity, a node or a time: StatefulSet, DaemonSet, CronJob, and the record of their templates.
 * @spec https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/
 */
import type { Json } from '@argosy/base';

import { resourceType, type Condition, type KubeObject, type ObjectMeta, type StringMap } from '../objects/object.ts';
import type { LabelSelector } from '../selectors/label-selector.ts';
import type { PersistentVolumeClaim } from './storage-objects.ts';
import type { JobSpec, PodTemplateSpec } from './workloads.ts';

/** What a StatefulSet should be. */
export interface StatefulSetSpec {
  readonly replicas?: number;
  readonly selector: LabelSelector;
  readonly template: PodTemplateSpec;
  readonly serviceName?: string;
  readonly volumeClaimTemplates?: readonly PersistentVolumeClaim[];
  readonly podManagementPolicy?: 'OrderedReady' | 'Parallel';
  readonly updateStrategy?: {
    readonly type?: 'RollingUpdate' | 'OnDelete';
    readonly rollingUpdate?: { readonly partition?: number; readonly maxUnavailable?: number | string };
  };
  readonly minReadySeconds?: number;
  readonly revisionHistoryLimit?: number;
  readonly persistentVolumeClaimRetentionPolicy?: {
    readonly whenDeleted?: 'Retain' | 'Delete';
    readonly whenScaled?: 'Retain' | 'Delete';
  };
  readonly ordinals?: { readonly start?: number };
}

/** How a StatefulSet is doing. */
export interface StatefulSetStatus {
  readonly observedGeneration?: number;
  readonly replicas: number;
  readonly readyReplicas?: number;
  readonly currentReplicas?: number;
  readonly updatedReplicas?: number;
  readonly availableReplicas?: number;
  readonly currentRevision?: string;
  readonly updateRevision?: string;
  readonly collisionCount?: number;
  readonly conditions?: readonly Condition[];
}

export type StatefulSet = KubeObject<StatefulSetSpec, StatefulSetStatus>;

/** What a DaemonSet should be. */
export interface DaemonSetSpec {
  readonly selector: LabelSelector;
  readonly template: PodTemplateSpec;
  readonly updateStrategy?: {
    readonly type?: 'RollingUpdate' | 'OnDelete';
    readonly rollingUpdate?: { readonly maxUnavailable?: number | string; readonly maxSurge?: number | string };
  };
  readonly minReadySeconds?: number;
  readonly revisionHistoryLimit?: number;
}

/** How a DaemonSet is doing. */
export interface DaemonSetStatus {
  readonly currentNumberScheduled: number;
  readonly numberMisscheduled: number;
  readonly desiredNumberScheduled: number;
  readonly numberReady: number;
  readonly observedGeneration?: number;
  readonly updatedNumberScheduled?: number;
  readonly numberAvailable?: number;
  readonly numberUnavailable?: number;
  readonly collisionCount?: number;
}

export type DaemonSet = KubeObject<DaemonSetSpec, DaemonSetStatus>;

/** A template as it once was. */
export interface ControllerRevision extends KubeObject {
  readonly revision: number;
  readonly data?: Json;
}

/** What a CronJob should do. */
export interface CronJobSpec {
  readonly schedule: string;
  readonly timeZone?: string;
  readonly startingDeadlineSeconds?: number;
  readonly concurrencyPolicy?: 'Allow' | 'Forbid' | 'Replace';
  readonly suspend?: boolean;
  readonly jobTemplate: { readonly metadata?: ObjectMeta; readonly spec: JobSpec };
  readonly successfulJobsHistoryLimit?: number;
  readonly failedJobsHistoryLimit?: number;
}

/** How a CronJob is doing. */
export interface CronJobStatus {
  readonly active?: readonly StringMap[];
  readonly lastScheduleTime?: string;
  readonly lastSuccessfulTime?: string;
}

export type CronJob = KubeObject<CronJobSpec, CronJobStatus>;

export const STATEFUL_SETS = resourceType<StatefulSet>({
  group: 'apps',
  version: 'v1',
  resource: 'statefulsets',
  kind: 'StatefulSet',
  namespaced: true,
});
export const DAEMON_SETS = resourceType<DaemonSet>({
  group: 'apps',
  version: 'v1',
  resource: 'daemonsets',
  kind: 'DaemonSet',
  namespaced: true,
});
export const CONTROLLER_REVISIONS = resourceType<ControllerRevision>({
  group: 'apps',
  version: 'v1',
  resource: 'controllerrevisions',
  kind: 'ControllerRevision',
  namespaced: true,
});
export const CRON_JOBS = resourceType<CronJob>({
  group: 'batch',
  version: 'v1',
  resource: 'cronjobs',
  kind: 'CronJob',
  namespaced: true,
});
