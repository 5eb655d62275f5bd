/**
 * Which schema speaks for which part of a value, and how parts are named.
 */
import type { StructuralSchema } from '../kinds/structural-schema.ts';

/** Members every object has of its own, whatever its schema says. */
const OBJECT_MEMBERS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

/** Tells whether a member belongs to every Kubernetes object. */
export const isObjectMember = (name: string): boolean => OBJECT_MEMBERS.has(name);

/** The schema of a declared property; members named like inherited ones are not declared. */
export const propertyOf = (schema: StructuralSchema, name: string): StructuralSchema | undefined =>
  schema.properties && Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;

/** The schema of values under names nobody declared, when those are allowed. */
export const additionalOf = (schema: StructuralSchema): StructuralSchema | undefined => {
  if (schema.additionalProperties === undefined || schema.additionalProperties === false) return undefined;
  return schema.additionalProperties === true ? ANY : schema.additionalProperties;
};

/** Tells whether members nobody declared are kept as they are. */
export const preservesUnknown = (schema: StructuralSchema): boolean =>
  schema['x-kubernetes-preserve-unknown-fields'] === true;

/** Where a value stands. Its path is written only when something is to be said about it: most often nothing is. */
export interface Place {
  readonly within: Place | undefined;
  /** A member's name or an item's index; of the outermost place the path so far. */
  readonly part: string | number;
}

/** The path of a place, e.g. `spec.containers[0].name`; '' for the root. */
export const pathOf = ({ within, part }: Place): string => {
  if (!within) return String(part);
  return typeof part === 'number' ? itemPath(pathOf(within), part) : memberPath(pathOf(within), part);
};

/** Path of a member. */
export const memberPath = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

/** Path of a list's item. */
export const itemPath = (path: string, index: number): string => `${path}[${index}]`;

const ANY: StructuralSchema = { 'x-kubernetes-preserve-unknown-fields': true };
