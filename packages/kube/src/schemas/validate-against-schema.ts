/**
 * Checks a value against a structural schema, with the API server's wording.
 * @upstream k8s.io/kube-openapi/pkg/validation, k8s.io/apiextensions-apiserver/pkg/apiserver/validation
 */
import { canonicalText, isEqual, isObject } from '@argosy/base';

import type { StructuralSchema } from '../kinds/structural-schema.ts';
import {
  duplicateField,
  invalidField,
  MOST_FINDINGS,
  requiredField,
  unsupportedValue,
  type FieldError,
} from '../objects/field-error.ts';
import { validateNumber, validateString } from './validate-scalars.ts';
import { additionalOf, isObjectMember, itemPath, memberPath, pathOf, propertyOf, type Place } from './schema-parts.ts';
import { inBody, ofWhole, typeError } from './schema-findings.ts';

/** Findings of a value, in the order of the schema's keywords; none means valid. `path` names the value, '' the root. */
export const validateAgainstSchema = (schema: StructuralSchema, value: unknown, path = ''): readonly FieldError[] => {
  const found: FieldError[] = [];
  collect(schema, value, { within: undefined, part: path }, found);
  return found;
};

/** Every write of every object comes by here: nothing is made for values about which there is nothing to say. */
const collect = (schema: StructuralSchema, value: unknown, place: Place, found: FieldError[]): void => {
  if (value === undefined || (value === null && schema.nullable === true)) return;
  // One more than are told shows that there are more.
  if (found.length > MOST_FINDINGS) return;
  const wrongType = validateType(schema, value, place);
  if (wrongType) return void found.push(wrongType);
  if (schema.enum !== undefined) collectEnum(schema.enum, value, place, found);
  if (typeof value === 'string') collectString(schema, value, place, found);
  else if (typeof value === 'number') collectNumber(schema, value, place, found);
  else if (Array.isArray(value)) collectList(schema, value, place, found);
  else if (isObject(value)) collectObject(schema, value, place, found);
  if (schema.allOf || schema.anyOf || schema.oneOf || schema.not) collectCombinations(schema, value, place, found);
};

const validateType = (schema: StructuralSchema, value: unknown, place: Place): FieldError | undefined => {
  const actual = typeOf(value);
  if (schema['x-kubernetes-int-or-string'] === true)
    return actual === 'integer' || actual === 'string' ? undefined : typeError(pathOf(place), 'integer,string', actual);
  if (schema.type === undefined || schema.type === actual) return undefined;
  if (schema.type === 'number' && actual === 'integer') return undefined;
  return typeError(pathOf(place), schema.type, actual);
};

const typeOf = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
};

const collectEnum = (allowed: readonly unknown[], value: unknown, place: Place, found: FieldError[]): void => {
  if (allowed.some((one) => isEqual(one, value))) return;
  const texts = allowed.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
  found.push(unsupportedValue(pathOf(place), value, texts));
};

const collectString = (schema: StructuralSchema, value: string, place: Place, found: FieldError[]): void => {
  const { minLength, maxLength, pattern, format, 'x-argosy-form': form } = schema;
  const isAny = minLength === undefined && maxLength === undefined && pattern === undefined && format === undefined;
  if (isAny && form === undefined) return;
  found.push(...validateString(schema, value, pathOf(place)));
};

const collectNumber = (schema: StructuralSchema, value: number, place: Place, found: FieldError[]): void => {
  const { minimum, maximum, multipleOf, format } = schema;
  if (minimum === undefined && maximum === undefined && multipleOf === undefined && format === undefined) return;
  found.push(...validateNumber(schema, value, pathOf(place)));
};

const collectList = (schema: StructuralSchema, list: readonly unknown[], place: Place, found: FieldError[]): void => {
  const { items, minItems, maxItems } = schema;
  if (minItems !== undefined && list.length < minItems) {
    const path = pathOf(place);
    found.push(invalidField(path, list.length, `${inBody(path)} should have at least ${minItems} items`));
  }
  if (maxItems !== undefined && list.length > maxItems) found.push(tooMany(pathOf(place), list.length, maxItems));
  if (schema.uniqueItems === true && findDuplicates(list).length > 0) {
    const path = pathOf(place);
    found.push(invalidField(path, list, `${inBody(path)} shouldn't contain duplicates`));
  }
  if (items) list.forEach((item, index) => collect(items, item, { within: place, part: index }, found));
  collectListKeys(schema, list, place, found);
};

const collectListKeys = (
  schema: StructuralSchema,
  list: readonly unknown[],
  place: Place,
  found: FieldError[],
): void => {
  const report = (index: number, value: unknown): void => {
    if (found.length <= MOST_FINDINGS) found.push(duplicateField(itemPath(pathOf(place), index), value));
  };
  if (schema['x-argosy-tolerates-duplicates'] === true) return;
  if (schema['x-kubernetes-list-type'] === 'set') {
    for (const index of findDuplicates(list)) report(index, list[index]);
    return;
  }
  if (schema['x-kubernetes-list-type'] !== 'map') return;
  // One item repeats nothing.
  if (list.length < 2) return;
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
  for (const index of findDuplicates(keys)) report(index, keys[index]);
};

