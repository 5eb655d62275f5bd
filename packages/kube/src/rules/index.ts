export { atSharedParts } from './definitions/shared-parts.ts';
export { BUILTIN_VALIDATIONS } from './validations.ts';
export { BUILTIN_WARNINGS } from './warnings/warnings.ts';
