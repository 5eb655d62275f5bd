export { pruneUnknown, unknownFields, unsupportedFields } from './prune-unknown.ts';
export { applyDefaults, hasDefaults } from './apply-defaults.ts';
export { subjectOf } from './schema-findings.ts';
export { validateAgainstSchema } from './validate-against-schema.ts';
export { mapItems, mapMembers } from './rebuild.ts';
export { withoutNulls } from './without-nulls.ts';
