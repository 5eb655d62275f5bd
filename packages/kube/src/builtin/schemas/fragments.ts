/**
 * Words the built-in schemas are written in.
 * @spec https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy
 */
import type { StructuralSchema } from '../../kinds/structural-schema.ts';

type Properties = Readonly<Record<string, StructuralSchema>>;

export const text: StructuralSchema = { type: 'string' };
export const flag: StructuralSchema = { type: 'boolean' };
export const int32: StructuralSchema = { type: 'integer', format: 'int32' };
export const int64: StructuralSchema = { type: 'integer', format: 'int64' };
export const intOrText: StructuralSchema = { 'x-kubernetes-int-or-string': true };
export const time: StructuralSchema = { type: 'string', format: 'date-time' };
/** A time with six digits of its second. */
export const microTime: StructuralSchema = { ...time, 'x-argosy-form': 'micro-time' };
/** A quantity such as `500m`; plain numbers are allowed. */
export const quantity: StructuralSchema = {
  anyOf: [{ type: 'number' }, { type: 'string' }],
  'x-kubernetes-preserve-unknown-fields': true,
  'x-argosy-form': 'quantity',
};
/** A deep struct that is rarely used: kept as it is. */
export const open: StructuralSchema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
export const anything: StructuralSchema = { 'x-kubernetes-preserve-unknown-fields': true };

export const object = (properties: Properties, required: readonly string[] = []): StructuralSchema => ({
  type: 'object',
  properties,
  ...(required.length > 0 ? { required } : {}),
});

/** An object that managers own as a whole. */
export const atomicObject = (properties: Properties, required: readonly string[] = []): StructuralSchema => ({
  ...object(properties, required),
  'x-kubernetes-map-type': 'atomic',
});

export const mapOf = (values: StructuralSchema): StructuralSchema => ({ type: 'object', additionalProperties: values });
export const texts: StructuralSchema = mapOf(text);
export const atomicTexts: StructuralSchema = { ...texts, 'x-kubernetes-map-type': 'atomic' };
export const quantities: StructuralSchema = mapOf(quantity);

/** A list managers own as a whole. */
export const listOf = (items: StructuralSchema): StructuralSchema => ({
  type: 'array',
  items,
  'x-kubernetes-list-type': 'atomic',
});
export const textList: StructuralSchema = listOf(text);

/** A list of distinct scalars, merged by value. */
export const setOf = (items: StructuralSchema): StructuralSchema => ({
  type: 'array',
  items,
  'x-kubernetes-list-type': 'set',
  'x-kubernetes-patch-strategy': 'merge',
});

/** A list of distinct scalars that strategic merge patches replace; live objects may repeat one. */
export const tolerantSetOf = (items: StructuralSchema): StructuralSchema => ({
  type: 'array',
  items,
  'x-kubernetes-list-type': 'set',
  'x-argosy-tolerates-duplicates': true,
});

/** A list of objects with keys; strategic merge patches go by the first key. */
export const keyedList = (
  keys: readonly [string, ...(readonly string[])],
  items: StructuralSchema,
  strategy = 'merge',
): StructuralSchema => ({
  type: 'array',
  items,
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': keys,
  'x-kubernetes-patch-strategy': strategy,
  'x-kubernetes-patch-merge-key': keys[0],
});

/** A keyed list in which live objects may repeat a key. */
export const tolerantKeyedList = (
  keys: readonly [string, ...(readonly string[])],
  items: StructuralSchema,
): StructuralSchema => ({ ...keyedList(keys, items), 'x-argosy-tolerates-duplicates': true });

/** A keyed list of custom kinds, which have no strategic merge patch. */
export const keyedListWithoutPatch = (
  keys: readonly [string, ...(readonly string[])],
  items: StructuralSchema,
): StructuralSchema => ({
  type: 'array',
  items,
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': keys,
});

/** Says that a strategic merge patch keeps only the members it names (unions). */
export const retainingKeys = (schema: StructuralSchema): StructuralSchema => ({
  ...schema,
  'x-kubernetes-patch-strategy': 'retainKeys',
});
