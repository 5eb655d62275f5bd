/**
 * What keywords of schemas may say, each by itself, and what defaults may be.
 * @upstream k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go#ValidateCustomResourceDefinitionOpenAPISchema
 */
import { isObject } from '@argosy/base';

import {
  forbiddenField,
  invalidField,
  requiredField,
  unsupportedValue,
  type FieldError,
} from '../../objects/field-error.ts';
import type { StructuralSchema } from '../../kinds/structural-schema.ts';
import { validateAgainstSchema } from '../../schemas/validate-against-schema.ts';
import { itemsAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { repeatedIn, textsAt } from '../findings.ts';

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const NOT_SUPPORTED = ['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref'];

/** Findings of a schema and of all within. */
export const validateSchemaKeywords = (schema: Draft, path: string): readonly FieldError[] => [
  ...wordFindings(schema, path),
  ...listFindings(schema, path),
  ...partsOf(schema, path).flatMap(([part, at]) => validateSchemaKeywords(part, at)),
];

/** Findings of defaults: each must be what its schema says. Only structural schemas are looked at. */
export const validateDefaults = (schema: Draft, path: string): readonly FieldError[] => {
  const { default: value, ...shape } = schema;
  const own =
    value === undefined
      ? []
      : // The shape was found to be structural before.
        validateAgainstSchema(shape as StructuralSchema, value).map((found) => ({
          ...found,
          // What has no name is named by nothing.
          message: found.field === '' ? found.message.replace(': in body', ':  in body') : found.message,
          field: found.field === '' ? `${path}.default` : `${path}.default.${found.field}`,
        }));
  return [...own, ...structuralPartsOf(schema, path).flatMap(([part, at]) => validateDefaults(part, at))];
};

type Part = readonly [schema: Draft, path: string];

const structuralPartsOf = (schema: Draft, path: string): readonly Part[] => [
  ...Object.entries(objectAt(schema, 'properties')).flatMap(([name, part]): readonly Part[] =>
    isObject(part) ? [[part, `${path}.properties[${name}]`]] : [],
  ),
  ...['items', 'additionalProperties'].flatMap((name): readonly Part[] =>
    isObject(schema[name]) ? [[objectAt(schema, name), `${path}.${name}`]] : [],
  ),
];

const partsOf = (schema: Draft, path: string): readonly Part[] => [
  ...structuralPartsOf(schema, path),
  ...(isObject(schema['not']) ? [[objectAt(schema, 'not'), `${path}.not`] as const] : []),
  ...['allOf', 'oneOf', 'anyOf'].flatMap((list) =>
    itemsAt(schema, list).map(([index, part]): Part => [part, `${path}.${list}[${index}]`]),
  ),
];

const wordFindings = (schema: Draft, path: string): readonly FieldError[] => {
  const type = textAt(schema, 'type');
  const values = schema['additionalProperties'];
  const hasProperties = Object.keys(objectAt(schema, 'properties')).length > 0;
  return [
    ...(type === '' || TYPES.includes(type) ? [] : [unsupportedValue(`${path}.type`, type, TYPES)]),
    ...(type === 'null'
      ? [forbiddenField(`${path}.type`, 'type cannot be set to null, use nullable as an alternative')]
      : []),
    ...NOT_SUPPORTED.filter((name) => schema[name] !== undefined).map((name) =>
      forbiddenField(`${path}.${name}`, `${name} is not supported`),
    ),
    ...(Array.isArray(schema['items'])
      ? [forbiddenField(`${path}.items`, 'items must be a schema object and not an array')]
      : []),
    ...(schema['uniqueItems'] === true
      ? [
          forbiddenField(
            `${path}.uniqueItems`,
            'uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
          ),
        ]
      : []),
    ...(hasProperties && values !== undefined && values !== true
      ? [forbiddenField(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive')]
      : []),
    ...(schema['x-kubernetes-preserve-unknown-fields'] === false
      ? [invalidField(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined')]
      : []),
    ...kindOfFindings(schema, path, ['x-kubernetes-map-type', 'object', ['atomic', 'granular']]),
    ...kindOfFindings(schema, path, ['x-kubernetes-list-type', 'array', ['atomic', 'set', 'map']]),
  ];
};

/** Words about how values are merged go with one type. */
const kindOfFindings = (
  schema: Draft,
  path: string,
  [name, needed, supported]: readonly [name: string, type: string, supported: readonly string[]],
): readonly FieldError[] => {
  if (schema[name] === undefined) return [];
  const type = textAt(schema, 'type');
  const detail = `must be ${needed} if ${name} is specified`;
  return [
    ...(type === '' ? [requiredField(`${path}.type`, detail)] : []),
    ...(type !== '' && type !== needed ? [invalidField(`${path}.type`, type, detail)] : []),
    ...(supported.includes(textAt(schema, name))
      ? []
      : [unsupportedValue(`${path}.${name}`, textAt(schema, name), supported)]),
  ];
};

const KEYS = 'x-kubernetes-list-map-keys';
const LIST = 'x-kubernetes-list-type';

const listFindings = (schema: Draft, path: string): readonly FieldError[] => {
  const list = schema[LIST];
  const keys = textsAt(schema, KEYS).map(([, key]) => key);
  const items = objectAt(schema, 'items');
  const needsMap = 'must be map if x-kubernetes-list-map-keys is non-empty';
  return [
    ...(keys.length > 0 && list === undefined ? [requiredField(`${path}.${LIST}`, needsMap)] : []),
    ...(keys.length > 0 && list !== undefined && list !== 'map'
      ? [invalidField(`${path}.${LIST}`, list, needsMap)]
      : []),
    ...(list === 'set' && schema['type'] === 'array' ? setItemFindings(items, `${path}.items`) : []),
    ...(list === 'map' ? mapKeyFindings(schema, keys, path) : []),
    ...((list === 'set' || list === 'map') && items['nullable'] === true
      ? [forbiddenField(`${path}.items.nullable`, `cannot be nullable when x-kubernetes-list-type is ${list}`)]
      : []),
  ];
};

const setItemFindings = (items: Draft, path: string): readonly FieldError[] => {
  const detail = 'must be atomic as item of a list with x-kubernetes-list-type=set';
  const list = items[LIST] ?? 'atomic';
  const map = items['x-kubernetes-map-type'] ?? 'granular';
  if (items['type'] === 'array' && list !== 'atomic') return [invalidField(`${path}.${LIST}`, list, detail)];
  return items['type'] === 'object' && map !== 'atomic'
    ? [invalidField(`${path}.x-kubernetes-map-type`, items['x-kubernetes-map-type'] ?? null, detail)]
    : [];
};

const mapKeyFindings = (schema: Draft, keys: readonly string[], path: string): readonly FieldError[] => {
  const items = objectAt(schema, 'items');
  const type = textAt(items, 'type');
  const repeated = repeatedIn(keys);
  return [
    ...(keys.length === 0
      ? [requiredField(`${path}.${KEYS}`, 'must not be empty if x-kubernetes-list-type is map')]
      : []),
    ...(schema['items'] === undefined
      ? [requiredField(`${path}.items`, 'must have a schema if x-kubernetes-list-type is map')]
      : []),
    ...(isObject(schema['items']) && type !== 'object'
      ? [invalidField(`${path}.items.type`, type, "must be object if parent array's x-kubernetes-list-type is map")]
      : []),
    ...(type === 'object'
      ? keys.flatMap((key, at) => [
          ...keyFindings(items, key, path),
          ...(objectAt(items, 'properties')[key] === undefined
            ? [invalidField(`${path}.${KEYS}`, keys, 'entries must all be names of item properties')]
            : []),
          ...(repeated.has(at) ? [invalidField(`${path}.${KEYS}`, keys, 'must not contain duplicate entries')] : []),
        ])
      : []),
  ];
};

const keyFindings = (items: Draft, key: string, path: string): readonly FieldError[] => {
  const known = objectAt(items, 'properties')[key];
  if (!isObject(known)) return [];
  const field = `${path}.items.properties[${key}]`;
  const isRequired = textsAt(items, 'required').some(([, name]) => name === key);
  return [
    ...(known['type'] === 'array' || known['type'] === 'object'
      ? [
          invalidField(
            `${field}.type`,
            'object',
            "must be a scalar type if parent array's x-kubernetes-list-type is map",
          ),
        ]
      : []),
    ...(!isRequired && known['default'] === undefined
      ? [
          requiredField(
            `${field}.default`,
            'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
          ),
        ]
      : []),
    ...(known['nullable'] === true
      ? [
          forbiddenField(
            `${field}.nullable`,
            'this property is in x-kubernetes-list-map-keys, so it cannot be nullable',
          ),
        ]
      : []),
  ];
};
