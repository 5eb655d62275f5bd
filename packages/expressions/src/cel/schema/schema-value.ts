/**
 * JSON as values, by the schema it has.
 * @spec k8s.io/apiserver/pkg/cel/common/valuesunstructured.go
 */
import type { Json, JsonObject } from '@argosy/base';

import { parseMoment } from '../../go-time/moment.ts';
import { CelError } from '../cel-error.ts';
import { CelList, CelMap, CelTimestamp, type CelValue } from '../values/cel-value.ts';
import { isJsonList, isJsonObject, toCelValue } from '../values/json-value.ts';
import { parseSpan, parseTimestamp } from '../library/standard.ts';
import { escapeField, namesOfField } from './field-names.ts';
import { valuesOf, withObjectMeta, type RuleSchema } from './rule-schema.ts';

/** JSON as the value its schema says it is. Data that is not as the schema says is an error. */
export const valueOfSchema = (json: Json, schema: RuleSchema, isResource: boolean): CelValue => {
  if (json === null) {
    if (schema.nullable === true) return null;
    throw new CelError('invalid data, got null for schema with nullable=false');
  }
  if (schema['x-kubernetes-int-or-string'] === true) return toCelValue(json);
  switch (schema.type) {
    case 'object':
      if (!isJsonObject(json)) throw unexpected('a map for the provided schema with type=object', json);
      return objectValue(json, withObjectMeta(schema, isResource));
    case 'array':
      if (!isJsonList(json)) throw unexpected('an array for the provided schema with type=array', json);
      return listValue(json, schema);
    case 'string':
      if (typeof json !== 'string') throw unexpected('string', json);
      return textValue(json, schema.format ?? '');
    case 'number':
      if (typeof json !== 'number') throw unexpected('float', json);
      return json;
    case 'integer':
      if (typeof json !== 'number' || !Number.isInteger(json)) throw unexpected('int', json);
      return BigInt(json);
    case 'boolean':
      if (typeof json !== 'boolean') throw unexpected('bool', json);
      return json;
    default:
      return toCelValue(json);
  }
};

const unexpected = (wanted: string, json: Json): CelError =>
  new CelError(`invalid data, expected ${wanted}, got ${isJsonList(json) ? 'array' : typeof json}`);

const partValue = (json: Json, schema: RuleSchema): CelValue =>
  valueOfSchema(json, schema, schema['x-kubernetes-embedded-resource'] === true);

const objectValue = (json: JsonObject, schema: RuleSchema): CelMap => {
  const { properties } = schema;
  const values = properties ? undefined : valuesOf(schema);
  const pairs: (readonly [CelValue, CelValue])[] = [];
  for (const [key, value] of Object.entries(json)) {
    if (value === undefined) continue;
    if (values) {
      pairs.push([key, partValue(value, values)]);
      continue;
    }
    const property = properties && Object.hasOwn(properties, key) ? properties[key] : undefined;
    const fields = namesOfField(key);
    // A field that is null is one that is not there. What no rule can name still tells objects apart.
    if (!property || fields.length === 0) pairs.push([`?${key}`, toCelValue(value)]);
    else if (value !== null) {
      const part = partValue(value, property);
      for (const field of fields) pairs.push([field, part]);
    }
  }
  return new CelMap(pairs);
};

const listValue = (json: readonly Json[], schema: RuleSchema): CelList => {
  const { items } = schema;
  if (!items) throw new CelError('invalid array type, expected Items with a non-empty Schema');
  const values = json.map((item) => partValue(item, items));
  const type = schema['x-kubernetes-list-type'];
  if (type === 'set') return new CelList(values, []);
  if (type !== 'map') return new CelList(values);
  return new CelList(
    values,
    (schema['x-kubernetes-list-map-keys'] ?? []).map((key) => escapeField(key) ?? `?${key}`),
  );
};

const textValue = (text: string, format: string): CelValue => {
  switch (format) {
    case 'duration':
      return parseSpan(text);
    case 'date-time':
      return parseTimestamp(text);
    case 'date':
      return parseDate(text);
    case 'byte':
      return decodeBytes(text);
    default:
      return text;
  }
};

const parseDate = (text: string): CelTimestamp => {
  const parsed = parseMoment(text, '2006-01-02', 'UTC');
  if (!parsed.ok) throw new CelError(`Invalid date formatted string ${text}: ${parsed.error}`);
  return new CelTimestamp(parsed.value.nanoseconds);
};

const decodeBytes = (text: string): Uint8Array => {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text))
    throw new CelError(`Invalid byte formatted string ${text}: illegal base64 data`);
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
};
