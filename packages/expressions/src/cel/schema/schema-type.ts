/**
 * Types of what schemas describe.
 * @spec k8s.io/apiserver/pkg/cel/common/schemas.go
 */
import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  mapOf,
  STRING,
  TIMESTAMP,
  type CelType,
} from '../values/cel-type.ts';
import { escapeField, namesOfField } from './field-names.ts';
import { valuesOf, withObjectMeta, type RuleSchema } from './rule-schema.ts';

const FORMATS: Readonly<Record<string, CelType>> = {
  byte: BYTES,
  duration: DURATION,
  date: TIMESTAMP,
  'date-time': TIMESTAMP,
};
const PLAIN: Readonly<Record<string, CelType>> = { boolean: BOOL, number: DOUBLE, integer: INT };

/** The type of a schema; `undefined` for what rules cannot read. `name` tells it from others. */
export const typeOfSchema = (schema: RuleSchema, isResource: boolean, name = 'self'): CelType | undefined => {
  if (schema['x-kubernetes-int-or-string'] === true) return DYN;
  const type = schema.type ?? '';
  if (type === 'array') {
    const element = schema.items && typeOfPart(schema.items, `${name}.@idx`);
    return element && listOf(element);
  }
  if (type === 'object') return typeOfObject(withObjectMeta(schema, isResource), name);
  if (type === 'string') return FORMATS[schema.format ?? ''] ?? STRING;
  return PLAIN[type];
};

const typeOfPart = (schema: RuleSchema, name: string): CelType | undefined =>
  typeOfSchema(schema, schema['x-kubernetes-embedded-resource'] === true, name);

const typeOfObject = (schema: RuleSchema, name: string): CelType | undefined => {
  const values = valuesOf(schema);
  if (values) {
    const value = typeOfPart(values, `${name}.@elem`);
    return value && mapOf(STRING, value);
  }
  const fields = new Map<string, CelType>();
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    const field = escapeField(key);
    const type = field === undefined ? undefined : typeOfPart(property, `${name}.${field}`);
    if (type) for (const one of namesOfField(key)) fields.set(one, type);
  }
  return { kind: 'object', name, fields };
};
