/** Findings that many rules share. @spec k8s.io/apimachinery/pkg/util/validation */
import { validateDns1123Label, validateDns1123Subdomain } from '../names/dns-names.ts';
import { validateLabelKey } from '../names/label-names.ts';
import { invalidField, requiredField, unsupportedValue, type FieldError } from '../objects/field-error.ts';
import { isIpAddress } from './network/ip-address.ts';
import type { Draft } from '../builtin/defaults/draft.ts';

/** Says of a number what it must be. */
export const POSITIVE = 'must be greater than zero';
/** Says of a number what it must be. */
export const NOT_NEGATIVE = 'must be greater than or equal to 0';

/** One finding for each problem of a value. */
export const problemsOf = (field: string, value: unknown, problems: readonly string[]): readonly FieldError[] =>
  problems.length === 0 ? [] : problems.map((problem) => invalidField(field, value, problem));

/** A value that is shown as Go writes it. */
export const invalidAs = (field: string, shown: string, detail: string): FieldError => ({
  reason: 'FieldValueInvalid',
  field,
  message: detail === '' ? `Invalid value: ${shown}` : `Invalid value: ${shown}: ${detail}`,
});

/** A value that is not one of those known, shown as Go writes it. */
export const unsupportedAs = (field: string, shown: string, supported: readonly string[]): FieldError => ({
  reason: 'FieldValueNotSupported',
  field,
  message: `Unsupported value: ${shown}: supported values: ${supported.map((one) => JSON.stringify(one)).join(', ')}`,
});

/** A part of an object that is wrong as a whole; it is not shown. */
export const invalidPart = (field: string, detail: string): FieldError => ({
  reason: 'FieldValueInvalid',
  field,
  message: `Invalid value: ${detail}`,
});

/** A member that is present must be one of those supported. */
export const choiceFindings = (
  draft: Draft,
  name: string,
  path: string,
  supported: readonly string[],
): readonly FieldError[] => {
  const value = draft[name];
  return typeof value !== 'string' || supported.includes(value)
    ? []
    : [unsupportedValue(`${path}.${name}`, value, supported)];
};

/** A member must be a text with something in it. */
export const filledFindings = (draft: Draft, name: string, path: string): readonly FieldError[] =>
  draft[name] === undefined || draft[name] === '' ? [requiredField(`${path}.${name}`)] : [];

/** A number that is present must lie between two others, both allowed. */
export const rangeFindings = (
  value: unknown,
  field: string,
  [least, most]: readonly [number, number],
): readonly FieldError[] =>
  typeof value === 'number' && (value < least || value > most)
    ? [invalidField(field, value, `must be between ${least} and ${most}, inclusive`)]
    : [];

/** Indexes of the values of a list that stand earlier in it as well. Who sends a list chooses its length: none is compared with all. */
export const repeatedIn = (values: readonly unknown[]): ReadonlySet<number> => {
  const seen = new Set<unknown>();
  const repeated = new Set<number>();
  for (const [index, value] of values.entries()) {
    if (seen.has(value)) repeated.add(index);
    seen.add(value);
  }
  return repeated;
};

/** The texts of a list member, each with its index. */
export const textsAt = (draft: Draft, name: string): readonly (readonly [number, string])[] => {
  const part = draft[name];
  return Array.isArray(part)
    ? [...(part as readonly unknown[]).entries()].flatMap(([index, item]) =>
        typeof item === 'string' ? [[index, item] as const] : [],
      )
    : [];
};

/** A text must be a DNS label. */
export const labelNameFindings = (field: string, value: string): readonly FieldError[] =>
  problemsOf(field, value, validateDns1123Label(value));

/** A text must be a DNS subdomain. */
export const subdomainFindings = (field: string, value: string): readonly FieldError[] =>
  problemsOf(field, value, validateDns1123Subdomain(value));

/** A text must be a name with an optional prefix, as keys of labels are. */
export const qualifiedNameFindings = (field: string, value: string): readonly FieldError[] =>
  problemsOf(field, value, validateLabelKey(value));

/** A text must be an address. */
export const addressFindings = (field: string, value: string): readonly FieldError[] =>
  isIpAddress(value)
    ? []
    : [invalidField(field, value, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')];

/** A path below another must be relative and stay there. @upstream validateLocalDescendingPath */
export const descendingPathFindings = (field: string, value: string): readonly FieldError[] => [
  ...(value.startsWith('/') ? [invalidField(field, value, 'must be a relative path')] : []),
  ...backstepFindings(field, value),
];

/** A path must not lead upwards. */
export const backstepFindings = (field: string, value: string): readonly FieldError[] =>
  value.split('/').includes('..') ? [invalidField(field, value, "must not contain '..'")] : [];

/** A path of a file in a volume; names that begin with two dots belong to the writer of the volume. */
export const filePathFindings = (field: string, value: string): readonly FieldError[] => [
  ...descendingPathFindings(field, value),
  ...(value.startsWith('..') && !value.startsWith('../') && value !== '..'
    ? [invalidField(field, value, "must not start with '..'")]
    : []),
];

/** A text must be a domain, a slash and a path, such as `acme.io/foo`. @upstream IsDomainPrefixedPath */
export const prefixedPathFindings = (field: string, value: string): readonly FieldError[] => {
  if (value === '') return [requiredField(field)];
  const at = value.indexOf('/');
  const rest = value.slice(at + 1);
  if (at < 1 || rest === '')
    return [invalidField(field, value, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  return [
    ...subdomainFindings(field, value.slice(0, at)).map((found) => ({ ...found, field })),
    ...(/^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(rest) ? [] : [invalidField(field, rest, 'Invalid path')]),
  ];
};
