/**
 * The functions of Sprig that expressions of workflows call as `sprig.<name>`. Those that would read the environment or
 * the network do not exist; the full list comes with the template languages, and a missing one is refused by its name.
 * @spec https://masterminds.github.io/sprig/
 */
import { sha256Hex } from '@argosy/base';

import { fromBase64, toBase64 } from '../expr/base64.ts';
import { toFloat } from '../expr/scalar-builtins.ts';
import {
  formatGoValue,
  isExprMap,
  kindOf,
  mapGet,
  toJsonText,
  type ExprFunction,
  type ExprMap,
  type ExprValue,
} from '../expr/values.ts';

const text = (value: ExprValue): string => (typeof value === 'string' ? value : formatGoValue(value));

/** Lenient as cast.ToInt64: what is no number is 0. */
const int = (value: ExprValue): bigint => {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return BigInt(Math.trunc(value));
  if (typeof value === 'boolean') return value ? 1n : 0n;
  return typeof value === 'string' && /^[+-]?\d+$/.test(value) ? BigInt(value.replace('+', '')) : 0n;
};

const float = (value: ExprValue): number => {
  try {
    return toFloat(value);
  } catch {
    // Sprig casts what is no number to 0.
    return 0;
  }
};

const list = (value: ExprValue): readonly ExprValue[] => {
  if (!Array.isArray(value)) throw new TypeError(`cannot use ${kindOf(value)} as a list`);
  return value;
};

const isEmpty = (value: ExprValue): boolean =>
  value === null ||
  value === undefined ||
  value === '' ||
  value === false ||
  value === 0 ||
  value === 0n ||
  (Array.isArray(value) && value.length === 0) ||
  (isExprMap(value) && Object.keys(value).length === 0);

const truncate: ExprFunction = (count, value) => {
  const [characters, limit] = [[...text(value)], Number(int(count))];
  return (limit < 0 ? characters.slice(Math.max(0, characters.length + limit)) : characters.slice(0, limit)).join('');
};

const dig: ExprFunction = (...args) => {
  const map = args.at(-1);
  const fallback = args.at(-2);
  let value: ExprValue = map;
  for (const key of args.slice(0, -2)) {
    if (!isExprMap(value) || !Object.hasOwn(value, text(key))) return fallback ?? null;
    value = mapGet(value, text(key));
  }
  return value;
};

const title = (value: string): string =>
  value.replace(/(^|\s)(\S)/g, (_, space: string, letter: string) => space + letter.toUpperCase());
const words = (value: string): readonly string[] =>
  value
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[\s_-]+/)
    .filter((word) => word !== '');

const parseJson: ExprFunction = (value) => {
  try {
    return JSON.parse(text(value)) as ExprValue;
  } catch {
    // Sprig's fromJson gives nil for what is no JSON; mustFromJson refuses.
    return null;
  }
};

