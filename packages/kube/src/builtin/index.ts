export { BUILTIN_SCHEMAS } from './schemas.ts';
export { BUILTIN_DEFAULTS } from './defaults.ts';
export { BUILTIN_VALIDATIONS } from './validations.ts';
