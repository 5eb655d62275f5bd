export { BUILTIN_VALIDATIONS } from './validations.ts';
