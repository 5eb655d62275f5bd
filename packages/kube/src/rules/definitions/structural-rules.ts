/**
 * What makes a schema structural: every value has one type outside of `anyOf` and its like, and those only restrict it.
 * @upstream k8s.io/apiextensions-apiserver/pkg/apiserver/schema/validation.go, complete.go
 */
import { isEqual, isObject } from '@argosy/base';
import { RE2JS } from 're2js';

import { forbiddenField, invalidField, requiredField, type FieldError } from '../../objects/field-error.ts';
import { itemsAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';

/** Where a schema stands, for what is said when it has no type. */
type Level = 'root' | 'item' | 'field';

const NO_TYPE: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
};
const LISTS = ['anyOf', 'allOf', 'oneOf'] as const;
const INT_OR_STRING = [{ type: 'integer' }, { type: 'string' }];

/** Findings of a whole schema at `path`. */
export const validateStructural = (schema: Draft, path: string): readonly FieldError[] => [
  ...invariantFindings(schema, path, 'root'),
  ...completenessFindings(schema, schema, { path, within: path }),
];

const invariantFindings = (schema: Draft, path: string, level: Level): readonly FieldError[] => {
  const items = schema['items'];
  const values = schema['additionalProperties'];
  return [
    ...(schema['type'] === 'array' && items === undefined ? [requiredField(`${path}.items`, 'must be specified')] : []),
    ...(isObject(items) ? invariantFindings(items, `${path}.items`, 'item') : []),
    ...propertiesOf(schema).flatMap(([name, part]) => invariantFindings(part, `${path}.properties[${name}]`, 'field')),
    ...(level === 'root' && values !== undefined
      ? [forbiddenField(`${path}.additionalProperties`, 'must not be used at the root')]
      : []),
    ...(isObject(values) ? invariantFindings(values, `${path}.additionalProperties`, 'field') : []),
    ...extensionFindings(schema, path),
    ...restrictionFindings(schema, path),
    ...typeFindings(schema, path, level),
    ...(level === 'root' || isEmbedded(schema) ? objectMemberFindings(schema, path, level) : []),
  ];
};

const isEmbedded = (schema: Draft): boolean => schema['x-kubernetes-embedded-resource'] === true;
const isOpen = (schema: Draft): boolean => schema['x-kubernetes-preserve-unknown-fields'] === true;
const isIntOrString = (schema: Draft): boolean => schema['x-kubernetes-int-or-string'] === true;

const propertiesOf = (schema: Draft): readonly (readonly [string, Draft])[] =>
  Object.entries(objectAt(schema, 'properties')).map(([name, part]) => [name, isObject(part) ? part : {}]);

const extensionFindings = (schema: Draft, path: string): readonly FieldError[] =>
  isIntOrString(schema)
    ? ['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource']
        .filter((name) => schema[name] === true)
        .map((name) => invalidField(`${path}.${name}`, true, 'must be false if x-kubernetes-int-or-string is true'))
    : [];

const typeFindings = (schema: Draft, path: string, level: Level): readonly FieldError[] => {
  const type = textAt(schema, 'type');
  const field = `${path}.type`;
  const embedded = 'must be object if x-kubernetes-embedded-resource is true';
  return [
    ...(isEmbedded(schema) && type === '' ? [requiredField(field, embedded)] : []),
    ...(isEmbedded(schema) && type !== '' && type !== 'object' ? [invalidField(field, type, embedded)] : []),
    ...(!isEmbedded(schema) && type === '' && !isIntOrString(schema) && !isOpen(schema)
      ? [requiredField(field, NO_TYPE[level])]
      : []),
    ...(level === 'root' && type !== '' && type !== 'object'
      ? [invalidField(field, type, 'must be object at the root')]
      : []),
  ];
};

/** What the API server itself says of an object may not be said otherwise. */
const objectMemberFindings = (schema: Draft, path: string, level: Level): readonly FieldError[] => {
  const properties = objectAt(schema, 'properties');
  const mistyped = (name: string, type: string): readonly FieldError[] =>
    properties[name] === undefined || textAt(objectAt(properties, name), 'type') === type
      ? []
      : [
          invalidField(
            `${path}.properties[${name}].type`,
            textAt(objectAt(properties, name), 'type'),
            `must be ${type}`,
          ),
        ];
  const isWhole = isOpen(schema) || Object.keys(properties).length > 0;
  return [
    ...mistyped('kind', 'string'),
    ...mistyped('apiVersion', 'string'),
    ...mistyped('metadata', 'object'),
    ...(level === 'root' && restrictsMetadata(objectAt(properties, 'metadata'))
      ? [
          forbiddenField(
            `${path}.properties[metadata]`,
            'must not specify anything other than name and generateName, but metadata is implicitly specified',
          ),
        ]
      : []),
    ...(isEmbedded(schema) && schema['additionalProperties'] !== undefined
      ? [forbiddenField(`${path}.additionalProperties`, 'must not be used if x-kubernetes-embedded-resource is set')]
      : []),
    ...(isEmbedded(schema) && !isWhole
      ? [
          requiredField(
            `${path}.properties`,
            'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields',
          ),
        ]
      : []),
  ];
};

