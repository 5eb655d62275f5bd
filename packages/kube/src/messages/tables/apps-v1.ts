/** Messages of apps/v1; written by packages/kube/generate/message-tables.mjs. */
export const APPS_V1 = `
ControllerRevision
  1 metadata meta.ObjectMeta
  2 data Raw
  3 revision int64 ! required
DaemonSet
  1 metadata meta.ObjectMeta
  2 spec DaemonSetSpec
  3 status DaemonSetStatus
DaemonSetCondition
  1 type string ! required go:v1.DaemonSetConditionType
  2 status string ! required go:v1.ConditionStatus
  3 lastTransitionTime Time
  4 reason string
  5 message string
DaemonSetSpec
  1 selector meta.LabelSelector ? ! required
  2 template core/v1.PodTemplateSpec ! required
  3 updateStrategy DaemonSetUpdateStrategy
  4 minReadySeconds int32
  6 revisionHistoryLimit int32 ?
DaemonSetStatus
  1 currentNumberScheduled int32 ! required
  2 numberMisscheduled int32 ! required
  3 desiredNumberScheduled int32 ! required
  4 numberReady int32 ! required
  5 observedGeneration int64
  6 updatedNumberScheduled int32
  7 numberAvailable int32
  8 numberUnavailable int32
  9 collisionCount int32 ?
  10 conditions [DaemonSetCondition] map:type patch:merge/type
DaemonSetUpdateStrategy
  1 type string go:v1.DaemonSetUpdateStrategyType
  2 rollingUpdate RollingUpdateDaemonSet ?
Deployment
  1 metadata meta.ObjectMeta
  2 spec DeploymentSpec
  3 status DeploymentStatus
DeploymentCondition
  1 type string ! required go:v1.DeploymentConditionType
  2 status string ! required go:v1.ConditionStatus
  6 lastUpdateTime Time
  7 lastTransitionTime Time
  4 reason string
  5 message string
DeploymentSpec
  1 replicas int32 ?
  2 selector meta.LabelSelector ? ! required
  3 template core/v1.PodTemplateSpec ! required
  4 strategy DeploymentStrategy patch:retainKeys
  5 minReadySeconds int32
  6 revisionHistoryLimit int32 ?
  7 paused bool
  9 progressDeadlineSeconds int32 ?
DeploymentStatus
  1 observedGeneration int64
  2 replicas int32
  3 updatedReplicas int32
  7 readyReplicas int32
  4 availableReplicas int32
  5 unavailableReplicas int32
  6 conditions [DeploymentCondition] map:type patch:merge/type
  8 collisionCount int32 ?
DeploymentStrategy
  1 type string go:v1.DeploymentStrategyType
  2 rollingUpdate RollingUpdateDeployment ?
ReplicaSet
  1 metadata meta.ObjectMeta
  2 spec ReplicaSetSpec
  3 status ReplicaSetStatus
ReplicaSetCondition
  1 type string ! required go:v1.ReplicaSetConditionType
  2 status string ! required go:v1.ConditionStatus
  3 lastTransitionTime Time
  4 reason string
  5 message string
ReplicaSetSpec
  1 replicas int32 ?
  4 minReadySeconds int32
  2 selector meta.LabelSelector ? ! required
  3 template core/v1.PodTemplateSpec
ReplicaSetStatus
  1 replicas int32 ! required
  2 fullyLabeledReplicas int32
  4 readyReplicas int32
  5 availableReplicas int32
  3 observedGeneration int64
  6 conditions [ReplicaSetCondition] map:type patch:merge/type
RollingUpdateDaemonSet
  1 maxUnavailable IntOrString ?
  2 maxSurge IntOrString ?
RollingUpdateDeployment
  1 maxUnavailable IntOrString ?
  2 maxSurge IntOrString ?
RollingUpdateStatefulSetStrategy
  1 partition int32 ?
  2 maxUnavailable IntOrString ?
StatefulSet
  1 metadata meta.ObjectMeta
  2 spec StatefulSetSpec
  3 status StatefulSetStatus
StatefulSetCondition
  1 type string ! required go:v1.StatefulSetConditionType
  2 status string ! required go:v1.ConditionStatus
  3 lastTransitionTime Time
  4 reason string
  5 message string
StatefulSetOrdinals
  1 start int32 !
StatefulSetPersistentVolumeClaimRetentionPolicy
  1 whenDeleted string go:v1.PersistentVolumeClaimRetentionPolicyType
  2 whenScaled string go:v1.PersistentVolumeClaimRetentionPolicyType
StatefulSetSpec
  1 replicas int32 ?
  2 selector meta.LabelSelector ? ! required
  3 template core/v1.PodTemplateSpec ! required
  4 volumeClaimTemplates [core/v1.PersistentVolumeClaim] atomic
  5 serviceName string ! required
  6 podManagementPolicy string go:v1.PodManagementPolicyType
  7 updateStrategy StatefulSetUpdateStrategy
  8 revisionHistoryLimit int32 ?
  9 minReadySeconds int32
  10 persistentVolumeClaimRetentionPolicy StatefulSetPersistentVolumeClaimRetentionPolicy ?
  11 ordinals StatefulSetOrdinals ?
StatefulSetStatus
  1 observedGeneration int64
  2 replicas int32 ! required
  3 readyReplicas int32
  4 currentReplicas int32
  5 updatedReplicas int32
  6 currentRevision string
  7 updateRevision string
  9 collisionCount int32 ?
  10 conditions [StatefulSetCondition] map:type patch:merge/type
  11 availableReplicas int32 !
StatefulSetUpdateStrategy
  1 type string go:v1.StatefulSetUpdateStrategyType
  2 rollingUpdate RollingUpdateStatefulSetStrategy ?
`;
