/**
 * Nulls of built-in kinds. Kubernetes decodes them into Go structs, where a null says the same as a member left out; an
 * object read back and sent again (`kubectl rollout undo`) is full of `creationTimestamp: null`.
 */
import { isObject } from '@argosy/base';

import type { StructuralSchema } from '../kinds/structural-schema.ts';
import { ABSENT, mapItems, mapMembers } from './rebuild.ts';

/**
 * Leaves out members that are null, where the schema knows the members; content that is another API's is not touched. In a
 * map of texts a null is an empty text. Pure; shares what does not change.
 */
export const withoutNulls = (schema: StructuralSchema, value: unknown): unknown => {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? mapItems(value, (item) => withoutNulls(items, item)) : value;
  }
  if (!isObject(value)) return value;
  const { properties, additionalProperties } = schema;
  const values = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  if (!properties && !values) return value;
  return mapMembers(value, (member, name) => {
    const known = properties?.[name] ?? values;
    if (member !== null) return known ? withoutNulls(known, member) : member;
    if (!known) return member;
    return properties?.[name] === undefined && known.type === 'string' ? '' : ABSENT;
  });
};
