/**
 * Validation findings with the path of the field and Kubernetes' own wording.
 * @spec k8s.io/apimachinery/pkg/util/validation/field
 */
import { ApiStatusError, type StatusCause } from './status-error.ts';
import type { GroupVersionKind } from './object.ts';

/** Sorts of finding, as `Status` causes name them. */
export type FieldErrorReason =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueTypeInvalid';

/** One finding. `field` is a path such as `spec.containers[0].name`. */
export interface FieldError {
  readonly reason: FieldErrorReason;
  readonly field: string;
  /** The sentence after the path, e.g. `Invalid value: -1: must be greater than or equal to 0`. */
  readonly message: string;
}

/** A field that must be set is not. */
export const requiredField = (field: string, detail = ''): FieldError => ({
  reason: 'FieldValueRequired',
  field,
  message: detail === '' ? 'Required value' : `Required value: ${detail}`,
});

/** A field has a value it may not have. */
export const invalidField = (field: string, value: unknown, detail: string): FieldError => ({
  reason: 'FieldValueInvalid',
  field,
  message: `Invalid value: ${shown(value)}: ${detail}`,
});

/** A field may not be set or changed here. */
export const forbiddenField = (field: string, detail: string): FieldError => ({
  reason: 'FieldValueForbidden',
  field,
  message: `Forbidden: ${detail}`,
});

/** A value is not one of those known. */
export const unsupportedValue = (field: string, value: unknown, supported: readonly string[]): FieldError => ({
  reason: 'FieldValueNotSupported',
  field,
  message: `Unsupported value: ${shown(value)}: supported values: ${supported.map((one) => JSON.stringify(one)).join(', ')}`,
});

/** A list holds the same key twice. */
export const duplicateField = (field: string, value: unknown): FieldError => ({
  reason: 'FieldValueDuplicate',
  field,
  message: `Duplicate value: ${shown(value)}`,
});

/** Parts of a value that a sentence repeats. */
const MOST_PARTS = 10_000;

/** A finding repeats the value it is about. Deviates: a large one is not repeated, for there may be a finding in each of its parts. */
const shown = (value: unknown): string =>
  partsOf(value, MOST_PARTS) > MOST_PARTS ? '(too large to be shown)' : (JSON.stringify(value) ?? 'null');

/** How many values a value holds, counted no further than to one more than asked. */
const partsOf = (value: unknown, most: number): number => {
  if (typeof value !== 'object' || value === null) return 1;
  let count = 1;
  for (const part of Array.isArray(value) ? (value as readonly unknown[]) : Object.values(value)) {
    count += partsOf(part, most - count);
    if (count > most) break;
  }
  return count;
};

/** Writes a finding as `path: sentence`. */
export const formatFieldError = (error: FieldError): string => `${error.field}: ${error.message}`;

/**
 * Most findings that are told of one object. Deviates: upstream tells all of them, which of a large body with a mistake in
 * each of its parts is a hundred times its size.
 */
export const MOST_FINDINGS = 1_000;

/** The API error for an object with findings: `Kind.group "name" is invalid: …`. */
export const invalidObject = (gvk: GroupVersionKind, name: string, errors: readonly FieldError[]): ApiStatusError => {
  const kind = gvk.group === '' ? gvk.kind : `${gvk.kind}.${gvk.group}`;
  const told = errors.slice(0, MOST_FINDINGS);
  const all = told.map(formatFieldError);
  const more = errors.length > told.length ? `, and more` : '';
  const list = all.length === 1 ? (all[0] ?? '') : `[${all.join(', ')}${more}]`;
  const causes: readonly StatusCause[] = told.map((error) => ({
    reason: error.reason,
    message: error.message,
    field: error.field,
  }));
  return new ApiStatusError('Invalid', `${kind} "${name}" is invalid: ${list}`, {
    name,
    group: gvk.group,
    kind: gvk.kind,
    causes,
  });
};