/** What may stand at metadata; not even a description may. */
const SAYS_NOTHING: ReadonlySet<string> = new Set(['type', 'default', 'properties']);

const restrictsMetadata = (metadata: Draft): boolean =>
  Object.keys(metadata).some((name) => !SAYS_NOTHING.has(name)) ||
  Object.keys(objectAt(metadata, 'properties')).some((name) => name !== 'name' && name !== 'generateName');

const restrictionFindings = (schema: Draft, path: string): readonly FieldError[] => {
  const [first] = itemsAt(schema, 'allOf');
  const skipsAny = isEqual(schema['anyOf'], INT_OR_STRING);
  const skipsFirst = first !== undefined && isEqual(first[1]['anyOf'], INT_OR_STRING);
  return [
    ...LISTS.flatMap((list) =>
      list === 'anyOf' && skipsAny
        ? []
        : itemsAt(schema, list).flatMap(([index, part]) =>
            nestedFindings(part, `${path}.${list}[${index}]`, list === 'allOf' && index === 0 && skipsFirst),
          ),
    ),
    ...(isObject(schema['not']) ? nestedFindings(objectAt(schema, 'not'), `${path}.not`, false) : []),
    ...patternFindings(textAt(schema, 'pattern'), `${path}.pattern`),
  ];
};

const patternFindings = (pattern: string, field: string): readonly FieldError[] => {
  try {
    RE2JS.compile(pattern);
    return [];
  } catch (thrown) {
    const problem = thrown instanceof Error ? thrown.message : String(thrown);
    return [invalidField(field, pattern, `must be a valid regular expression, but isn't: ${problem}`)];
  }
};

/** What a restriction may not say, and how that is put. */
const UNSTRUCTURAL: Readonly<Record<string, string>> = {
  type: 'must be empty to be structural',
  additionalProperties: 'must be undefined to be structural',
  default: 'must be undefined to be structural',
  title: 'must be empty to be structural',
  description: 'must be empty to be structural',
  nullable: 'must be false to be structural',
  'x-kubernetes-preserve-unknown-fields': 'must be false to be structural',
  'x-kubernetes-embedded-resource': 'must be false to be structural',
  'x-kubernetes-int-or-string': 'must be false to be structural',
  'x-kubernetes-list-map-keys': 'must be empty to be structural',
  'x-kubernetes-list-type': 'must be undefined to be structural',
  'x-kubernetes-map-type': 'must be undefined to be structural',
  'x-kubernetes-validations': 'must be empty to be structural',
};

const nestedFindings = (schema: Draft, path: string, skipsAny: boolean): readonly FieldError[] => {
  const { anyOf: _, ...withoutAny } = schema;
  return [
    ...restrictionFindings(skipsAny ? withoutAny : schema, path),
    ...(isObject(schema['items']) ? nestedFindings(objectAt(schema, 'items'), `${path}.items`, false) : []),
    ...propertiesOf(schema).flatMap(([name, part]) => nestedFindings(part, `${path}.properties[${name}]`, false)),
    ...Object.entries(UNSTRUCTURAL).flatMap(([name, problem]) =>
      isSaid(schema[name]) ? [forbiddenField(`${path}.${name}`, problem)] : [],
    ),
    ...(objectAt(schema, 'properties')['metadata'] === undefined
      ? []
      : [forbiddenField(`${path}.properties[metadata]`, 'must not be specified in a nested context')]),
  ];
};

const isSaid = (value: unknown): boolean =>
  value !== undefined && value !== '' && value !== false && !(Array.isArray(value) && value.length === 0);

/** Whatever is restricted must be there. */
const completenessFindings = (
  restriction: Draft,
  schema: Draft,
  at: { readonly path: string; readonly within: string },
): readonly FieldError[] => [
  ...LISTS.flatMap((list) =>
    itemsAt(restriction, list).flatMap(([index, part]) =>
      nestedCompleteness(part, schema, { ...at, within: `${at.within}.${list}[${index}]` }),
    ),
  ),
  ...(isObject(restriction['not'])
    ? nestedCompleteness(objectAt(restriction, 'not'), schema, { ...at, within: `${at.within}.not` })
    : []),
];

const nestedCompleteness = (
  restriction: Draft,
  schema: Draft,
  at: { readonly path: string; readonly within: string },
): readonly FieldError[] => [
  ...completenessFindings(restriction, schema, at),
  ...(isObject(restriction['items'])
    ? partCompleteness(objectAt(restriction, 'items'), schema['items'], stepOf(at, '.items'))
    : []),
  ...propertiesOf(restriction).flatMap(([name, part]) =>
    partCompleteness(part, objectAt(schema, 'properties')[name], stepOf(at, `.properties[${name}]`)),
  ),
];

const partCompleteness = (
  restriction: Draft,
  part: unknown,
  at: { readonly path: string; readonly within: string },
): readonly FieldError[] =>
  isObject(part)
    ? nestedCompleteness(restriction, part, at)
    : [requiredField(at.path, `because it is defined in ${at.within}`)];

const stepOf = (at: { readonly path: string; readonly within: string }, step: string) => ({
  path: `${at.path}${step}`,
  within: `${at.within}${step}`,
});
