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
  message: `Invalid value: ${JSON.stringify(value) ?? 'null'}: ${detail}`,
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
  message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported.map((one) => JSON.stringify(one)).join(', ')}`,
});

/** A list holds the same key twice. */
export const duplicateField = (field: string, value: unknown): FieldError => ({
  reason: 'FieldValueDuplicate',
  field,
  message: `Duplicate value: ${JSON.stringify(value)}`,
});

/** Writes a finding as `path: sentence`. */
export const formatFieldError = (error: FieldError): string => `${error.field}: ${error.message}`;

/** The API error for an object with findings: `Kind.group "name" is invalid: …`. */
export const invalidObject = (gvk: GroupVersionKind, name: string, errors: readonly FieldError[]): ApiStatusError => {
  const kind = gvk.group === '' ? gvk.kind : `${gvk.kind}.${gvk.group}`;
  const all = errors.map(formatFieldError);
  const list = all.length === 1 ? (all[0] ?? '') : `[${all.join(', ')}]`;
  const causes: readonly StatusCause[] = errors.map((error) => ({
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
