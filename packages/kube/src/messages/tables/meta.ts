/** Messages of meta; written by packages/kube/generate/message-tables.mjs. */
export const META = `
Condition
  1 type string ! required
  2 status string ! required go:v1.ConditionStatus
  3 observedGeneration int64
  4 lastTransitionTime Time ! required
  5 reason string ! required
  6 message string ! required
DeleteOptions
  1 gracePeriodSeconds int64 ?
  2 preconditions Preconditions ?
  3 orphanDependents bool ?
  4 propagationPolicy string ? go:v1.DeletionPropagation
  5 dryRun [string] atomic
  6 ignoreStoreReadErrorWithClusterBreakingPotential bool ?
FieldSelectorRequirement
  1 key string ! required
  2 operator string ! required go:v1.FieldSelectorOperator
  3 values [string] atomic
LabelSelector
  atomic
  1 matchLabels {string}
  2 matchExpressions [LabelSelectorRequirement] atomic
LabelSelectorRequirement
  1 key string ! required
  2 operator string ! required go:v1.LabelSelectorOperator
  3 values [string] atomic
ListMeta
  1 selfLink string
  2 resourceVersion string
  3 continue string
  4 remainingItemCount int64 ?
ManagedFieldsEntry
  1 manager string
  2 operation string go:v1.ManagedFieldsOperationType
  3 apiVersion string
  4 time Time ?
  6 fieldsType string
  7 fieldsV1 Raw ?
  8 subresource string
ObjectMeta
  1 name string
  2 generateName string
  3 namespace string
  4 selfLink string
  5 uid string go:types.UID
  6 resourceVersion string
  7 generation int64
  8 creationTimestamp Time
  9 deletionTimestamp Time ?
  10 deletionGracePeriodSeconds int64 ?
  11 labels {string}
  12 annotations {string}
  13 ownerReferences [OwnerReference] map:uid patch:merge/uid
  14 finalizers [string] set patch:merge
  17 managedFields [ManagedFieldsEntry] atomic
OwnerReference
  atomic
  5 apiVersion string ! required
  1 kind string ! required
  3 name string ! required
  4 uid string ! required go:types.UID
  6 controller bool ?
  7 blockOwnerDeletion bool ?
Preconditions
  1 uid string ? go:types.UID
  2 resourceVersion string ?
`;
