/** Kinds that make pods. @spec https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/ */
import { askingNothing } from './asking-nothing.ts';
import {
  atomicTexts,
  flag,
  int32,
  int64,
  intOrText,
  listOf,
  object,
  retainingKeys,
  text,
  time,
  tolerantSetOf,
} from './fragments.ts';
import { fieldsOfMessage } from './message-schemas.ts';
import { conditions, kindSchema, labelSelector, objectMeta, objectReference, ownedAsWhole } from './metadata.ts';
import { podTemplate } from './pod.ts';
import { persistentVolumeClaim } from './storage.ts';

const rollingUpdate = object({ maxUnavailable: intOrText, maxSurge: intOrText });

export const deployment = kindSchema({
  spec: object({
    replicas: int32,
    selector: labelSelector,
    template: podTemplate,
    strategy: retainingKeys(object({ type: text, rollingUpdate })),
    minReadySeconds: int32,
    revisionHistoryLimit: int32,
    paused: flag,
    progressDeadlineSeconds: int32,
  }),
  status: object({
    observedGeneration: int64,
    replicas: int32,
    updatedReplicas: int32,
    readyReplicas: int32,
    availableReplicas: int32,
    unavailableReplicas: int32,
    terminatingReplicas: int32,
    conditions,
    collisionCount: int32,
  }),
});

export const replicaSet = kindSchema({
  spec: object({ replicas: int32, minReadySeconds: int32, selector: labelSelector, template: podTemplate }, [
    'selector',
  ]),
  status: object({
    replicas: int32,
    fullyLabeledReplicas: int32,
    readyReplicas: int32,
    availableReplicas: int32,
    terminatingReplicas: int32,
    observedGeneration: int64,
    conditions,
  }),
});

/** A template of which nothing is asked but that it can be read. */
const lenientTemplate = askingNothing(podTemplate);

export const statefulSet = kindSchema({
  spec: object({
    replicas: int32,
    selector: labelSelector,
    // What its pods may not be is said when they are created.
    template: lenientTemplate,
    volumeClaimTemplates: listOf(persistentVolumeClaim),
    serviceName: text,
    podManagementPolicy: text,
    updateStrategy: object({ type: text, rollingUpdate: object({ partition: int32, maxUnavailable: intOrText }) }),
    revisionHistoryLimit: int32,
    minReadySeconds: int32,
    persistentVolumeClaimRetentionPolicy: object({ whenDeleted: text, whenScaled: text }),
    ordinals: object({ start: int32 }),
  }),
  status: object({
    observedGeneration: int64,
    replicas: int32,
    readyReplicas: int32,
    currentReplicas: int32,
    updatedReplicas: int32,
    availableReplicas: int32,
    currentRevision: text,
    updateRevision: text,
    collisionCount: int32,
    conditions,
  }),
});

export const daemonSet = kindSchema({
  spec: object({
    selector: labelSelector,
    template: podTemplate,
    updateStrategy: object({ type: text, rollingUpdate }),
    minReadySeconds: int32,
    revisionHistoryLimit: int32,
  }),
  status: object({
    currentNumberScheduled: int32,
    numberMisscheduled: int32,
    desiredNumberScheduled: int32,
    numberReady: int32,
    observedGeneration: int64,
    updatedNumberScheduled: int32,
    numberAvailable: int32,
    numberUnavailable: int32,
    collisionCount: int32,
    conditions,
  }),
});

const jobSpec = object(
  {
    parallelism: int32,
    completions: int32,
    activeDeadlineSeconds: int64,
    podFailurePolicy: object({ rules: listOf(object(fieldsOfMessage('batch/v1.PodFailurePolicyRule'))) }),
    successPolicy: object({ rules: listOf(object({ succeededIndexes: text, succeededCount: int32 })) }, ['rules']),
    backoffLimit: int32,
    backoffLimitPerIndex: int32,
    maxFailedIndexes: int32,
    selector: labelSelector,
    manualSelector: flag,
    template: podTemplate,
    ttlSecondsAfterFinished: int32,
    completionMode: text,
    suspend: flag,
    podReplacementPolicy: text,
    managedBy: text,
  },
  ['template'],
);

export const job = kindSchema({
  spec: jobSpec,
  status: object({
    conditions: ownedAsWhole(conditions),
    startTime: time,
    completionTime: time,
    active: int32,
    succeeded: int32,
    failed: int32,
    terminating: int32,
    completedIndexes: text,
    failedIndexes: text,
    uncountedTerminatedPods: object({ succeeded: tolerantSetOf(text), failed: tolerantSetOf(text) }),
    ready: int32,
  }),
});

export const cronJob = kindSchema({
  spec: object(
    {
      schedule: text,
      timeZone: text,
      startingDeadlineSeconds: int64,
      concurrencyPolicy: text,
      suspend: flag,
      jobTemplate: object({ metadata: objectMeta, spec: jobSpec }),
      successfulJobsHistoryLimit: int32,
      failedJobsHistoryLimit: int32,
    },
    ['schedule', 'jobTemplate'],
  ),
  status: object({ active: listOf(objectReference), lastScheduleTime: time, lastSuccessfulTime: time }),
});

export const podDisruptionBudget = kindSchema({
  spec: object({
    minAvailable: intOrText,
    maxUnavailable: intOrText,
    selector: { ...labelSelector, 'x-kubernetes-patch-strategy': 'replace' },
    unhealthyPodEvictionPolicy: text,
  }),
  status: object({
    observedGeneration: int64,
    disruptedPods: { type: 'object', additionalProperties: time },
    disruptionsAllowed: int32,
    currentHealthy: int32,
    desiredHealthy: int32,
    expectedPods: int32,
    conditions,
  }),
});

export const replicationController = kindSchema({
  spec: object({ replicas: int32, minReadySeconds: int32, selector: atomicTexts, template: podTemplate }),
  status: object({
    replicas: int32,
    fullyLabeledReplicas: int32,
    readyReplicas: int32,
    availableReplicas: int32,
    observedGeneration: int64,
    conditions,
  }),
});

export const podTemplateKind = kindSchema({ template: podTemplate });
