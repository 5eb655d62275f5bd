/**
 * What the author of a new object owns, written at once: most objects have one author, and sets of fields would be built
 * only to be written down. The same as what the comparison with an empty object says was added and modified.
 */
import { isEqual, isObject, type JsonObject } from '@argosy/base';

import type { StructuralSchema } from '../kinds/structural-schema.ts';
import { withEmptyMembers } from '../builtin/empty-objects.ts';
import { toFieldsV1, unite } from './field-set.ts';
import { compareTyped } from './typed-compare.ts';
import { edgesOf, itemSchema, itemsOf, memberSchema, membersOf, shapeOfBoth } from './typed-value.ts';

/** Fields of an object somebody made of an empty one, as `fieldsV1`. Throws a TypedProblem when a list's item has no key. */
export const createdFields = (schema: StructuralSchema, empty: JsonObject, object: object): JsonObject => {
  try {
    return shared(fieldsBelow(schema, empty, object));
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

interface Field {
  readonly edge: string;
  readonly fields: JsonObject;
}

const fieldsBelow = (schema: StructuralSchema, from: unknown, to: unknown, own?: JsonObject): JsonObject => {
  const found: Field[] = [];
  const shape = shapeOfBoth(schema, from, to);
  if (shape === 'members') collectMembers(found, schema, from, to);
  if (shape === 'items') collectItems(found, schema, from, to);
  if (found.length === 0) return own ?? NOTHING;
  found.sort(byEdge);
  const fields: Record<string, JsonObject> = own ? { '.': MEMBER } : {};
  for (const { edge, fields: inner } of found) fields[edge] = inner;
  return fields;
};

/** Nothing below, and not owned either. */
const NOTHING: JsonObject = {};

const byEdge = (left: Field, right: Field): number => (left.edge < right.edge ? -1 : left.edge > right.edge ? 1 : 0);

const collectMembers = (found: Field[], schema: StructuralSchema, from: unknown, to: unknown): void => {
  const [before, after] = [membersOf(from), membersOf(to)];
  for (const name of Object.keys(after)) {
    const previous = Object.hasOwn(before, name) ? before[name] : undefined;
    collect(found, `f:${name}`, memberSchema(schema, name), { from: previous, to: after[name] });
  }
};

const collectItems = (found: Field[], schema: StructuralSchema, from: unknown, to: unknown): void => {
  if (itemsOf(from).length > 0) throw new OtherForm();
  const list = itemsOf(to);
  const edges = edgesOf(schema, list);
  const items = new Map<string, unknown>();
  const repeated = new Set<string>();
  for (const [index, edge] of edges.entries()) {
    if (items.has(edge)) repeated.add(edge);
    items.set(edge, list[index]);
  }
  for (const [edge, item] of items) {
    // Of duplicates only the item itself is owned, not its fields.
    if (repeated.has(edge)) found.push({ edge, fields: MEMBER });
    else collect(found, edge, itemSchema(schema), { from: undefined, to: item });
  }
};

const collect = (
  found: Field[],
  edge: string,
  schema: StructuralSchema,
  { from, to }: { readonly from: unknown; readonly to: unknown },
): void => {
  if (to === undefined || from === to) return;
  const isThere = from !== undefined && from !== null;
  if (isThere && to !== null && (Array.isArray(from) !== Array.isArray(to) || isObject(from) !== isObject(to)))
    throw new OtherForm();
  const isMember =
    from === undefined ||
    (from === null && Array.isArray(to) && schema.type === undefined) ||
    (shapeOfBoth(schema, from, to) === 'leaf' && !isEqual(from, to));
  const fields = fieldsBelow(schema, from, to, isMember ? MEMBER : undefined);
  if (fields !== NOTHING) found.push({ edge, fields });
};
