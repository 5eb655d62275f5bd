/** Sentences that several checks of a schema share. @upstream k8s.io/kube-openapi/pkg/validation/errors */
import type { FieldError } from '../objects/field-error.ts';

/** How a sentence names the value it is about. */
export const inBody = (path: string): string => (path === '' ? 'in body' : `${path} in body`);

/** A value of the wrong type. The value itself is not repeated, its type is. */
export const typeError = (path: string, expected: string, actual: string): FieldError => ({
  reason: 'FieldValueTypeInvalid',
  field: path,
  message: `Invalid value: ${JSON.stringify(actual)}: ${inBody(path)} must be of type ${expected}: ${JSON.stringify(actual)}`,
});
