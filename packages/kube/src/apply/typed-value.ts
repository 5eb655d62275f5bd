/**
 * How a value falls apart into fields that managers own one by one. Where a schema says nothing, objects are split by
 * member and lists are owned as a whole.
 * @upstream sigs.k8s.io/structured-merge-diff/v4/typed
 */
import { isEmpty, isObject } from '@argosy/base';

import type { StructuralSchema } from '../kinds/structural-schema.ts';
import { additionalOf, propertyOf } from '../schemas/schema-parts.ts';
import { keyEdge } from './field-set.ts';

export type Members = Readonly<Record<string, unknown>>;

/** `leaf`: owned as a whole. */
export type Shape = 'leaf' | 'members' | 'items';

/** How one value is owned; null takes the shape of whatever it is compared with. */
export const shapeOf = (schema: StructuralSchema, value: unknown): Shape => {
  if (Array.isArray(value)) return isKeyed(schema) ? 'items' : 'leaf';
  if (isObject(value)) return schema['x-kubernetes-map-type'] === 'atomic' ? 'leaf' : 'members';
  return 'leaf';
};

/**
 * How two values are owned together; undefined means absent. Two empty or missing ones are a leaf, which keeps apart
 * null and empty.
 */
export const shapeOfBoth = (schema: StructuralSchema, left: unknown, right: unknown): Shape => {
  const shape = right === undefined || right === null ? shapeOf(schema, left) : shapeOf(schema, right);
  if (shape === 'leaf') return 'leaf';
  return isBare(left) && isBare(right) ? 'leaf' : shape;
};

const isBare = (value: unknown): boolean => typeof value !== 'object' || value === null || isEmpty(value);

/** Tells whether a list's items are owned one by one. */
export const isKeyed = (schema: StructuralSchema): boolean =>
  schema['x-kubernetes-list-type'] === 'map' || schema['x-kubernetes-list-type'] === 'set';

/** The schema of a member. */
export const memberSchema = (schema: StructuralSchema, name: string): StructuralSchema =>
  propertyOf(schema, name) ?? additionalOf(schema) ?? {};

/** Tells whether a member is declared by name. */
export const isNamedField = (schema: StructuralSchema, name: string): boolean => propertyOf(schema, name) !== undefined;

/** The schema of a keyed list's items. */
export const itemSchema = (schema: StructuralSchema): StructuralSchema => schema.items ?? {};

/** The edge to a list's item; absent when the item has none of the keys. */
export const itemEdge = (schema: StructuralSchema, item: unknown): string | undefined => {
  if (schema['x-kubernetes-list-type'] === 'set')
    return item === null || typeof item === 'object' ? undefined : `v:${JSON.stringify(item)}`;
  if (!isObject(item)) return undefined;
  const keys = (schema['x-kubernetes-list-map-keys'] ?? []).flatMap((name): (readonly [string, unknown])[] => {
    const value = item[name] ?? schema.items?.properties?.[name]?.default;
    return Object.hasOwn(item, name) || value !== undefined ? [[name, value ?? null]] : [];
  });
  return keys.length === 0 ? undefined : keyEdge(keys);
};

/** The members of a value that has some. */
export const membersOf = (value: unknown): Members => (isObject(value) ? value : {});

/** The items of a value that has some. */
export const itemsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A value does not fit its schema. */
export class TypedProblem extends Error {}

/** The edges of a list's items, in order. Throws a TypedProblem when an item has no key. */
export const edgesOf = (schema: StructuralSchema, list: readonly unknown[]): readonly string[] =>
  list.map((item, index) => {
    const edge = itemEdge(schema, item);
    if (edge !== undefined) return edge;
    const keys = schema['x-kubernetes-list-map-keys'] ?? [];
    throw new TypedProblem(
      keys.length > 0
        ? `element ${index}: associative list with keys has an element that omits all key fields ${JSON.stringify(keys)} (and doesn't have default values for any key fields)`
        : `element ${index}: associative list without keys has an element that's a map, a list or null`,
    );
  });
