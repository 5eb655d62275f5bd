/**
 * How large what a schema describes may be: by its own limits, else by what fits into a request.
 * @spec k8s.io/apiserver/pkg/cel/common/schemas.go, limits.go
 */
import type { SizedType } from '../cost/part.ts';
import { escapeField } from './field-names.ts';
import { valuesOf, withObjectMeta, type RuleSchema } from './rule-schema.ts';

/** A size, and the least bytes that such a value takes as JSON. */
export interface SizedSchema extends SizedType {
  readonly leastBytes: number;
}

/** The largest request that is taken, in bytes. */
export const LARGEST_REQUEST = 3 * 1024 * 1024;
/** Quotation marks, brackets. */
const AROUND = 2;

/** The sizes of a schema; `undefined` for what rules cannot read. */
export const sizeSchema = (schema: RuleSchema, isResource: boolean): SizedSchema | undefined => {
  if (schema['x-kubernetes-int-or-string'] === true)
    return sized(schema.maxLength === undefined ? LARGEST_REQUEST - AROUND : charactersOf(schema.maxLength), 1);
  switch (schema.type) {
    case 'array':
      return sizeList(schema);
    case 'object':
      return sizeObject(withObjectMeta(schema, isResource));
    case 'string':
      return sizeText(schema);
    case 'boolean':
      return sized(0, 4);
    case 'number':
    case 'integer':
      return sized(0, 1);
    default:
      return undefined;
  }
};

const sized = (most: number, leastBytes: number): SizedSchema => ({ most: BigInt(Math.max(0, most)), leastBytes });

const sizePart = (schema: RuleSchema): SizedSchema | undefined =>
  sizeSchema(schema, schema['x-kubernetes-embedded-resource'] === true);

const sizeList = ({ items, maxItems }: RuleSchema): SizedSchema | undefined => {
  const element = items && sizePart(items);
  if (!element) return undefined;
  const most = maxItems ?? Math.floor((LARGEST_REQUEST - AROUND) / (element.leastBytes + 1));
  return { ...sized(most, AROUND), element };
};

/** An entry's key has quotation marks, a colon and a comma, and some letters. */
const ENTRY_BYTES = 6;

const sizeObject = (schema: RuleSchema): SizedSchema | undefined => {
  const values = valuesOf(schema);
  if (!values) return sizeFields(schema);
  const element = sizePart(values);
  if (!element) return undefined;
  const most = schema.maxProperties ?? Math.floor((LARGEST_REQUEST - AROUND) / (element.leastBytes + ENTRY_BYTES));
  return { ...sized(most, AROUND), key: sized(0, AROUND), element };
};

/** A field's name has quotation marks, a colon and a comma. */
const FIELD_BYTES = 4;

const sizeFields = ({ properties = {}, required = [] }: RuleSchema): SizedSchema => {
  const fields = new Map<string, SizedSchema>();
  let leastBytes = AROUND;
  for (const [name, property] of Object.entries(properties)) {
    const field = sizePart(property);
    if (!field) continue;
    const escaped = escapeField(name);
    if (escaped !== undefined) fields.set(escaped, field);
    // What has a default need not be sent.
    if (required.includes(name) && (property.default ?? null) === null)
      leastBytes += utf8Length(name) + field.leastBytes + FIELD_BYTES;
  }
  return { ...sized(0, leastBytes), fields };
};

/** Of times as JSON: most characters, least bytes. */
const TIMES: Readonly<Record<string, readonly [most: number, leastBytes: number]>> = {
  duration: [32, 3],
  date: [12, 12],
  'date-time': [32, 21],
};

const sizeText = ({ format = '', maxLength, enum: choices = [] }: RuleSchema): SizedSchema => {
  const time = Object.hasOwn(TIMES, format) ? TIMES[format] : undefined;
  if (time) return sized(...time);
  if (format === 'byte') return sized(maxLength ?? LARGEST_REQUEST - AROUND, AROUND);
  if (maxLength !== undefined) return sized(charactersOf(maxLength), AROUND);
  if (choices.length === 0) return sized(LARGEST_REQUEST - AROUND, AROUND);
  return sized(Math.max(0, ...choices.map((choice) => (typeof choice === 'string' ? utf8Length(choice) : 0))), AROUND);
};

/** A character takes up to four bytes. */
const charactersOf = (maxLength: number): number => Math.max(0, maxLength) * 4;

const utf8Length = (text: string): number => new TextEncoder().encode(text).length;