/** Functions by name. */
export const SPRIG_FUNCTIONS: ExprMap = {
  abbrev: (count, value) =>
    text(value).length <= Number(int(count)) ? text(value) : `${text(value).slice(0, Number(int(count)) - 3)}...`,
  add: (...values) => values.reduce<bigint>((total, value) => total + int(value), 0n),
  add1: (value) => int(value) + 1n,
  b64dec: (value) => fromBase64(text(value)) ?? 'illegal base64 data',
  b64enc: (value) => toBase64(text(value)),
  base: (value) => text(value).split('/').at(-1) ?? '',
  camelcase: (value) =>
    words(text(value))
      .map((word) => title(word.toLowerCase()))
      .join(''),
  cat: (...values) =>
    values
      .filter((value) => !isEmpty(value))
      .map(text)
      .join(' '),
  ceil: (value) => Math.ceil(float(value)),
  coalesce: (...values) => values.find((value) => !isEmpty(value)) ?? null,
  contains: (part, value) => text(value).includes(text(part)),
  default: (fallback, value): ExprValue => (isEmpty(value) ? (fallback ?? null) : value),
  dig,
  dir: (value) => text(value).split('/').slice(0, -1).join('/') || '.',
  div: (left, right) => {
    if (int(right) === 0n) throw new RangeError('integer divide by zero');
    return int(left) / int(right);
  },
  empty: (value) => isEmpty(value),
  first: (value) => list(value)[0] ?? null,
  float64: (value) => float(value),
  floor: (value) => Math.floor(float(value)),
  fromJson: parseJson,
  get: (map, key) => (isExprMap(map) ? (mapGet(map, text(key)) ?? '') : ''),
  has: (value, values) => list(values).some((one) => text(one) === text(value)),
  hasKey: (map, key) => isExprMap(map) && Object.hasOwn(map, text(key)),
  hasPrefix: (part, value) => text(value).startsWith(text(part)),
  hasSuffix: (part, value) => text(value).endsWith(text(part)),
  int: (value) => int(value),
  int64: (value) => int(value),
  join: (separator, values) =>
    Array.isArray(values) ? (values as readonly ExprValue[]).map(text).join(text(separator)) : text(values),
  kebabcase: (value) =>
    words(text(value))
      .map((word) => word.toLowerCase())
      .join('-'),
  keys: (map) => (isExprMap(map) ? Object.keys(map).sort() : []),
  last: (value) => list(value).at(-1) ?? null,
  len: (value) => BigInt(Array.isArray(value) ? value.length : text(value).length),
  list: (...values) => values,
  lower: (value) => text(value).toLowerCase(),
  max: (...values) => values.map(int).reduce((left, right) => (right > left ? right : left)),
  min: (...values) => values.map(int).reduce((left, right) => (right < left ? right : left)),
  mod: (left, right) => {
    if (int(right) === 0n) throw new RangeError('integer divide by zero');
    return int(left) % int(right);
  },
  mul: (...values) => values.reduce<bigint>((total, value) => total * int(value), 1n),
  nospace: (value) => text(value).replace(/\s/g, ''),
  quote: (...values) => values.map((value) => JSON.stringify(text(value))).join(' '),
  repeat: (count, value) => {
    if (Number(int(count)) * text(value).length > 1_000_000) throw new RangeError('result is too long');
    return text(value).repeat(Math.max(0, Number(int(count))));
  },
  replace: (from, to, value) => text(value).replaceAll(text(from), () => text(to)),
  rest: (value) => list(value).slice(1),
  reverse: (value) => [...list(value)].reverse(),
  round: (value, digits) => Number(float(value).toFixed(Number(int(digits)))),
  sha256sum: (value) => sha256Hex(text(value)),
  snakecase: (value) =>
    words(text(value))
      .map((word) => word.toLowerCase())
      .join('_'),
  sortAlpha: (values) => list(values).map(text).sort(),
  split: (separator, value) =>
    Object.fromEntries(
      text(value)
        .split(text(separator))
        .map((part, index) => [`_${index}`, part]),
    ),
  splitList: (separator, value) => text(value).split(text(separator)),
  squote: (...values) => values.map((value) => `'${text(value)}'`).join(' '),
  sub: (left, right) => int(left) - int(right),
  substr: (from, to, value) => {
    const [start, end] = [Number(int(from)), Number(int(to))];
    if (start < 0) return text(value).slice(0, end);
    return end < 0 || end > text(value).length ? text(value).slice(start) : text(value).slice(start, end);
  },
  ternary: (whenTrue, whenFalse, test) => (test === true ? (whenTrue ?? null) : (whenFalse ?? null)),
  title: (value) => title(text(value)),
  toJson: (value) => toJsonText(value),
  toPrettyJson: (value) => toJsonText(value, '  '),
  toString: (value: ExprValue) => text(value),
  toStrings: (values: ExprValue) => list(values).map(text),
  trim: (value) => text(value).trim(),
  trimAll: (set, value) => trimBoth(text(value), text(set)),
  trimPrefix: (part, value) =>
    text(value).startsWith(text(part)) ? text(value).slice(text(part).length) : text(value),
  trimSuffix: (part, value) =>
    text(value).endsWith(text(part)) ? text(value).slice(0, text(value).length - text(part).length) : text(value),
  trunc: truncate,
  uniq: (values: ExprValue) => [
    ...new Map(list(values).map((value): readonly [string, ExprValue] => [toJsonText(value), value])).values(),
  ],
  until: (count) => {
    if (int(count) > 100_000n) throw new RangeError('list is too long');
    return Array.from({ length: Math.max(0, Number(int(count))) }, (_, index) => BigInt(index));
  },
  untitle: (value) =>
    text(value).replace(/(^|\s)(\S)/g, (_, space: string, letter: string) => space + letter.toLowerCase()),
  upper: (value) => text(value).toUpperCase(),
};

const trimBoth = (value: string, set: string): string => {
  const characters = new Set(set);
  let [from, to] = [0, value.length];
  while (from < to && characters.has(value[from] ?? '')) from += 1;
  while (to > from && characters.has(value[to - 1] ?? '')) to -= 1;
  return value.slice(from, to);
};
