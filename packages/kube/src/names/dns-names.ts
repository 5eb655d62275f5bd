/**
 * Names of objects, with Kubernetes' own wording. Each check returns its problems; an empty list means valid.
 * @spec k8s.io/apimachinery/pkg/util/validation/validation.go
 */
const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const DNS1123_LABEL = new RegExp(`^${LABEL}$`);
const DNS1123_SUBDOMAIN = new RegExp(`^${LABEL}(\\.${LABEL})*$`);
const DNS1035_LABEL = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;

const tooLong = (limit: number): string => `must be no more than ${limit} characters`;

/** Checks a DNS label (pods' containers, namespaces): at most 63 characters. */
export const validateDns1123Label = (value: string): readonly string[] => [
  ...(value.length > 63 ? [tooLong(63)] : []),
  ...(DNS1123_LABEL.test(value)
    ? []
    : DNS1123_SUBDOMAIN.test(value)
      ? ['must not contain dots']
      : [
          `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${LABEL}')`,
        ]),
];

/** Checks a DNS subdomain (most objects' names): at most 253 characters. */
export const validateDns1123Subdomain = (value: string): readonly string[] => [
  ...(value.length > 253 ? [tooLong(253)] : []),
  ...(DNS1123_SUBDOMAIN.test(value)
    ? []
    : [
        `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${LABEL}(\\.${LABEL})*')`,
      ]),
];

/** Checks a DNS 1035 label (services' names): begins with a letter, at most 63 characters. */
export const validateDns1035Label = (value: string): readonly string[] => [
  ...(value.length > 63 ? [tooLong(63)] : []),
  ...(DNS1035_LABEL.test(value)
    ? []
    : [
        `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')`,
      ]),
];

/** Checks a name that is one segment of a URL path (RBAC objects). */
export const validatePathSegmentName = (value: string): readonly string[] => {
  if (value === '.' || value === '..') return [`may not be '${value}'`];
  return ['/', '%'].filter((part) => value.includes(part)).map((part) => `may not contain '${part}'`);
};

/** Checks a `generateName` prefix: a trailing dash is allowed because characters follow. */
export const validateNamePrefix = (
  prefix: string,
  validateName: (name: string) => readonly string[],
): readonly string[] => validateName(prefix.endsWith('-') && prefix.length > 1 ? `${prefix.slice(0, -1)}a` : prefix);

/** Longest prefix kept of a `generateName`: 63 less the five characters appended. */
const MAX_GENERATED_PREFIX = 58;

/** Makes a name of a `generateName` and the suffix (five random characters) the caller drew. */
export const generatedName = (generateName: string, suffix: string): string =>
  `${generateName.slice(0, MAX_GENERATED_PREFIX)}${suffix}`;
