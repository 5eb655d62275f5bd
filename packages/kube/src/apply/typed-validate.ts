/** Whether a value fits its schema well enough to be split into fields. @upstream structured-merge-diff typed/validate.go */
import { isObject } from '@argosy/base';

import type { StructuralSchema } from '../kinds/structural-schema.ts';
import { additionalOf, preservesUnknown, propertyOf } from '../schemas/schema-parts.ts';
import { goText } from '../messages/go-text.ts';
import { formatFieldPath, type FieldPath } from './field-set.ts';
import { edgesOf, isKeyed, itemSchema, TypedProblem } from './typed-value.ts';

/** Where a value stands; its path is written only when there is something to say about it. */
interface Spot {
  readonly within: Spot | undefined;
  readonly edge: string;
}

interface Finder {
  readonly allowsDuplicates: boolean;
  readonly found: string[];
}

/**
 * Most problems that are told of one value. Deviates: upstream tells all of them, which of a large body that fits nowhere
 * is a hundred times its size.
 */
const MOST_PROBLEMS = 1_000;

/** Problems of a value; live objects and updates may hold duplicates, what is applied may not. */
export const validateTyped = (
  schema: StructuralSchema,
  value: unknown,
  allowsDuplicates: boolean,
): readonly string[] => {
  const found: string[] = [];
  validate({ allowsDuplicates, found }, schema, value, undefined);
  return found;
};

const validate = (finder: Finder, schema: StructuralSchema, value: unknown, spot: Spot | undefined): void => {
  if (value === null || value === undefined) return;
  const wrong = finder.found.length < MOST_PROBLEMS ? wrongType(schema, value) : undefined;
  if (wrong !== undefined) return report(finder, spot, `expected ${wrong}`);
  if (Array.isArray(value)) return validateItems(finder, schema, value, spot);
  if (isObject(value)) validateMembers(finder, schema, value, spot);
};

const report = ({ found }: Finder, spot: Spot | undefined, problem: string): void => {
  if (found.length < MOST_PROBLEMS) found.push(`${formatFieldPath(pathOf(spot))}: ${problem}`);
};

const pathOf = (spot: Spot | undefined): FieldPath => {
  const path: string[] = [];
  for (let at = spot; at; at = at.within) path.push(at.edge);
  return path.reverse();
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
  finder: Finder,
  schema: StructuralSchema,
  object: Readonly<Record<string, unknown>>,
  within: Spot | undefined,
): void => {
  const isOpen = schema.type === undefined || preservesUnknown(schema);
  for (const name of Object.keys(object)) {
    const inner = propertyOf(schema, name) ?? additionalOf(schema);
    if (inner) validate(finder, inner, object[name], { within, edge: `f:${name}` });
    else if (!isOpen) report(finder, { within, edge: `f:${name}` }, 'field not declared in schema');
  }
};

const validateItems = (
  finder: Finder,
  schema: StructuralSchema,
  list: readonly unknown[],
  within: Spot | undefined,
): void => {
  const inner = itemSchema(schema);
  if (!isKeyed(schema)) {
    for (const [index, item] of list.entries()) validate(finder, inner, item, { within, edge: `i:${index}` });
    return;
  }
  try {
    const seen = new Set<string>();
    for (const [index, edge] of edgesOf(schema, list).entries()) {
      if (!finder.allowsDuplicates && seen.has(edge))
        report(finder, within, `duplicate entries for key ${formatFieldPath([edge])}`);
      seen.add(edge);
      validate(finder, inner, list[index], { within, edge });
    }
  } catch (thrown) {
    if (!(thrown instanceof TypedProblem)) throw thrown;
    report(finder, within, thrown.message);
  }
};
