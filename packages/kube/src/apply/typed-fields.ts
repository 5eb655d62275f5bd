/** The fields a value has. @upstream structured-merge-diff typed/tofieldset.go, reconcile_schema.go */
import { isObject } from '@argosy/base';

import type { StructuralSchema } from '../kinds/structural-schema.ts';
import { createFieldSet, insertEdge, placeAt, rootOf, type DraftPlace, type FieldSet } from './field-set.ts';
import {
  edgesOf,
  isNamedField,
  itemSchema,
  itemsOf,
  memberSchema,
  membersOf,
  shapeOf,
  type Members,
} from './typed-value.ts';

/** All fields of a value: its leaves, and the members and items somebody had to name to bring them in. */
export const fieldsOf = (schema: StructuralSchema, value: unknown): FieldSet => {
  const set = createFieldSet();
  collectBelow(rootOf(set), schema, value);
  return set;
};

/** Collects a value behind an edge. */
const collect = (place: DraftPlace, edge: string, schema: StructuralSchema, value: unknown): void => {
  if (shapeOf(schema, value) === 'leaf') insertEdge(place, edge);
  else collectBelow(placeAt(place, edge), schema, value);
};

const collectBelow = (place: DraftPlace, schema: StructuralSchema, value: unknown): void => {
  const shape = shapeOf(schema, value);
  if (shape === 'leaf') return;
  if (shape === 'members') return collectMembers(place, schema, membersOf(value));
  const list = itemsOf(value);
  const edges = edgesOf(schema, list);
  const repeated = repeatedOf(edges);
  for (const [index, edge] of edges.entries()) {
    insertEdge(place, edge);
    // Which of several items with one key a field belongs to cannot be said.
    if (!repeated.has(edge)) collect(place, edge, itemSchema(schema), list[index]);
  }
};

const repeatedOf = (edges: readonly string[]): ReadonlySet<string> => {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const edge of edges) {
    if (seen.has(edge)) repeated.add(edge);
    else seen.add(edge);
  }
  return repeated;
};

const collectMembers = (place: DraftPlace, schema: StructuralSchema, object: Members): void => {
  for (const name of Object.keys(object)) {
    const part = object[name];
    if (part === undefined) continue;
    const edge = `f:${name}`;
    collect(place, edge, memberSchema(schema, name), part);
    const isBare = part === null || (isObject(part) && Object.keys(part).length === 0);
    if (isBare || !isNamedField(schema, name)) insertEdge(place, edge);
  }
};

/** The set with every field that is declared by name and leads to a member as a member too. */
export const withNamedFields = (schema: StructuralSchema, set: FieldSet): FieldSet => {
  if (set.children.size === 0) return set;
  const members = new Set(set.members);
  const children = new Map<string, FieldSet>();
  for (const [edge, child] of set.children) {
    if (edge.startsWith('f:') && isNamedField(schema, edge.slice(2))) members.add(edge);
    children.set(edge, withNamedFields(schemaBelow(schema, edge), child));
  }
  return { members, children };
};

/** The schema behind an edge. */
export const schemaBelow = (schema: StructuralSchema, edge: string): StructuralSchema =>
  edge.startsWith('f:') ? memberSchema(schema, edge.slice(2)) : itemSchema(schema);

/**
 * The set after a schema changed: who owned parts of what is now owned as a whole, owns the whole. The other way
 * round nothing changes, as upstream does. The same set comes back when nothing changed.
 */
export const withSchemaChanges = (schema: StructuralSchema, value: unknown, set: FieldSet): FieldSet => {
  if (set.children.size === 0) return set;
  const whole: string[] = [];
  const changed = new Map<string, FieldSet>();
  const partAt = createPartFinder(schema, value);
  for (const [edge, child] of set.children) {
    const inner = schemaBelow(schema, edge);
    const part = partAt(edge);
    const isWhole = isObject(part) || Array.isArray(part) ? shapeOf(inner, part) === 'leaf' : false;
    if (isWhole) whole.push(edge);
    else {
      const next = withSchemaChanges(inner, part, child);
      if (next !== child) changed.set(edge, next);
    }
  }
  if (whole.length === 0 && changed.size === 0) return set;
  const children = new Map([...set.children, ...changed]);
  for (const edge of whole) children.delete(edge);
  return { members: new Set([...set.members, ...whole]), children };
};

/** Finds the parts of one value. The edges of its items are written once for all of them. */
const createPartFinder = (schema: StructuralSchema, value: unknown): ((edge: string) => unknown) => {
  let items: ReadonlyMap<string, unknown> | undefined;
  return (edge) => {
    if (edge.startsWith('f:')) {
      const name = edge.slice(2);
      return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
    }
    if (shapeOf(schema, value) !== 'items') return undefined;
    items ??= firstByEdge(schema, itemsOf(value));
    return items.get(edge);
  };
};

const firstByEdge = (schema: StructuralSchema, list: readonly unknown[]): ReadonlyMap<string, unknown> => {
  const first = new Map<string, unknown>();
  for (const [index, edge] of edgesOf(schema, list).entries()) if (!first.has(edge)) first.set(edge, list[index]);
  return first;
};
