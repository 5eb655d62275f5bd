export { BUILTIN_SCHEMAS } from './schemas.ts';
export { BUILTIN_DEFAULTS } from './defaults.ts';
export { BUILTIN_VALIDATIONS } from './validations.ts';
export { DEFAULT_FLOW_SCHEMAS, DEFAULT_PRIORITY_LEVELS } from './default-flow-control.ts';

export { emptyObjectOf, shownWhenEmpty, withEmptyMembers } from './empty-objects.ts';
