export { BUILTIN_SCHEMAS } from './schemas/schemas.ts';
export { OBJECT_PROPERTIES } from './schemas/metadata.ts';
export { BUILTIN_DEFAULTS } from './defaults/defaults.ts';
export { DEFAULT_FLOW_SCHEMAS, DEFAULT_PRIORITY_LEVELS } from './defaults/default-flow-control.ts';
export { emptyObjectOf, shownWhenEmpty, withEmptyMembers } from './schemas/empty-objects.ts';
