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

/** What upstream says of a value that is wrong as a whole has no path, but names the value. */
const NO_PATH = '<nil>';

/** A value that is wrong as a whole: the sentence names it, the finding has no path. */
export const ofWhole = (path: string, detail: string): FieldError => ({
  reason: 'FieldValueInvalid',
  field: NO_PATH,
  message: `Invalid value: "": ${JSON.stringify(path)} ${detail}`,
});

/** The path a finding is about, be it in its sentence. */
export const subjectOf = ({ field, message }: FieldError): string => {
  const named = field === NO_PATH ? /^Invalid value: "": ("(?:[^"\\]|\\.)*") must /.exec(message)?.[1] : undefined;
  return named === undefined ? field : (JSON.parse(named) as string);
};
