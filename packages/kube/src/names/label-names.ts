/**
 * Keys and values of labels and annotations, with Kubernetes' own wording; an empty list means valid.
 * @spec k8s.io/apimachinery/pkg/util/validation#IsQualifiedName, #IsValidLabelValue
 */
import { invalidField, type FieldError } from '../objects/field-error.ts';
import { validateDns1123Subdomain } from './dns-names.ts';

const NAME = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const QUALIFIED_NAME = new RegExp(`^${NAME}$`);
const NAME_RULE = `must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${NAME}')`;
const VALUE_RULE = `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`;
const MAX_ANNOTATION_BYTES = 256 * 1024;

/** Checks a label or annotation key: an optional DNS prefix, a slash, a name of at most 63 characters. */
export const validateLabelKey = (key: string): readonly string[] => {
  const parts = key.split('/');
  if (parts.length > 2)
    return [`a qualified name ${NAME_RULE} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  const name = parts.at(-1) ?? '';
  const prefix = parts.length === 2 ? (parts[0] ?? '') : undefined;
  const prefixProblems =
    prefix === ''
      ? ['prefix part must be non-empty']
      : prefix === undefined
        ? []
        : validateDns1123Subdomain(prefix).map((problem) => `prefix part ${problem}`);
  if (name === '') return [...prefixProblems, 'name part must be non-empty', `name part ${NAME_RULE}`];
  return [
    ...prefixProblems,
    ...(name.length > 63 ? ['name part must be no more than 63 characters'] : []),
    ...(QUALIFIED_NAME.test(name) ? [] : [`name part ${NAME_RULE}`]),
  ];
};

/** Checks a label's value: empty, or at most 63 characters. */
export const validateLabelValue = (value: string): readonly string[] => [
  ...(value.length > 63 ? ['must be no more than 63 characters'] : []),
  ...(value === '' || QUALIFIED_NAME.test(value) ? [] : [VALUE_RULE]),
];

/** Findings of a label map at `path`. Values that are no texts are the schema's to refuse. */
export const validateLabels = (
  labels: Readonly<Record<string, unknown>> | undefined,
  path: string,
): readonly FieldError[] =>
  labels
    ? Object.entries(labels).flatMap(([key, value]) => [
        ...validateLabelKey(key).map((problem) => invalidField(path, key, problem)),
        ...(typeof value === 'string'
          ? validateLabelValue(value).map((problem) => invalidField(path, value, problem))
          : []),
      ])
    : [];

/** Findings of an annotation map at `path`: keys as labels' (any case), 256 KiB altogether. */
export const validateAnnotations = (
  annotations: Readonly<Record<string, unknown>> | undefined,
  path: string,
): readonly FieldError[] => {
  if (!annotations) return [];
  const entries = Object.entries(annotations);
  const size = entries.reduce((sum, [key, value]) => sum + key.length + String(value).length, 0);
  const tooLong: FieldError = {
    reason: 'FieldValueTooLong',
    field: path,
    message: `Too long: may not be more than ${MAX_ANNOTATION_BYTES} bytes`,
  };
  return [
    ...entries.flatMap(([key]) =>
      validateLabelKey(key.toLowerCase()).map((problem) => invalidField(path, key, problem)),
    ),
    ...(size > MAX_ANNOTATION_BYTES ? [tooLong] : []),
  ];
};
