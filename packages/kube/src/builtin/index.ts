export { BUILTIN_SCHEMAS } from './schemas.ts';
