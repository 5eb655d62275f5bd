/**
 * Values of jq programs: JSON, in which an integer beyond 2^53 is a `bigint`, so that it keeps its digits.
 * @spec github.com/itchyny/gojq compare.go, encoder.go, preview.go
 */
import type { Json } from '@argosy/base';

import { formatFloat } from '../../template/format/float.ts';
import { compareText } from '../../template/go-text.ts';
import { JqBudgetSpent } from './jq-budget.ts';

/** An object. Its prototype never counts. */
export interface JqObject {
  readonly [key: string]: Jq;
}

/** Any value. */
export type Jq = null | boolean | number | bigint | string | readonly Jq[] | JqObject;

/** Whether a value is an object. */
export const isJqObject = (value: Jq): value is JqObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a value is an array. */
export const isJqArray = (value: Jq): value is readonly Jq[] => Array.isArray(value);

/** Whether a value is a number. */
export const isJqNumber = (value: Jq): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint';

/** What jq's `type` gives. */
export const jqTypeOf = (value: Jq): string => {
  if (value === null) return 'null';
  if (isJqNumber(value)) return 'number';
  if (typeof value === 'object') return isJqArray(value) ? 'array' : 'object';
  return typeof value;
};

/** Keys in order. */
export const keysOf = (object: JqObject): readonly string[] => Object.keys(object).sort(compareText);

/** Value of a key; null when absent. */
export const valueAt = (object: JqObject, key: string): Jq =>
  Object.hasOwn(object, key) ? (object[key] ?? null) : null;

/** An object of pairs, whatever their names. */
export const objectOf = (pairs: Iterable<readonly [string, Jq]>): JqObject => Object.fromEntries(pairs);

/** An integer as the number that holds it exactly. */
export const integerOf = (value: bigint): number | bigint =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;

/** A value as JSON: integers beyond 2^53 round, what is no number is null, infinities are the largest numbers. */
export const toJson = (value: Jq): Json => {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number') return finite(value);
  if (typeof value !== 'object' || value === null) return value;
  if (isJqArray(value)) return value.map(toJson);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, toJson(part)]));
};

const finite = (value: number): number | null => {
  if (Number.isNaN(value)) return null;
  if (!Number.isFinite(value)) return value > 0 ? Number.MAX_VALUE : -Number.MAX_VALUE;
  return value === 0 ? 0 : value;
};

const RANKS: Readonly<Record<string, number>> = { null: 0, boolean: 1, number: 3, string: 4, array: 5, object: 6 };

const rankOf = (value: Jq): number => (value === true ? 2 : (RANKS[jqTypeOf(value)] ?? 0));

/** Order of any two values: null, false, true, numbers, texts, arrays, objects. */
export const compareJq = (left: Jq, right: Jq): number => {
  if (isJqNumber(left) && isJqNumber(right)) {
    if (Number.isNaN(left) || left < right) return -1;
    // A bigint and a number may be equal without being identical, hence no ===.
    return left > right || Number.isNaN(right) ? 1 : 0;
  }
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right);
  if (typeof left === 'object' && typeof right === 'object' && left !== null && right !== null) {
    if (isJqArray(left) && isJqArray(right)) return compareArrays(left, right);
    if (isJqObject(left) && isJqObject(right)) return compareObjects(left, right);
  }
  return Math.sign(rankOf(left) - rankOf(right));
};

const compareArrays = (left: readonly Jq[], right: readonly Jq[]): number => {
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const order = compareJq(left[index] ?? null, right[index] ?? null);
    if (order !== 0) return order;
  }
  return Math.sign(left.length - right.length);
};

const compareObjects = (left: JqObject, right: JqObject): number => {
  const [leftKeys, rightKeys] = [keysOf(left), keysOf(right)];
  const order = compareArrays(leftKeys, rightKeys);
  if (order !== 0) return order;
  for (const key of leftKeys) {
    const parts = compareJq(valueAt(left, key), valueAt(right, key));
    if (parts !== 0) return parts;
  }
  return 0;
};

/** Deeper values cannot be written. */
const DEEPEST = 2000;

/** Charges for every part of a value before something walks it whole: parts may be shared, and stand for very many. */
export const chargeParts = (value: Jq, machine: { spend(steps: number): void }, depth = 0): void => {
  if (typeof value !== 'object' || value === null) return;
  if (depth > DEEPEST) throw new JqBudgetSpent('a value is nested too deeply');
  const parts = isJqArray(value) ? value : Object.values(value);
  machine.spend(parts.length);
  for (const part of parts) if (typeof part === 'object') chargeParts(part, machine, depth + 1);
};

/** JSON text with keys in order, exact for integers. */
export const toText = (value: Jq): string => {
  if (typeof value === 'string') return JSON.stringify(value).replaceAll('\u007f', '\\u007f');
  if (typeof value === 'number') return numberText(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (isJqArray(value)) return `[${value.map(toText).join(',')}]`;
  return `{${keysOf(value)
    .map((key) => `${toText(key)}:${toText(valueAt(value, key))}`)
    .join(',')}}`;
};

const numberText = (value: number): string => {
  const shown = finite(value);
  if (shown === null) return 'null';
  const magnitude = Math.abs(shown);
  if (magnitude !== 0 && (magnitude < 1e-6 || magnitude >= 1e21))
    return formatFloat(shown, 'e', -1)
      .replace(/e([-+])0(\d)$/, 'e$1$2')
      .replace('e+', 'e+');
  return formatFloat(shown, 'f', -1);
};

const PREVIEW = 30;

/** Stops the writing of a preview that is long enough. */
class LongEnough extends Error {}

/** The beginning of a value's text: values may stand for far more text than can be held. */
const beginningOf = (value: Jq, most: number): string => {
  let text = '';
  const put = (part: string): void => {
    text += part;
    if (text.length > most) throw new LongEnough();
  };
  const write = (part: Jq): void => {
    if (typeof part === 'string') put(toText(part.slice(0, most)));
    else if (isJqArray(part)) {
      for (const [index, item] of part.entries()) {
        put(index === 0 ? '[' : ',');
        write(item);
      }
      put(part.length === 0 ? '[]' : ']');
    } else if (isJqObject(part)) {
      const keys = keysOf(part);
      for (const [index, key] of keys.entries()) {
        put(`${index === 0 ? '{' : ','}${toText(key)}:`);
        write(valueAt(part, key));
      }
      put(keys.length === 0 ? '{}' : '}');
    } else put(toText(part));
  };
  try {
    write(value);
  } catch (thrown) {
    if (!(thrown instanceof LongEnough)) throw thrown;
  }
  return text;
};

/** The text of a value, cut for messages. */
export const previewOf = (value: Jq): string => {
  const text = beginningOf(value, 2 * PREVIEW);
  if (new TextEncoder().encode(text).length <= PREVIEW) return text;
  const tail = typeof value === 'string' ? ' ..."' : isJqArray(value) ? ' ...]' : isJqObject(value) ? ' ...}' : ' ...';
  const runes = [...text];
  const encoder = new TextEncoder();
  let [kept, size] = ['', tail.length];
  for (const rune of runes) {
    size += encoder.encode(rune).length;
    if (size > PREVIEW) break;
    kept += rune;
  }
  return kept + tail;
};

/** Type and text of a value, for messages. */
export const describeJq = (value: Jq): string => (value === null ? 'null' : `${jqTypeOf(value)} (${previewOf(value)})`);

/** Whether a value counts as true. */
export const isTruthy = (value: Jq): boolean => value !== null && value !== false;
