/** What changed between two values. @upstream structured-merge-diff typed/compare.go */
import { isEqual, isObject } from '@argosy/base';

import type { StructuralSchema } from '../kinds/structural-schema.ts';
import { createFieldSet, insertPath, type FieldPath, type FieldSet, type FieldSetDraft } from './field-set.ts';
import { edgesOf, itemSchema, itemsOf, memberSchema, membersOf, shapeOfBoth, type Shape } from './typed-value.ts';

export interface Comparison {
  readonly added: FieldSet;
  readonly removed: FieldSet;
  readonly modified: FieldSet;
}

type Draft = Readonly<Record<keyof Comparison, FieldSetDraft>>;

/** Compares two values field by field. */
export const compareTyped = (schema: StructuralSchema, from: unknown, to: unknown): Comparison => {
  const found: Draft = { added: createFieldSet(), removed: createFieldSet(), modified: createFieldSet() };
  compare(found, schema, [], from, to);
  return found;
};

const compare = (found: Draft, schema: StructuralSchema, path: FieldPath, from: unknown, to: unknown): void => {
  if (from === undefined && to === undefined) return;
  if (isPresent(from) && isPresent(to) && formOf(from) !== formOf(to)) {
    // What was there before goes away in its own form; what is there now comes in its own.
    compareForm(found, schema, path, shapeOfBoth(schema, from, null), { from, to });
    compareForm(found, schema, path, shapeOfBoth(schema, null, to), { from, to });
    return;
  }
  compareForm(found, schema, path, shapeOfBoth(schema, from, to), { from, to });
  // Where a value may have any form, null is none of the list's: the field changes as well as its items.
  const isListOrNull = (from === null && Array.isArray(to)) || (to === null && Array.isArray(from));
  if (schema.type === undefined && isListOrNull) insertPath(found.modified, path);
};

const compareForm = (
  found: Draft,
  schema: StructuralSchema,
  path: FieldPath,
  shape: Shape,
  { from, to }: { readonly from: unknown; readonly to: unknown },
): void => {
  if (shape === 'members') compareMembers(found, schema, path, from, to);
  if (shape === 'items') compareItems(found, schema, path, from, to);
  if (from === undefined) insertPath(found.added, path);
  else if (to === undefined) insertPath(found.removed, path);
  else if (shape === 'leaf' && !isEqual(from, to)) insertPath(found.modified, path);
};

const isPresent = (value: unknown): boolean => value !== undefined && value !== null;

const formOf = (value: unknown): string => (Array.isArray(value) ? 'list' : isObject(value) ? 'object' : 'scalar');

const compareMembers = (found: Draft, schema: StructuralSchema, path: FieldPath, from: unknown, to: unknown): void => {
  const before = new Map(Object.entries(membersOf(from)));
  const after = new Map(Object.entries(membersOf(to)));
  for (const name of new Set([...before.keys(), ...after.keys()]))
    compare(found, memberSchema(schema, name), [...path, `f:${name}`], before.get(name), after.get(name));
};

const compareItems = (found: Draft, schema: StructuralSchema, path: FieldPath, from: unknown, to: unknown): void => {
  const before = groupByEdge(schema, itemsOf(from));
  const after = groupByEdge(schema, itemsOf(to));
  for (const edge of new Set([...before.keys(), ...after.keys()])) {
    const lefts = before.get(edge) ?? [];
    const rights = after.get(edge) ?? [];
    const at = [...path, edge];
    const inner = itemSchema(schema);
    if (lefts.length <= 1 && rights.length <= 1) compare(found, inner, at, lefts[0], rights[0]);
    else if (lefts.length > 1 && rights.length > 1) {
      if (!isEqual(lefts, rights)) insertPath(found.modified, at);
    } else if (rights.length > 1) {
      // Of duplicates only the item itself is owned, not its fields.
      compare(found, inner, at, lefts[0], undefined);
      insertPath(found.added, at);
    } else {
      insertPath(found.removed, at);
      compare(found, inner, at, undefined, rights[0]);
    }
  }
};

const groupByEdge = (schema: StructuralSchema, list: readonly unknown[]): ReadonlyMap<string, readonly unknown[]> => {
  const groups = new Map<string, unknown[]>();
  for (const [index, edge] of edgesOf(schema, list).entries()) {
    const group = groups.get(edge);
    if (group) group.push(list[index]);
    else groups.set(edge, [list[index]]);
  }
  return groups;
};
