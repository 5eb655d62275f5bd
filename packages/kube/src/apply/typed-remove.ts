/** Taking fields out of a value. @upstream structured-merge-diff typed/remove.go */
import type { StructuralSchema } from '../kinds/structural-schema.ts';
import { setMember, type MutableObject } from '../patches/data-properties.ts';
import { below, isEmptySet, type FieldSet } from './field-set.ts';
import { edgesOf, itemSchema, itemsOf, memberSchema, membersOf, shapeOf } from './typed-value.ts';

/** The value without these fields; null when nothing is left of an object or list. */
export const removeFields = (schema: StructuralSchema, value: unknown, fields: FieldSet): unknown =>
  walk(schema, value, fields, false);

/** The value with these fields only. */
export const extractFields = (schema: StructuralSchema, value: unknown, fields: FieldSet): unknown =>
  walk(schema, value, fields, true);

const walk = (schema: StructuralSchema, value: unknown, fields: FieldSet, isExtracting: boolean): unknown => {
  const shape = shapeOf(schema, value);
  if (shape === 'leaf') return value;
  return shape === 'members'
    ? walkMembers(schema, value, fields, isExtracting)
    : walkItems(schema, value, fields, isExtracting);
};

const DROPPED = Symbol('dropped');

const walkPart = (
  schema: StructuralSchema,
  value: unknown,
  fields: FieldSet,
  edge: string,
  isExtracting: boolean,
): unknown => {
  const inner = below(fields, edge);
  if (fields.members.has(edge)) {
    if (!isExtracting) return DROPPED;
    // Owning an item and no part of it in particular means all of it; owning a member does not.
    return isEmptySet(inner) && !edge.startsWith('f:') ? value : walk(schema, value, inner, true);
  }
  if (isEmptySet(inner)) return isExtracting ? DROPPED : value;
  return walk(schema, value, inner, isExtracting);
};

const walkMembers = (schema: StructuralSchema, value: unknown, fields: FieldSet, isExtracting: boolean): unknown => {
  const entries = Object.entries(membersOf(value));
  if (entries.length === 0) return value;
  const kept: MutableObject = {};
  for (const [name, part] of entries) {
    const next = walkPart(memberSchema(schema, name), part, fields, `f:${name}`, isExtracting);
    if (next !== DROPPED) setMember(kept, name, next);
  }
  return Object.keys(kept).length === 0 ? null : kept;
};

const walkItems = (schema: StructuralSchema, value: unknown, fields: FieldSet, isExtracting: boolean): unknown => {
  const list = itemsOf(value);
  const edges = edgesOf(schema, list);
  const kept = list.flatMap((item, index) => {
    const next = walkPart(itemSchema(schema), item, fields, edges[index] ?? '', isExtracting);
    return next === DROPPED ? [] : [next];
  });
  return kept.length === 0 ? null : kept;
};
