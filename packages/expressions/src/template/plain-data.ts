/**
 * Plain data as Go values, and Go values as JSON.
 */
import { isObject, type Json } from '@argosy/base';

import { createPartCounter } from './part-counter.ts';
import { goMap, GoList, GoMap, GoNumber, GoObject, int64, type GoValue } from './values.ts';

/** How whole numbers of data become Go numbers: `float64` as encoding/json decodes them, `int64` or `int`. */
export type IntegerPolicy = 'float64' | 'int64' | 'int';

/**
 * Plain data as a Go value. A `bigint` is an int64; what whole `number`s become is the caller's choice (float64 unless
 * told). Values that are Go values already are taken as they are, so that a map may be shared between renders.
 */
export const toGoValue = (data: unknown, integers: IntegerPolicy = 'float64'): GoValue => {
  if (data === null || data === undefined) return null;
  if (typeof data === 'string' || typeof data === 'boolean') return data;
  if (typeof data === 'bigint') return int64(data);
  if (typeof data === 'number') {
    if (integers === 'float64' || !Number.isInteger(data)) return data;
    return integers === 'int' ? BigInt(data) : int64(BigInt(data));
  }
  if (data instanceof GoNumber || data instanceof GoList || data instanceof GoMap || data instanceof GoObject)
    return data;
  if (Array.isArray(data)) return new GoList(data.map((item) => toGoValue(item, integers)));
  if (!isObject(data)) return null;
  return goMap(Object.entries(data).map(([key, value]): [string, GoValue] => [key, toGoValue(value, integers)]));
};

/** A Go value as JSON. Whole numbers beyond 2^53 lose digits; objects give their text. */
export const fromGoValue = (value: GoValue): Json => toJsonPart(value, createPartCounter(), 0);

const toJsonPart = (value: GoValue, count: (depth: number) => void, depth: number): Json => {
  count(depth);
  if (value === undefined || value === null) return null;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object') return value;
  const inner = (part: GoValue): Json => toJsonPart(part, count, depth + 1);
  if (value instanceof GoNumber) return Number(value.value);
  if (value instanceof GoList) return value.isNil ? null : value.items.map(inner);
  if (value instanceof GoMap) return Object.fromEntries([...value.entries].map(([key, part]) => [key, inner(part)]));
  return value.json ?? Object.fromEntries(Object.entries(value.fields).map(([key, part]) => [key, inner(part)]));
};
