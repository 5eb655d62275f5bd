/**
 * Texts and numbers against a schema. Patterns are RE2, as the API server's: matching time grows with the text only.
 * @upstream k8s.io/kube-openapi/pkg/validation/validate
 */
import { RE2JS } from 're2js';

import type { StructuralSchema } from '../kinds/structural-schema.ts';
import { invalidField, type FieldError } from '../objects/field-error.ts';
import { inBody, typeError } from './schema-findings.ts';
import { hasForm, hasFormat } from './text-formats.ts';

/** Findings of a text: length (in characters), pattern, format. */
export const validateString = (schema: StructuralSchema, value: string, path: string): readonly FieldError[] => {
  const { minLength, maxLength, pattern, format, 'x-argosy-form': form } = schema;
  const length = minLength === undefined && maxLength === undefined ? 0 : [...value].length;
  return [
    ...(minLength !== undefined && length < minLength
      ? [invalidField(path, value, `${inBody(path)} should be at least ${minLength} chars long`)]
      : []),
    ...(maxLength !== undefined && length > maxLength ? [tooLong(path, maxLength)] : []),
    ...(pattern === undefined ? [] : validatePattern(pattern, value, path)),
    ...(format === undefined || hasFormat(format, value) ? [] : [typeError(path, format, value)]),
    ...(form === undefined || hasForm(form, value) ? [] : [typeError(path, form, value)]),
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
    ...(isOutOfRange(format, value) ? [finding(`must be of type ${format}: ${JSON.stringify(String(value))}`)] : []),
  ];
};

/** Larger numbers than those of 53 bits have lost their last digits before they come here. */
const isOutOfRange = (format: string | undefined, value: number): boolean => {
  const most = format === 'int32' ? 2 ** 31 : format === 'int64' ? 2 ** 63 : Infinity;
  return value < -most || (format === 'int32' ? value >= most : value > most);
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
