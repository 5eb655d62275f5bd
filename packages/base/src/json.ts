/**
 * JSON values as this program sees them: deeply readonly, compared and copied by value.
 * Objects that informers and the store hand out are frozen; whoever needs a change builds a new value.
 */
import { dequal } from 'dequal/lite';

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object; a missing key and an `undefined` value mean the same. */
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** Makes every property of a type, at every depth, readonly. */
export type DeepReadonly<T> = T extends (infer E)[]
  ? readonly DeepReadonly<E>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

/** Compares two JSON values by value. Key order does not matter, list order does. */
export const isEqual = (left: unknown, right: unknown): boolean => dequal(left, right);

/** JSON with sorted keys: values are equal where their texts are. Pure. */
export const canonicalText = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'null';
  const members = Object.keys(value)
    .filter((name) => value[name] !== undefined)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalText(value[name])}`);
  return `{${members.join(',')}}`;
};

/** Tells a plain object from lists, null and primitives. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Tells whether a list or a plain object has nothing in it. Every write asks that of many: it makes no list of names. */
export const isEmpty = (value: object): boolean => {
  if (Array.isArray(value)) return value.length === 0;
  for (const name in value) if (Object.hasOwn(value, name)) return false;
  return true;
};

/** Copies a JSON value; the copy shares nothing with the original and may be changed. */
export const cloneJson = <T>(value: T): T => cloneValue(value) as T;

/** Freezes a value at every depth and returns it. Stops at parts already frozen. */
export const deepFreeze = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  if (Array.isArray(value)) for (const part of value as readonly unknown[]) deepFreeze(part);
  else for (const name in value) deepFreeze(value[name]);
  return value;
};

const cloneValue = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(cloneValue);
  const copy: Record<string, unknown> = {};
  for (const [key, part] of Object.entries(value)) {
    if (part === undefined) continue;
    // A key named __proto__ must stay data: assignment would change the prototype.
    if (key === '__proto__')
      Object.defineProperty(copy, key, {
        value: cloneValue(part),
        enumerable: true,
        writable: true,
        configurable: true,
      });
    else copy[key] = cloneValue(part);
  }
  return copy;
};
