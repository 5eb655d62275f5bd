export {
  apiVersionOf,
  resourceOf,
  toCustomResourceDefinition,
  type KindDefinition,
  type PrinterColumn,
  type ScalePaths,
} from './kind-definition.ts';
export { AnyObject, AnyValue, IntOrString, StringRecord, Timestamp, toStructuralSchema } from './schema-builder.ts';
export type { StructuralSchema, ValidationRule } from './structural-schema.ts';
