/**
 * JSON as values, and values as JSON.
 */
import type { Json, JsonObject } from '@argosy/base';

import { decodeText, textOf } from './cel-text.ts';
import { CelList, CelMap, CelOptional, CelTypeValue, CelUint, type CelValue } from './cel-value.ts';

/** Whether JSON is a list. */
export const isJsonList = (json: Json | undefined): json is readonly Json[] => Array.isArray(json);

/** Whether JSON is an object. */
export const isJsonObject = (json: Json | undefined): json is JsonObject =>
  typeof json === 'object' && json !== null && !isJsonList(json);

/** JSON as a value without a schema: whole numbers are int, others double. */
export const toCelValue = (json: Json | undefined): CelValue => {
  if (json === undefined) return null;
  if (typeof json === 'number') return Number.isSafeInteger(json) ? BigInt(json) : json;
  if (isJsonList(json)) return new CelList(json.map(toCelValue));
  if (!isJsonObject(json)) return json;
  const entries = Object.entries(json).filter(([, value]) => value !== undefined);
  return new CelMap(entries.map(([key, value]): [CelValue, CelValue] => [key, toCelValue(value)]));
};

/** A value as JSON, as protobuf writes it: bytes as base64, times as text. An absent optional is null. */
export const fromCelValue = (value: CelValue): Json => {
  if (typeof value === 'bigint') return Number(value);
  if (value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string')
    return value;
  if (value instanceof CelUint) return Number(value.value);
  if (value instanceof Uint8Array) return btoa(Array.from(value, (byte) => String.fromCharCode(byte)).join(''));
  if (value instanceof CelList) return value.items.map(fromCelValue);
  if (value instanceof CelOptional) return value.held ? fromCelValue(value.held.value) : null;
  if (value instanceof CelTypeValue) return value.name;
  if (!(value instanceof CelMap)) return textOf(value) ?? null;
  return Object.fromEntries(
    [...value.entries.values()].map(({ key, value: part }) => [nameOf(key), fromCelValue(part)]),
  );
};

const nameOf = (key: CelValue): string => (key instanceof Uint8Array ? decodeText(key) : (textOf(key) ?? ''));
