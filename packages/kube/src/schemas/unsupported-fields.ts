/**
 * Fields an object has and a schema lacks. A kind of ours holds the fields that act; any other is refused by name,
 * never ignored.
 */
import { isObject } from '@argosy/base';

import { forbiddenField, type FieldError } from '../objects/field-error.ts';
import type { StructuralSchema } from '../kinds/structural-schema.ts';

/** Paths of fields the schema does not know, e.g. `spec.containers[0].x`. Metadata and what schemas preserve is not looked into. */
export const unknownFields = (schema: StructuralSchema, value: unknown, path = ''): readonly string[] => {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.flatMap((part, at) => unknownFields(items, part, `${path}[${at}]`)) : [];
  }
  if (!isObject(value) || schema['x-kubernetes-preserve-unknown-fields'] === true) return [];
  return Object.entries(value).flatMap(([name, part]) => {
    const where = path === '' ? name : `${path}.${name}`;
    const known = fieldSchema(schema, name);
    if (path === '' && (name === 'metadata' || name === 'apiVersion' || name === 'kind')) return [];
    return known ? unknownFields(known, part, where) : [where];
  });
};

/** Findings for the fields a kind does not act on yet. */
export const unsupportedFields = (schema: StructuralSchema, object: unknown): readonly FieldError[] =>
  unknownFields(schema, object).map((field) => forbiddenField(field, 'not supported yet; remove it'));

const fieldSchema = (schema: StructuralSchema, name: string): StructuralSchema | undefined => {
  if (schema.properties && Object.hasOwn(schema.properties, name)) return schema.properties[name];
  const { additionalProperties } = schema;
  if (typeof additionalProperties === 'object') return additionalProperties;
  // A schema that says nothing about its fields has none of its own to protect.
  return additionalProperties === true || (!schema.properties && schema.type !== 'object') ? {} : undefined;
};
