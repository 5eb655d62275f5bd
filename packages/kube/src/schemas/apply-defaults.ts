/**
 * Defaults of structural schemas.
 * @spec https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#defaulting
 * @upstream k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting
 */
import { cloneJson, isObject } from '@argosy/base';

import type { StructuralSchema } from '../kinds/structural-schema.ts';
import { ABSENT, mapItems, mapMembers, withMissing } from './rebuild.ts';
import { additionalOf, propertyOf } from './schema-parts.ts';

/**
 * Fills in defaults, outside in, so that a default may hold parts with defaults of their own. A null under a field that
 * is not nullable counts as missing and is dropped. Parts without changes are shared with the input.
 */
export const applyDefaults = <T>(schema: StructuralSchema, value: T): T => fill(schema, value) as T;

/** Whether a schema declares a default anywhere; only then `applyDefaults` can add anything. */
export const hasDefaults = (schema: StructuralSchema): boolean => {
  const additional = additionalOf(schema);
  return [
    ...Object.values(schema.properties ?? {}),
    ...(schema.items ? [schema.items] : []),
    ...(additional ? [additional] : []),
  ].some((inner) => inner.default !== undefined || hasDefaults(inner));
};

const fill = (schema: StructuralSchema, value: unknown): unknown => {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined ? value : mapItems(value, (item) => fill(items, withoutNull(items, item)));
  }
  if (!isObject(value)) return value;
  const declared = Object.entries(schema.properties ?? {});
  const withoutNulls = mapMembers(value, (part, name) => {
    const inner = propertyOf(schema, name);
    return inner && part === null && inner.nullable !== true ? ABSENT : part;
  });
  const complete = withMissing(
    withoutNulls,
    declared.flatMap(([name, inner]) =>
      inner.default === undefined || Object.hasOwn(withoutNulls, name)
        ? []
        : [[name, cloneJson(inner.default)] as const],
    ),
  );
  return mapMembers(complete, (part, name) => {
    const inner = propertyOf(schema, name) ?? additionalOf(schema);
    return inner ? fill(inner, withoutNull(inner, part)) : part;
  });
};

/** A null item or map value takes the default of its schema, where there is one. */
const withoutNull = (schema: StructuralSchema, value: unknown): unknown =>
  value === null && schema.nullable !== true && schema.default !== undefined ? cloneJson(schema.default) : value;
