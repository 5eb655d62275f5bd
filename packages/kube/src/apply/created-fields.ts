/**
 * What the author of a new object owns, written at once: most objects have one author, and sets of fields would be built
 * only to be written down. The same as what the comparison with an empty object says was added and modified.
 */
import { isEqual, isObject, type JsonObject } from '@argosy/base';

import { withEmptyMembers } from '../builtin/schemas/empty-objects.ts';
import type { StructuralSchema } from '../kinds/structural-schema.ts';
import { toFieldsV1, unite } from './field-set.ts';
import { compareTyped } from './typed-compare.ts';
import { edgesOf, itemSchema, itemsOf, memberSchema, membersOf, shapeOfBoth } from './typed-value.ts';

/** Fields of an object somebody made of an empty one, as `fieldsV1`. Throws a TypedProblem when a list's item has no key. */
export const createdFields = (schema: StructuralSchema, empty: JsonObject, object: object): JsonObject => {
  try {
    return shared(fieldsBelow(schema, { from: empty, to: object }, undefined) ?? MEMBER);
  } catch (thrown) {
    if (!(thrown instanceof OtherForm)) throw thrown;
    const { added, modified } = compareTyped(schema, empty, withEmptyMembers(empty, object));
    return toFieldsV1(unite(added, modified));
  }
};

/** Objects of one kind mostly have the same fields: their owners share one record of them. */
const shared = (fields: JsonObject): JsonObject => {
  const text = JSON.stringify(fields);
  if (text.length > LONGEST_SHARED) return fields;
  const known = records.get(text);
  if (known) return known;
  if (records.size >= MOST_SHARED) records.clear();
  records.set(text, fields);
  return fields;
};

/** Most records kept, and the longest: 2 MB. */
const MOST_SHARED = 512;
const LONGEST_SHARED = 4_096;

const records = new Map<string, JsonObject>();

/** A value is not what the empty object has in its place: the two have to be compared in full. */
class OtherForm extends Error {}

/** Owned as a whole, or as such. */
const MEMBER: JsonObject = {};

/** What the empty object has in a place, and what the new one has. */
interface Pair {
  readonly from: unknown;
  readonly to: unknown;
}

/** What is owned below a place, and the place itself where it is `own`; undefined: nothing. */
const fieldsBelow = (schema: StructuralSchema, pair: Pair, own: JsonObject | undefined): JsonObject | undefined => {
  const shape = shapeOfBoth(schema, pair.from, pair.to);
  if (shape === 'members') return memberFields(schema, pair, own);
  return shape === 'items' ? itemFields(schema, pair, own) : own;
};

const memberFields = (schema: StructuralSchema, { from, to }: Pair, own: JsonObject | undefined) => {
  const [before, after] = [membersOf(from), membersOf(to)];
  let fields: Record<string, JsonObject> | undefined;
  let last = '';
  let isSorted = true;
  for (const name in after) {
    const previous = Object.hasOwn(before, name) ? before[name] : undefined;
    const field = fieldOf(memberSchema(schema, name), { from: previous, to: after[name] });
    if (!field) continue;
    (fields ??= own ? { '.': MEMBER } : {})[`f:${name}`] = field;
    isSorted &&= last <= name;
    last = name;
  }
  return fields && !isSorted ? sortedFields(fields) : (fields ?? own);
};

/** Of few objects more than one field is owned at a place, and of those many are in order. */
const sortedFields = (fields: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.keys(fields)
      .sort()
      .map((edge) => [edge, fields[edge]]),
  );

const itemFields = (schema: StructuralSchema, { from, to }: Pair, own: JsonObject | undefined) => {
  if (itemsOf(from).length > 0) throw new OtherForm();
  const list = itemsOf(to);
  const items = new Map<string, unknown>();
  const repeated = new Set<string>();
  for (const [index, edge] of edgesOf(schema, list).entries()) {
    if (items.has(edge)) repeated.add(edge);
    items.set(edge, list[index]);
  }
  let fields: Record<string, JsonObject> | undefined;
  for (const edge of sorted([...items.keys()])) {
    // Of duplicates only the item itself is owned, not its fields.
    const field = repeated.has(edge) ? MEMBER : fieldOf(itemSchema(schema), { from: undefined, to: items.get(edge) });
    if (field) (fields ??= own ? { '.': MEMBER } : {})[edge] = field;
  }
  return fields ?? own;
};

const sorted = (edges: string[]): readonly string[] => (edges.length < 2 ? edges : edges.sort());

const fieldOf = (schema: StructuralSchema, pair: Pair): JsonObject | undefined => {
  const { from, to } = pair;
  if (to === undefined || from === to) return undefined;
  const isThere = from !== undefined && from !== null;
  if (isThere && to !== null && (Array.isArray(from) !== Array.isArray(to) || isObject(from) !== isObject(to)))
    throw new OtherForm();
  const isMember =
    from === undefined ||
    (from === null && Array.isArray(to) && schema.type === undefined) ||
    (shapeOfBoth(schema, from, to) === 'leaf' && !isEqual(from, to));
  return fieldsBelow(schema, pair, isMember ? MEMBER : undefined);
};
