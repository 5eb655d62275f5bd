/** What changed between two values. @upstream structured-merge-diff typed/compare.go */
import { isEqual, isObject } from '@argosy/base';

import type { StructuralSchema } from '../kinds/structural-schema.ts';
import { createFieldSet, insertEdge, placeAt, rootOf, type DraftPlace, type FieldSet } from './field-set.ts';
import {
  edgesOf,
  itemSchema,
  itemsOf,
  memberSchema,
  membersOf,
  shapeOfBoth,
  type Members,
  type Shape,
} from './typed-value.ts';

export interface Comparison {
  readonly added: FieldSet;
  readonly removed: FieldSet;
  readonly modified: FieldSet;
}

/** One place in each of the sets. */
type Places = Readonly<Record<keyof Comparison, DraftPlace>>;

/** Where a value stands: below a place, behind an edge. The root is behind none and nobody's. */
interface Spot {
  readonly places: Places;
  readonly edge: string | undefined;
}

/** Compares two values field by field. */
export const compareTyped = (schema: StructuralSchema, from: unknown, to: unknown): Comparison => {
  const found = { added: createFieldSet(), removed: createFieldSet(), modified: createFieldSet() };
  const places = { added: rootOf(found.added), removed: rootOf(found.removed), modified: rootOf(found.modified) };
  compare({ places, edge: undefined }, schema, from, to);
  return found;
};

const compare = (spot: Spot, schema: StructuralSchema, from: unknown, to: unknown): void => {
  if (from === undefined && to === undefined) return;
  // What lies in both as the same value has not changed, however large it is.
  if (from === to) return;
  if (isPresent(from) && isPresent(to) && formOf(from) !== formOf(to)) {
    // What was there before goes away in its own form; what is there now comes in its own.
    compareForm(spot, schema, shapeOfBoth(schema, from, null), { from, to });
    compareForm(spot, schema, shapeOfBoth(schema, null, to), { from, to });
    return;
  }
  compareForm(spot, schema, shapeOfBoth(schema, from, to), { from, to });
  // Where a value may have any form, null is none of the list's: the field changes as well as its items.
  const isListOrNull = (from === null && Array.isArray(to)) || (to === null && Array.isArray(from));
  if (schema.type === undefined && isListOrNull) insert(spot, 'modified');
};

const insert = ({ places, edge }: Spot, kind: keyof Comparison): void => {
  if (edge !== undefined) insertEdge(places[kind], edge);
};

const placesBelow = ({ places, edge }: Spot): Places =>
  edge === undefined
    ? places
    : {
        added: placeAt(places.added, edge),
        removed: placeAt(places.removed, edge),
        modified: placeAt(places.modified, edge),
      };

const compareForm = (
  spot: Spot,
  schema: StructuralSchema,
  shape: Shape,
  { from, to }: { readonly from: unknown; readonly to: unknown },
): void => {
  if (shape === 'members') compareMembers(placesBelow(spot), schema, membersOf(from), membersOf(to));
  if (shape === 'items') compareItems(placesBelow(spot), schema, from, to);
  if (from === undefined) insert(spot, 'added');
  else if (to === undefined) insert(spot, 'removed');
  else if (shape === 'leaf' && !isEqual(from, to)) insert(spot, 'modified');
};

const isPresent = (value: unknown): boolean => value !== undefined && value !== null;

const formOf = (value: unknown): string => (Array.isArray(value) ? 'list' : isObject(value) ? 'object' : 'scalar');

const compareMembers = (places: Places, schema: StructuralSchema, before: Members, after: Members): void => {
  for (const name of Object.keys(before)) {
    const next = Object.hasOwn(after, name) ? after[name] : undefined;
    compare({ places, edge: `f:${name}` }, memberSchema(schema, name), before[name], next);
  }
  for (const name of Object.keys(after))
    if (!Object.hasOwn(before, name))
      compare({ places, edge: `f:${name}` }, memberSchema(schema, name), undefined, after[name]);
};

const compareItems = (places: Places, schema: StructuralSchema, from: unknown, to: unknown): void => {
  const before = groupByEdge(schema, itemsOf(from));
  const after = groupByEdge(schema, itemsOf(to));
  for (const edge of new Set([...before.keys(), ...after.keys()])) {
    const lefts = before.get(edge) ?? [];
    const rights = after.get(edge) ?? [];
    const at: Spot = { places, edge };
    const inner = itemSchema(schema);
    if (lefts.length <= 1 && rights.length <= 1) compare(at, inner, lefts[0], rights[0]);
    else if (lefts.length > 1 && rights.length > 1) {
      if (!isEqual(lefts, rights)) insert(at, 'modified');
    } else if (rights.length > 1) {
      // Of duplicates only the item itself is owned, not its fields.
      compare(at, inner, lefts[0], undefined);
      insert(at, 'added');
    } else {
      insert(at, 'removed');
      compare(at, inner, undefined, rights[0]);
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