/** Indexes of the items that repeat an earlier one. Texts are compared by their canonical form, so long lists stay fast. */
const findDuplicates = (list: readonly unknown[]): readonly number[] => {
  const seen = new Set<string>();
  return list.flatMap((item, index) => {
    const text = canonicalText(item);
    if (seen.has(text)) return [index];
    seen.add(text);
    return [];
  });
};

const collectObject = (
  schema: StructuralSchema,
  object: Readonly<Record<string, unknown>>,
  place: Place,
  found: FieldError[],
): void => {
  for (const name of schema.required ?? [])
    if (!Object.hasOwn(object, name) || object[name] === undefined)
      found.push(requiredField(memberPath(pathOf(place), name)));
  const isEmbedded = schema['x-kubernetes-embedded-resource'] === true;
  if (isEmbedded) found.push(...validateEmbedded(object, pathOf(place)));
  if (schema.minProperties !== undefined || schema.maxProperties !== undefined)
    collectMemberCount(schema, object, place, found);
  for (const name in object) {
    if (object[name] === undefined) continue;
    const inner = propertyOf(schema, name) ?? additionalOf(schema);
    const isOwn = isEmbedded && isObjectMember(name);
    if (inner && !isOwn) collect(inner, object[name], { within: place, part: name }, found);
  }
};

const collectMemberCount = (
  { minProperties, maxProperties }: StructuralSchema,
  object: Readonly<Record<string, unknown>>,
  place: Place,
  found: FieldError[],
): void => {
  const count = Object.keys(object).filter((name) => object[name] !== undefined).length;
  const path = pathOf(place);
  if (minProperties !== undefined && count < minProperties)
    found.push(invalidField(path, count, `${inBody(path)} should have at least ${minProperties} properties`));
  if (maxProperties !== undefined && count > maxProperties) found.push(tooMany(path, count, maxProperties));
};

const validateEmbedded = (object: Readonly<Record<string, unknown>>, path: string): readonly FieldError[] =>
  ['apiVersion', 'kind'].flatMap((name) => {
    const value = Object.hasOwn(object, name) ? object[name] : undefined;
    if (value === undefined || value === '') return [requiredField(memberPath(path, name), 'must not be empty')];
    return typeof value === 'string' ? [] : [typeError(memberPath(path, name), 'string', typeOf(value))];
  });

/**
 * Upstream names the value in the sentence alone, and of choices that all fail tells what is wrong with the first.
 * @upstream k8s.io/kube-openapi/pkg/validation/validate/schema_props.go#Validate
 */
const collectCombinations = (schema: StructuralSchema, value: unknown, place: Place, found: FieldError[]): void => {
  const path = pathOf(place);
  const problemsOf = (one: StructuralSchema): readonly FieldError[] => validateAgainstSchema(one, value, path);
  const report = (detail: string): void => void found.push(ofWhole(path, detail));
  if (schema.anyOf) {
    const choices = untilValid(schema.anyOf, problemsOf);
    if (choices !== undefined) {
      report('must validate at least one schema (anyOf)');
      found.push(...choices);
    }
  }
  if (schema.oneOf) {
    const choices = schema.oneOf.map(problemsOf);
    const count = choices.filter((problems) => problems.length === 0).length;
    if (count !== 1) {
      const many = count === 0 ? 'none valid' : `${count} valid alternatives`;
      report(`must validate one and only one schema (oneOf). Found ${many}`);
      if (count === 0) found.push(...(choices[0] ?? []));
    }
  }
  if (schema.allOf) {
    const parts = schema.allOf.map(problemsOf);
    const count = parts.filter((problems) => problems.length === 0).length;
    found.push(...parts.flat());
    if (count < parts.length) report(`must validate all the schemas (allOf)${count === 0 ? '. None validated' : ''}`);
  }
  if (schema.not && problemsOf(schema.not).length === 0) report('must not validate the schema (not)');
};

/** The problems of the first choice when none is valid; those after a valid one are not looked at. */
const untilValid = (
  choices: readonly StructuralSchema[],
  problemsOf: (one: StructuralSchema) => readonly FieldError[],
): readonly FieldError[] | undefined => {
  let first: readonly FieldError[] | undefined;
  for (const choice of choices) {
    const problems = problemsOf(choice);
    if (problems.length === 0) return undefined;
    first ??= problems;
  }
  return first;
};

const tooMany = (path: string, actual: number, limit: number): FieldError => ({
  reason: 'FieldValueTooMany',
  field: path,
  message: `Too many: ${actual}: must have at most ${limit} items`,
});
