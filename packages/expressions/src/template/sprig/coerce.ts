/**
 * How Sprig makes texts and numbers of anything, and what it calls empty and equal.
 * @spec github.com/spf13/cast; Masterminds/sprig strings.go strval, defaults.go empty
 */
import { formatValue } from '../format/print.ts';
import { fromBytes } from '../go-text.ts';
import { readFloat, readInteger } from '../parse/literals.ts';
import {
  GoError,
  goKindOf,
  GoList,
  GoMap,
  GoNumber,
  GoObject,
  goTypeOf,
  isTrue,
  textList,
  type GoValue,
} from '../values.ts';
import { createPartCounter } from '../part-counter.ts';

/** Any value as text; bytes are what they spell. */
export const toText = (value: GoValue): string =>
  value instanceof GoList && value.element === 'uint8'
    ? fromBytes(
        value.bytes ?? Uint8Array.from(value.items, (item) => (item instanceof GoNumber ? Number(item.value) : 0)),
      )
    : formatValue(value);

/** Whether a value is empty: as falsehood, but structs never are. */
export const isEmpty = (value: GoValue): boolean => !isTrue(value);

/** A number as int64: what is none is 0. Texts may be of any base, as Go's literals. */
export const toInt64 = (value: GoValue): bigint => {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return truncateToInt64(value);
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'string') return textToInt64(value);
  if (!(value instanceof GoNumber)) return 0n;
  return typeof value.value === 'bigint' ? BigInt.asIntN(64, value.value) : truncateToInt64(value.value);
};

/** As amd64 converts: what does not fit is the least int64. */
const truncateToInt64 = (value: number): bigint => {
  if (!Number.isFinite(value)) return -(2n ** 63n);
  const whole = BigInt(Math.trunc(value));
  return BigInt.asIntN(64, whole) === whole ? whole : -(2n ** 63n);
};

const textToInt64 = (text: string): bigint => {
  const value = readInteger(text.replace(/\.0+$/, ''));
  return value !== undefined && BigInt.asIntN(64, value) === value ? value : 0n;
};

/** A number as float64: what is none is 0. */
export const toFloat64 = (value: GoValue): number => {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof GoNumber) return Number(value.value);
  return typeof value === 'string' ? textToFloat64(value) : 0;
};

const textToFloat64 = (text: string): number => {
  const named = /^([+-]?)(?:inf|infinity|(nan))$/i.exec(text);
  if (named) return named[2] === undefined ? (named[1] === '-' ? -Infinity : Infinity) : Number.NaN;
  if (text.includes('_') && !/^[+-]?0[xX]/.test(text)) return 0;
  const value = readFloat(text) ?? 0;
  // Out of range is an error in Go, and an error is 0.
  return Number.isFinite(value) ? value : 0;
};

/** Items of a list; others are refused in the words of the function's name. */
export const itemsOf = (value: GoValue, complaint: string): readonly GoValue[] => {
  if (value instanceof GoList) return value.items;
  if (value === null || value === undefined)
    throw new GoError('runtime error: invalid memory address or nil pointer dereference');
  throw new GoError(`${complaint} ${goKindOf(value)}`);
};

/** Texts of anything: of a list its items that are not nil, of nil nothing. */
export const toTexts = (value: GoValue): readonly string[] => {
  if (value === null || value === undefined) return [];
  if (!(value instanceof GoList)) return [toText(value)];
  return value.items.filter((item) => item !== null && item !== undefined).map(toText);
};

/** The same as a `[]string`; one that is nil stays nil. */
export const toTextList = (value: GoValue): GoList =>
  value instanceof GoList && value.element === 'string' && value.isNil ? value : textList(toTexts(value));

/** Go's reflect.DeepEqual. */
export const isDeepEqual = (left: GoValue, right: GoValue): boolean => areEqual(left, right, createPartCounter(), 0);

const areEqual = (left: GoValue, right: GoValue, count: (depth: number) => void, depth: number): boolean => {
  count(depth);
  const [a, b] = [left ?? null, right ?? null];
  if (a === null || b === null || typeof a !== 'object') return a === b;
  if (goTypeOf(a) !== goTypeOf(b)) return false;
  if (a instanceof GoNumber && b instanceof GoNumber) return a.value === b.value;
  if (a instanceof GoList && b instanceof GoList)
    return (
      a.isNil === b.isNil &&
      a.items.length === b.items.length &&
      a.items.every((item, index) => areEqual(item, b.items[index], count, depth + 1))
    );
  if (a instanceof GoMap && b instanceof GoMap)
    return (
      a.isNil === b.isNil &&
      a.entries.size === b.entries.size &&
      [...a.entries].every(([key, item]) => b.entries.has(key) && areEqual(item, b.entries.get(key), count, depth + 1))
    );
  return a instanceof GoObject && b instanceof GoObject && a.text === b.text && a.json === b.json;
};
