export * from './objects/index.ts';
export * from './core/index.ts';
export * from './kinds/index.ts';
export * from './names/index.ts';
export * from './selectors/index.ts';
export * from './patches/index.ts';
export { unknownFields, unsupportedFields } from './schemas/unsupported-fields.ts';
export * from './schemas/index.ts';
export * from './builtin/index.ts';
