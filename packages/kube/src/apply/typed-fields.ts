/** The fields a value has. @upstream structured-merge-diff typed/tofieldset.go, reconcile_schema.go */
import { isObject } from '@argosy/base';

import type { StructuralSchema } from '../kinds/structural-schema.ts';
import {
  createFieldSet,
  insertPath,
  isEmptySet,
  type FieldPath,
  type FieldSet,
  type FieldSetDraft,
} from './field-set.ts';
import { edgesOf, isNamedField, itemSchema, itemsOf, memberSchema, membersOf, shapeOf } from './typed-value.ts';

/** All fields of a value: its leaves, and the members and items somebody had to name to bring them in. */
export const fieldsOf = (schema: StructuralSchema, value: unknown): FieldSet => {
  const set = createFieldSet();
  collect(set, schema, value, []);
  return set;
};

const collect = (set: FieldSetDraft, schema: StructuralSchema, value: unknown, path: FieldPath): void => {
  const shape = shapeOf(schema, value);
  if (shape === 'leaf') return insertPath(set, path);
  if (shape === 'members') return collectMembers(set, schema, membersOf(value), path);
  const list = itemsOf(value);
  const edges = edgesOf(schema, list);
  for (const [index, edge] of edges.entries()) {
    const at = [...path, edge];
    insertPath(set, at);
    // Which of several items with one key a field belongs to cannot be said.
    if (edges.indexOf(edge) === edges.lastIndexOf(edge)) collect(set, itemSchema(schema), list[index], at);
  }
};

const collectMembers = (
  set: FieldSetDraft,
  schema: StructuralSchema,
  object: Readonly<Record<string, unknown>>,
  path: FieldPath,
): void => {
  for (const name of Object.keys(object)) {
    if (object[name] === undefined) continue;
    const at = [...path, `f:${name}`];
    collect(set, memberSchema(schema, name), object[name], at);
    const part = object[name];
    const isBare = part === null || (isObject(part) && Object.keys(part).length === 0);
    if (isBare || !isNamedField(schema, name)) insertPath(set, at);
  }
};

/** The set with every field that is declared by name and leads to a member as a member too. */
export const withNamedFields = (schema: StructuralSchema, set: FieldSet): FieldSet => {
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
 * round nothing changes, as upstream does.
 */
export const withSchemaChanges = (schema: StructuralSchema, value: unknown, set: FieldSet): FieldSet => {
  const members = new Set(set.members);
  const children = new Map<string, FieldSet>();
  for (const [edge, child] of set.children) {
    const inner = schemaBelow(schema, edge);
    const part = partAt(schema, value, edge);
    const isWhole = isObject(part) || Array.isArray(part) ? shapeOf(inner, part) === 'leaf' : false;
    if (isWhole) members.add(edge);
    else {
      const changed = withSchemaChanges(inner, part, child);
      if (!isEmptySet(changed)) children.set(edge, changed);
    }
  }
  return { members, children };
};

const partAt = (schema: StructuralSchema, value: unknown, edge: string): unknown => {
  if (edge.startsWith('f:')) {
    const name = edge.slice(2);
    return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  if (shapeOf(schema, value) !== 'items') return undefined;
  const list = itemsOf(value);
  return list[edgesOf(schema, list).indexOf(edge)];
};
