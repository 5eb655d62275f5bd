export {
  applyServerSide,
  managedFieldsOfNew,
  updateManagedFields,
  type ApplyConflict,
  type ApplyOutcome,
  type OtherVersions,
  type OwnershipUpdate,
  type ServerSideApply,
} from './apply-server-side.ts';
