/** Messages of storage/v1; written by packages/kube/generate/message-tables.mjs. */
export const STORAGE_V1 = `
CSIDriver
  1 metadata meta.ObjectMeta
  2 spec CSIDriverSpec ! required
CSIDriverSpec
  1 attachRequired bool ?
  2 podInfoOnMount bool ?
  3 volumeLifecycleModes [string] set go:[]v1.VolumeLifecycleMode
  4 storageCapacity bool ?
  5 fsGroupPolicy string ? go:v1.FSGroupPolicy
  6 tokenRequests [TokenRequest] atomic
  7 requiresRepublish bool ?
  8 seLinuxMount bool ?
CSINode
  1 metadata meta.ObjectMeta
  2 spec CSINodeSpec ! required
CSINodeDriver
  1 name string ! required
  2 nodeID string ! required
  3 topologyKeys [string] ! atomic
  4 allocatable VolumeNodeResources ?
CSINodeSpec
  1 drivers [CSINodeDriver] ! required map:name patch:merge/name
CSIStorageCapacity
  1 metadata meta.ObjectMeta
  2 nodeTopology meta.LabelSelector ?
  3 storageClassName string ! required
  4 capacity Quantity ?
  5 maximumVolumeSize Quantity ?
StorageClass
  1 metadata meta.ObjectMeta
  2 provisioner string ! required
  3 parameters {string}
  4 reclaimPolicy string ? go:v1.PersistentVolumeReclaimPolicy
  5 mountOptions [string] atomic
  6 allowVolumeExpansion bool ?
  7 volumeBindingMode string ? go:v1.VolumeBindingMode
  8 allowedTopologies [core/v1.TopologySelectorTerm] atomic
TokenRequest
  1 audience string ! required
  2 expirationSeconds int64 ?
VolumeAttachment
  1 metadata meta.ObjectMeta
  2 spec VolumeAttachmentSpec ! required
  3 status VolumeAttachmentStatus
VolumeAttachmentSource
  1 persistentVolumeName string ?
  2 inlineVolumeSpec core/v1.PersistentVolumeSpec ?
VolumeAttachmentSpec
  1 attacher string ! required
  2 source VolumeAttachmentSource ! required
  3 nodeName string ! required
VolumeAttachmentStatus
  1 attached bool ! required
  2 attachmentMetadata {string}
  3 attachError VolumeError ?
  4 detachError VolumeError ?
VolumeError
  1 time Time
  2 message string
VolumeNodeResources
  1 count int32 ?
`;
