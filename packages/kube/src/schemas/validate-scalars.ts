/**
 * Texts and numbers against a schema. Patterns are RE2, as the API server's: matching time grows with the text only.
 * @upstream k8s.io/kube-openapi/pkg/validation/validate
 */
import { RE2JS } from 're2js';

import { parseGoDuration, parseTimestamp } from '@argosy/base';

import type { StructuralSchema } from '../kinds/structural-schema.ts';
import { invalidField, type FieldError } from '../objects/field-error.ts';
import { inBody, typeError } from './schema-findings.ts';

/** Findings of a text: length (in characters), pattern, format. */
export const validateString = (schema: StructuralSchema, value: string, path: string): readonly FieldError[] => {
  const { minLength, maxLength, pattern, format } = schema;
  const length = minLength === undefined && maxLength === undefined ? 0 : [...value].length;
  return [
    ...(minLength !== undefined && length < minLength
      ? [invalidField(path, value, `${inBody(path)} should be at least ${minLength} chars long`)]
      : []),
    ...(maxLength !== undefined && length > maxLength ? [tooLong(path, maxLength)] : []),
    ...(pattern === undefined ? [] : validatePattern(pattern, value, path)),
    ...(format === undefined || FORMATS[format]?.(value) !== false ? [] : [typeError(path, format, value)]),
  ];
};

/** Findings of a number: bounds, multiples, and the range of its format. */
export const validateNumber = (schema: StructuralSchema, value: number, path: string): readonly FieldError[] => {
  const finding = (detail: string): FieldError => invalidField(path, value, `${inBody(path)} ${detail}`);
  const { minimum, maximum, multipleOf, format } = schema;
  const isLow = minimum !== undefined && (schema.exclusiveMinimum === true ? value <= minimum : value < minimum);
  const isHigh = maximum !== undefined && (schema.exclusiveMaximum === true ? value >= maximum : value > maximum);
  return [
    ...(isLow
      ? [finding(`should be greater than ${schema.exclusiveMinimum === true ? '' : 'or equal to '}${minimum}`)]
      : []),
    ...(isHigh
      ? [finding(`should be less than ${schema.exclusiveMaximum === true ? '' : 'or equal to '}${maximum}`)]
      : []),
    ...(multipleOf !== undefined && !Number.isInteger(value / multipleOf)
      ? [finding(`should be a multiple of ${multipleOf}`)]
      : []),
    ...(format === 'int32' && (value >= 2 ** 31 || value < -(2 ** 31))
      ? [finding(`must be of type int32: ${JSON.stringify(String(value))}`)]
      : []),
  ];
};

const tooLong = (path: string, limit: number): FieldError => ({
  reason: 'FieldValueTooLong',
  field: path,
  message: `Too long: may not be more than ${limit} bytes`,
});

const validatePattern = (pattern: string, value: string, path: string): readonly FieldError[] => {
  const expression = compile(pattern);
  if (expression === undefined)
    return [invalidField(path, value, `${inBody(path)} cannot be checked: invalid pattern '${pattern}' in the schema`)];
  return expression.matcher(value).find()
    ? []
    : [invalidField(path, value, `${inBody(path)} should match '${pattern}'`)];
};

/** Compiling costs far more than matching. Patterns are users': how many are kept is bounded. */
const compiled = new Map<string, RE2JS | undefined>();
const COMPILED_LIMIT = 2_000;

const compile = (pattern: string): RE2JS | undefined => {
  if (compiled.has(pattern)) return compiled.get(pattern);
  if (compiled.size >= COMPILED_LIMIT) compiled.clear();
  const made = tryCompile(pattern);
  compiled.set(pattern, made);
  return made;
};

const tryCompile = (pattern: string): RE2JS | undefined => {
  try {
    return RE2JS.compile(pattern);
  } catch {
    // The pattern is a user's: the finding says so.
    return undefined;
  }
};

/** Formats that are checked; Kubernetes ignores the ones it does not know, so do we. */
const FORMATS: Readonly<Record<string, (value: string) => boolean>> = {
  'date-time': (value) => parseTimestamp(value) !== undefined,
  date: (value) => /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value)),
  duration: (value) => parseGoDuration(value) !== undefined,
  uuid: (value) => /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(value),
  ipv4: (value) => {
    const parts = value.split('.');
    return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
  },
  byte: (value) => value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value),
  email: (value) => /^[^\s@]+@[^\s@]+$/.test(value),
};
