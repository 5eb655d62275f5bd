/**
 * Values of expressions. Integers are `bigint` (64 bits, wrapping), floats are `number`: the language tells them apart.
 */
import { isObject, type Json } from '@argosy/base';

import type { GoDuration, GoTime, NamedNumber } from './go-time.ts';

/** A function an environment offers. Throws to refuse its arguments. */
export type ExprFunction = (...args: readonly ExprValue[]) => ExprValue;

/** A map. Its prototype never counts. */
export interface ExprMap {
  readonly [key: string]: ExprValue;
}

/** Any value. */
export type ExprValue =
  | null
  | undefined
  | boolean
  | string
  | number
  | bigint
  | readonly ExprValue[]
  | ExprMap
  | GoTime
  | GoDuration
  | NamedNumber
  | ExprFunction;

/** Names of kinds, as `type()` gives them. */
export type ExprKind =
  | 'nil'
  | 'bool'
  | 'string'
  | 'int'
  | 'float'
  | 'array'
  | 'map'
  | 'func'
  | 'time'
  | 'duration'
  | 'named';

/** Kind of a value. */
export const kindOf = (value: ExprValue): ExprKind => {
  if (value === null || value === undefined) return 'nil';
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'string':
      return 'string';
    case 'bigint':
      return 'int';
    case 'number':
      return 'float';
    case 'function':
      return 'func';
    default:
      if (Array.isArray(value)) return 'array';
      return 'goKind' in value && typeof value.goKind === 'string' && isGoValue(value) ? value.goKind : 'map';
  }
};

/** Whether a value is a time, duration or named number rather than a map. */
export const isGoValue = (value: unknown): value is GoTime | GoDuration | NamedNumber =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) !== Object.prototype && 'goKind' in value;

/** Whether a value is a map. */
export const isExprMap = (value: ExprValue): value is ExprMap => isObject(value) && !isGoValue(value);

/** Reads a key of a map; nil when absent. */
export const mapGet = (map: ExprMap, key: string): ExprValue => (Object.hasOwn(map, key) ? (map[key] ?? null) : null);

/** Builds a map whose keys are data, whatever their names. */
export const toMap = (pairs: Iterable<readonly [string, ExprValue]>): ExprMap => Object.fromEntries(pairs);

/** JSON as an environment value: numbers are floats, as Go decodes them. */
export const fromJsonValue = (json: Json | undefined): ExprValue => (json === undefined ? null : (json as ExprValue));

/** A value as JSON. Whole numbers beyond 2^53 lose digits; functions become null. */
export const toJsonValue = (value: ExprValue): Json => {
  if (value === null || value === undefined || typeof value === 'function') return null;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(toJsonValue);
  if (isGoValue(value))
    return value.goKind === 'time'
      ? value.toJSON()
      : value.goKind === 'duration'
        ? value.nanoseconds
        : Number(value.value);
  return Object.fromEntries(Object.entries(value as ExprMap).map(([key, part]) => [key, toJsonValue(part)]));
};

/** JSON text with keys in order, as Go marshals maps. Exact for integers. */
export const toJsonText = (value: ExprValue, indent = '', inner = ''): string => {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? formatJsonNumber(value) : 'null';
  if (value === null || value === undefined || typeof value !== 'object' || isGoValue(value))
    return JSON.stringify(toJsonValue(value));
  const deeper = inner + indent;
  const open = indent === '' ? '' : `\n${deeper}`;
  const close = indent === '' ? '' : `\n${inner}`;
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return `[${open}${value.map((part) => toJsonText(part, indent, deeper)).join(`,${open}`)}${close}]`;
  }
  const keys = Object.keys(value).sort();
  if (keys.length === 0) return '{}';
  const colon = indent === '' ? ':' : ': ';
  const entries = keys.map(
    (key) => `${JSON.stringify(key)}${colon}${toJsonText(mapGet(value as ExprMap, key), indent, deeper)}`,
  );
  return `{${open}${entries.join(`,${open}`)}${close}}`;
};

const formatJsonNumber = (value: number): string => {
  const text = String(value);
  // Go writes 1e+21 the same way; below 1e-6 it writes two exponent digits at most as needed: 1e-7 like JavaScript.
  return Object.is(value, -0) ? '-0' : text;
};

/** Writes a value as Go's `fmt.Sprint` does: `[1 a]`, `map[a:1]`, `1e+21`, `<nil>`. */
export const formatGoValue = (value: ExprValue): string => {
  if (value === null || value === undefined) return '<nil>';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return formatGoFloat(value);
  if (typeof value === 'function') return 'func';
  if (typeof value !== 'object') return String(value);
  if (isGoValue(value)) return value.toString();
  if (Array.isArray(value)) return `[${value.map(formatGoValue).join(' ')}]`;
  const map = value as ExprMap;
  const keys = Object.keys(map).sort();
  return `map[${keys.map((key) => `${key}:${formatGoValue(map[key])}`).join(' ')}]`;
};

/** Writes a float as Go's `%v` does. */
const formatGoFloat = (value: number): string => {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  const magnitude = Math.abs(value);
  if (value !== 0 && (magnitude < 1e-4 || magnitude >= 1e21)) {
    const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
    const digits = exponent.replace(/^[+-]/, '').padStart(2, '0');
    return `${mantissa}e${exponent.startsWith('-') ? '-' : '+'}${digits}`;
  }
  const text = String(value);
  return text.includes('e') ? value.toFixed(20).replace(/0+$/, '') : text;
};

/** Whether two values are equal: numbers by value whatever their kind, lists and maps by content. */
export const areEqual = (left: ExprValue, right: ExprValue): boolean => {
  if (left === null || left === undefined) return right === null || right === undefined;
  if (right === null || right === undefined) return false;
  if (isNumeric(left) && isNumeric(right))
    return typeof left === typeof right ? left === right : Number(left) === Number(right);
  if (typeof left !== 'object' || typeof right !== 'object') return left === right;
  if (Array.isArray(left))
    return (
      Array.isArray(right) && left.length === right.length && left.every((part, index) => areEqual(part, right[index]))
    );
  if (isGoValue(left)) return isGoValue(right) && left.goKind === right.goKind && left.compareTo(right) === 0;
  if (Array.isArray(right) || isGoValue(right)) return false;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && areEqual((left as ExprMap)[key], (right as ExprMap)[key]))
  );
};

/** Whether a value is an integer or a float. */
export const isNumeric = (value: ExprValue): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint';

/** Cuts an integer to 64 bits, as Go's arithmetic does. */
export const toInt64 = (value: bigint): bigint => BigInt.asIntN(64, value);
