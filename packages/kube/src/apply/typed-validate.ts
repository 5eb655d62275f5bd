/** Whether a value fits its schema well enough to be split into fields. @upstream structured-merge-diff typed/validate.go */
import { isObject } from '@argosy/base';

import type { StructuralSchema } from '../kinds/structural-schema.ts';
import { additionalOf, preservesUnknown, propertyOf } from '../schemas/schema-parts.ts';
import { goText } from '../messages/go-text.ts';
import { formatFieldPath, type FieldPath } from './field-set.ts';
import { edgesOf, isKeyed, itemSchema, TypedProblem } from './typed-value.ts';

/** Problems of a value; live objects and updates may hold duplicates, what is applied may not. */
export const validateTyped = (
  schema: StructuralSchema,
  value: unknown,
  allowsDuplicates: boolean,
  path: FieldPath = [],
): readonly string[] => {
  if (value === null || value === undefined) return [];
  const wrong = wrongType(schema, value);
  if (wrong !== undefined) return [`${formatFieldPath(path)}: expected ${wrong}`];
  if (Array.isArray(value)) return validateItems(schema, value, allowsDuplicates, path);
  return isObject(value) ? validateMembers(schema, value, allowsDuplicates, path) : [];
};

/** What was expected and what was found, in the words of structured-merge-diff, which prints some values as Go keeps them. */
const wrongType = (schema: StructuralSchema, value: unknown): string | undefined => {
  if (schema.type === undefined || isOf(schema.type, value)) return undefined;
  switch (schema.type) {
    case 'integer':
    case 'number':
      return `numeric (int or float), got ${goTypeOf(value)}`;
    case 'string':
      return `string, got &value.valueUnstructured{Value:${typeof value === 'string' ? JSON.stringify(value) : goText(value)}}`;
    case 'boolean':
      return `boolean, got &{${goText(value)}}`;
    case 'array':
      return `list, got &{${goText(value)}}`;
    case 'object':
      return `map, got &{${goText(value)}}`;
  }
};

const isOf = (type: NonNullable<StructuralSchema['type']>, value: unknown): boolean => {
  const actual = Array.isArray(value) ? 'array' : typeof value;
  return actual === (type === 'integer' ? 'number' : type);
};

const goTypeOf = (value: unknown): string => {
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'object' ? 'map[string]interface {}' : typeof value;
};

const validateMembers = (
  schema: StructuralSchema,
  object: Readonly<Record<string, unknown>>,
  allowsDuplicates: boolean,
  path: FieldPath,
): readonly string[] =>
  Object.keys(object).flatMap((name) => {
    const at = [...path, `f:${name}`];
    const inner = propertyOf(schema, name) ?? additionalOf(schema);
    if (inner) return validateTyped(inner, object[name], allowsDuplicates, at);
    return schema.type === undefined || preservesUnknown(schema)
      ? []
      : [`${formatFieldPath(at)}: field not declared in schema`];
  });

const validateItems = (
  schema: StructuralSchema,
  list: readonly unknown[],
  allowsDuplicates: boolean,
  path: FieldPath,
): readonly string[] => {
  if (!isKeyed(schema))
    return list.flatMap((item, index) =>
      validateTyped(itemSchema(schema), item, allowsDuplicates, [...path, `i:${index}`]),
    );
  try {
    const edges = edgesOf(schema, list);
    return edges.flatMap((edge, index) => [
      ...(!allowsDuplicates && edges.indexOf(edge) < index
        ? [`${formatFieldPath(path)}: duplicate entries for key ${formatFieldPath([edge])}`]
        : []),
      ...validateTyped(itemSchema(schema), list[index], allowsDuplicates, [...path, edge]),
    ]);
  } catch (thrown) {
    if (thrown instanceof TypedProblem) return [`${formatFieldPath(path)}: ${thrown.message}`];
    throw thrown;
  }
};
