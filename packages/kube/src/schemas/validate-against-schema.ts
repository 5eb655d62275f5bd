/**
 * Checks a value against a structural schema, with the API server's wording.
 * @upstream k8s.io/kube-openapi/pkg/validation, k8s.io/apiextensions-apiserver/pkg/apiserver/validation
 */
import { isEqual, isObject } from '@argosy/base';

import type { StructuralSchema } from '../kinds/structural-schema.ts';
import {
  duplicateField,
  invalidField,
  requiredField,
  unsupportedValue,
  type FieldError,
} from '../objects/field-error.ts';
import { validateNumber, validateString } from './validate-scalars.ts';
import { additionalOf, isObjectMember, itemPath, memberPath, propertyOf } from './schema-parts.ts';
import { inBody, typeError } from './schema-findings.ts';

/** Findings of a value, in the order of the schema's keywords; none means valid. `path` names the value, '' the root. */
export const validateAgainstSchema = (schema: StructuralSchema, value: unknown, path = ''): readonly FieldError[] => {
  if (value === undefined) return [];
  if (value === null && schema.nullable === true) return [];
  const wrongType = validateType(schema, value, path);
  if (wrongType) return [wrongType];
  return [
    ...validateEnum(schema, value, path),
    ...(typeof value === 'string' ? validateString(schema, value, path) : []),
    ...(typeof value === 'number' ? validateNumber(schema, value, path) : []),
    ...(Array.isArray(value) ? validateList(schema, value, path) : []),
    ...(isObject(value) ? validateObject(schema, value, path) : []),
    ...validateCombinations(schema, value, path),
  ];
};

const validateType = (schema: StructuralSchema, value: unknown, path: string): FieldError | undefined => {
  const actual = typeOf(value);
  if (schema['x-kubernetes-int-or-string'] === true)
    return actual === 'integer' || actual === 'string' ? undefined : typeError(path, 'integer,string', actual);
  if (schema.type === undefined || schema.type === actual) return undefined;
  if (schema.type === 'number' && actual === 'integer') return undefined;
  return typeError(path, schema.type, actual);
};

const typeOf = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
};

const validateEnum = (schema: StructuralSchema, value: unknown, path: string): readonly FieldError[] =>
  schema.enum === undefined || schema.enum.some((allowed) => isEqual(allowed, value))
    ? []
    : [
        unsupportedValue(
          path,
          value,
          schema.enum.map((allowed) => (typeof allowed === 'string' ? allowed : JSON.stringify(allowed))),
        ),
      ];

const validateList = (schema: StructuralSchema, list: readonly unknown[], path: string): readonly FieldError[] => {
  const { items, minItems, maxItems } = schema;
  return [
    ...(minItems !== undefined && list.length < minItems
      ? [invalidField(path, list.length, `${inBody(path)} should have at least ${minItems} items`)]
      : []),
    ...(maxItems !== undefined && list.length > maxItems ? [tooMany(path, list.length, maxItems)] : []),
    ...(schema.uniqueItems === true && findDuplicates(list).length > 0
      ? [invalidField(path, list, `${inBody(path)} shouldn't contain duplicates`)]
      : []),
    ...(items ? list.flatMap((item, index) => validateAgainstSchema(items, item, itemPath(path, index))) : []),
    ...validateListKeys(schema, list, path),
  ];
};

const validateListKeys = (schema: StructuralSchema, list: readonly unknown[], path: string): readonly FieldError[] => {
  if (schema['x-kubernetes-list-type'] === 'set')
    return findDuplicates(list).map((index) => duplicateField(itemPath(path, index), list[index]));
  if (schema['x-kubernetes-list-type'] !== 'map' || schema['x-argosy-tolerates-duplicates'] === true) return [];
  const names = schema['x-kubernetes-list-map-keys'] ?? [];
  const keys = list.map((item) =>
    Object.fromEntries(
      names.flatMap((name) => {
        const value =
          isObject(item) && Object.hasOwn(item, name) ? item[name] : schema.items?.properties?.[name]?.default;
        return value === undefined ? [] : [[name, value]];
      }),
    ),
  );
  return findDuplicates(keys).map((index) => duplicateField(itemPath(path, index), keys[index]));
};

/** Indexes of the items that repeat an earlier one. Texts are compared by their canonical form, so long lists stay fast. */
const findDuplicates = (list: readonly unknown[]): readonly number[] => {
  const seen = new Set<string>();
  return list.flatMap((item, index) => {
    const text = canonical(item);
    if (seen.has(text)) return [index];
    seen.add(text);
    return [];
  });
};

const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'null';
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`);
  return `{${members.join(',')}}`;
};

const validateObject = (
  schema: StructuralSchema,
  object: Readonly<Record<string, unknown>>,
  path: string,
): readonly FieldError[] => {
  const names = Object.keys(object).filter((name) => object[name] !== undefined);
  const isEmbedded = schema['x-kubernetes-embedded-resource'] === true;
  const { minProperties, maxProperties } = schema;
  return [
    ...(schema.required ?? [])
      .filter((name) => !Object.hasOwn(object, name) || object[name] === undefined)
      .map((name) => requiredField(memberPath(path, name))),
    ...(isEmbedded ? validateEmbedded(object, path) : []),
    ...(minProperties !== undefined && names.length < minProperties
      ? [invalidField(path, names.length, `${inBody(path)} should have at least ${minProperties} properties`)]
      : []),
    ...(maxProperties !== undefined && names.length > maxProperties
      ? [tooMany(path, names.length, maxProperties)]
      : []),
    ...names.flatMap((name) => {
      const inner = propertyOf(schema, name) ?? additionalOf(schema);
      const isOwn = isEmbedded && isObjectMember(name);
      return inner && !isOwn ? validateAgainstSchema(inner, object[name], memberPath(path, name)) : [];
    }),
  ];
};

const validateEmbedded = (object: Readonly<Record<string, unknown>>, path: string): readonly FieldError[] =>
  ['apiVersion', 'kind'].flatMap((name) => {
    const value = Object.hasOwn(object, name) ? object[name] : undefined;
    if (value === undefined || value === '') return [requiredField(memberPath(path, name), 'must not be empty')];
    return typeof value === 'string' ? [] : [typeError(memberPath(path, name), 'string', typeOf(value))];
  });

const validateCombinations = (schema: StructuralSchema, value: unknown, path: string): readonly FieldError[] => {
  const isValid = (one: StructuralSchema): boolean => validateAgainstSchema(one, value, path).length === 0;
  const finding = (detail: string): FieldError => invalidField(path, value, `${inBody(path)} ${detail}`);
  const one = schema.oneOf?.filter(isValid).length ?? 1;
  return [
    ...(schema.allOf ?? []).flatMap((part) => validateAgainstSchema(part, value, path)),
    ...(schema.anyOf && !schema.anyOf.some(isValid) ? [finding('must validate at least one schema (anyOf)')] : []),
    ...(one === 1
      ? []
      : [
          finding(
            `must validate one and only one schema (oneOf). Found ${one === 0 ? 'none valid' : `${one} valid alternatives`}`,
          ),
        ]),
    ...(schema.not && isValid(schema.not) ? [finding('must not validate the schema (not)')] : []),
  ];
};

const tooMany = (path: string, actual: number, limit: number): FieldError => ({
  reason: 'FieldValueTooMany',
  field: path,
  message: `Too many: ${actual}: must have at most ${limit} items`,
});
