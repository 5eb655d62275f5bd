/**
 * Built-in functions over text, numbers, times and encodings.
 * @spec https://expr-lang.org/docs/language-definition#string-functions
 */
import { parseGoDuration } from '@argosy/base';

import { isZone, parseMoment } from '../../go-time/moment.ts';
import { valueError } from '../expr-error.ts';
import { GoDuration, GoTime, NamedNumber } from '../run/go-time.ts';
import { formatGoValue, isExprMap, isNumeric, kindOf, toInt64, toJsonText, type ExprValue } from '../run/values.ts';
import { fromBase64, toBase64 } from './base64.ts';
import type { Builtin, BuiltinCall } from './builtins.ts';

const textAt = (call: BuiltinCall, index: number): string => {
  const value = call.args[index];
  if (typeof value !== 'string') throw valueError(`cannot use ${kindOf(value)} as string`, call.at);
  return value;
};

const intAt = (call: BuiltinCall, index: number): bigint => {
  const value = call.args[index];
  if (typeof value !== 'bigint') throw valueError(`cannot use ${kindOf(value)} as int`, call.at);
  return value;
};

const numberAt = (call: BuiltinCall): number => {
  const value = call.args[0];
  if (!isNumeric(value)) throw valueError(`invalid argument (type ${kindOf(value)})`, call.at);
  return Number(value);
};

const lengthOf = (call: BuiltinCall): bigint => {
  const value = call.args[0];
  if (typeof value === 'string') return BigInt([...value].length);
  if (Array.isArray(value)) return BigInt(value.length);
  if (isExprMap(value)) return BigInt(Object.keys(value).length);
  throw valueError(`invalid argument for len (type ${kindOf(value)})`, call.at);
};

/** Reads an integer as expr's `int` does. Throws ExprError. */
export const toInteger = (value: ExprValue, at = 0): bigint => {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return toInt64(BigInt(Math.trunc(value)));
  if (typeof value === 'string' && /^[+-]?\d+$/.test(value)) return toInt64(BigInt(value.replace(/^\+/, '')));
  throw valueError(
    typeof value === 'string' ? `invalid operation: int(${value})` : `invalid argument for int (type ${kindOf(value)})`,
    at,
  );
};

/** Reads a float as expr's `float` does. Throws ExprError. */
export const toFloat = (value: ExprValue, at = 0): number => {
  if (isNumeric(value)) return Number(value);
  if (typeof value === 'string' && /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value)) return Number(value);
  throw valueError(
    typeof value === 'string'
      ? `invalid operation: float(${value})`
      : `invalid argument for float (type ${kindOf(value)})`,
    at,
  );
};

const trimSet = (text: string, cutset: string | undefined): string => {
  if (cutset === undefined) return text.trim();
  const characters = [...text];
  const set = new Set(cutset);
  let from = 0;
  let to = characters.length;
  while (from < to && set.has(characters[from] ?? '')) from += 1;
  while (to > from && set.has(characters[to - 1] ?? '')) to -= 1;
  return characters.slice(from, to).join('');
};

const splitText = (call: BuiltinCall, isAfter: boolean): readonly string[] => {
  const [text, separator] = [textAt(call, 0), textAt(call, 1)];
  const limit = call.args[2] === undefined ? -1 : Number(call.args[2]);
  const parts = separator === '' ? [...text] : text.split(separator);
  const kept =
    limit > 0 && parts.length > limit ? [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(separator)] : parts;
  return isAfter ? kept.map((part, index) => (index < kept.length - 1 ? part + separator : part)) : kept;
};

const replaceText: Builtin = (call) => {
  const [text, from, to] = [textAt(call, 0), textAt(call, 1), textAt(call, 2)];
  const limit = call.args[3] === undefined ? -1 : Number(call.args[3]);
  if (limit < 0) return text.replaceAll(from, () => to);
  const parts = text.split(from);
  const replaced = parts.slice(0, limit + 1).join(to);
  return parts.length > limit + 1 ? [replaced, ...parts.slice(limit + 1)].join(from) : replaced;
};

const repeatText: Builtin = (call) => {
  const [text, count] = [textAt(call, 0), Number(intAt(call, 1))];
  if (count < 0) throw valueError('invalid argument for repeat (expected positive integer)', call.at);
  call.run.spend(text.length * count, call.at);
  return text.repeat(count);
};

const BYTES = new TextEncoder();
const byteIndex = (text: string, index: number): bigint =>
  index < 0 ? -1n : BigInt(BYTES.encode(text.slice(0, index)).length);

const DEFAULT_LAYOUTS = [
  '2006-01-02',
  '15:04:05',
  '2006-01-02 15:04:05',
  '2006-01-02T15:04:05Z07:00',
  '02 Jan 06 15:04 MST',
  'Monday, 02-Jan-06 15:04:05 MST',
  'Mon, 02 Jan 2006 15:04:05 MST',
];

const dateOf: Builtin = (call) => {
  const text = textAt(call, 0);
  const layout = call.args[1] === undefined ? undefined : textAt(call, 1);
  const zone = call.args[2] === undefined ? 'UTC' : textAt(call, 2);
  for (const candidate of layout === undefined ? DEFAULT_LAYOUTS : [layout]) {
    const parsed = parseMoment(text, candidate, zone);
    if (parsed.ok) return new GoTime(Number(parsed.value.nanoseconds / 1000n) / 1000, parsed.value.zone);
  }
  throw valueError(`invalid date ${text}`, call.at);
};

const durationOf: Builtin = (call) => {
  const milliseconds = parseGoDuration(textAt(call, 0));
  if (milliseconds === undefined) throw valueError(`time: invalid duration ${JSON.stringify(call.args[0])}`, call.at);
  return new GoDuration(milliseconds);
};

const nowOf: Builtin = (call) => {
  if (call.run.now === undefined) throw valueError('now() is not available here', call.at);
  return new GoTime(call.run.now);
};

const rounded =
  (round: (value: number) => number): Builtin =>
  (call) =>
    round(numberAt(call));
const integers =
  (combine: (left: bigint, right: bigint) => bigint): Builtin =>
  (call) =>
    toInt64(combine(intAt(call, 0), intAt(call, 1)));
const shift = (call: BuiltinCall): bigint => {
  const count = intAt(call, 1);
  if (count < 0n) throw valueError(`invalid operation: negative shift count ${count}`, call.at);
  return count > 64n ? 64n : count;
};

/** Functions over single values, by name. */
export const SCALAR_BUILTINS: Readonly<Record<string, Builtin>> = {
  len: lengthOf,
  type: (call) => typeName(call.args[0]),
  abs: (call) => {
    const value = call.args[0];
    return typeof value === 'bigint' ? (value < 0n ? toInt64(-value) : value) : Math.abs(numberAt(call));
  },
  ceil: rounded(Math.ceil),
  floor: rounded(Math.floor),
  // Half away from zero, as Go rounds.
  round: rounded((value) => Math.sign(value) * Math.round(Math.abs(value))),
  int: (call) => toInteger(call.args[0], call.at),
  float: (call) => toFloat(call.args[0], call.at),
  string: (call) => formatGoValue(call.args[0]),
  trim: (call) => trimSet(textAt(call, 0), call.args[1] === undefined ? undefined : textAt(call, 1)),
  trimPrefix: (call) =>
    textAt(call, 0).startsWith(textAt(call, 1)) ? textAt(call, 0).slice(textAt(call, 1).length) : textAt(call, 0),
  trimSuffix: (call) =>
    textAt(call, 0).endsWith(textAt(call, 1))
      ? textAt(call, 0).slice(0, textAt(call, 0).length - textAt(call, 1).length)
      : textAt(call, 0),
  upper: (call) => textAt(call, 0).toUpperCase(),
  lower: (call) => textAt(call, 0).toLowerCase(),
  split: (call) => splitText(call, false),
  splitAfter: (call) => splitText(call, true),
  replace: replaceText,
  repeat: repeatText,
  join: (call) => {
    const list = call.args[0];
    if (!Array.isArray(list)) throw valueError(`cannot use ${kindOf(list)} as array`, call.at);
    return (list as readonly ExprValue[])
      .map((part) => {
        if (typeof part === 'string') return part;
        throw valueError(`interface conversion: ${kindOf(part)} is not string`, call.at);
      })
      .join(call.args[1] === undefined ? '' : textAt(call, 1));
  },
  indexOf: (call) => byteIndex(textAt(call, 0), textAt(call, 0).indexOf(textAt(call, 1))),
  lastIndexOf: (call) => byteIndex(textAt(call, 0), textAt(call, 0).lastIndexOf(textAt(call, 1))),
  hasPrefix: (call) => textAt(call, 0).startsWith(textAt(call, 1)),
  hasSuffix: (call) => textAt(call, 0).endsWith(textAt(call, 1)),
  toJSON: (call) => toJsonText(call.args[0], '  '),
  fromJSON: (call) => JSON.parse(textAt(call, 0)) as ExprValue,
  toBase64: (call) => toBase64(textAt(call, 0)),
  fromBase64: (call) => {
    const decoded = fromBase64(textAt(call, 0));
    if (decoded === undefined) throw valueError('illegal base64 data', call.at);
    return decoded;
  },
  now: nowOf,
  duration: durationOf,
  date: dateOf,
  timezone: (call) => {
    const zone = textAt(call, 0);
    if (!isZone(zone)) throw valueError(`unknown time zone ${zone}`, call.at);
    return new NamedNumber(0n, zone);
  },
  bitand: integers((left, right) => left & right),
  bitor: integers((left, right) => left | right),
  bitxor: integers((left, right) => left ^ right),
  bitnand: integers((left, right) => left & ~right),
  bitnot: (call) => toInt64(~intAt(call, 0)),
  bitshl: (call) => toInt64(intAt(call, 0) << shift(call)),
  bitshr: (call) => toInt64(intAt(call, 0) >> shift(call)),
  bitushr: (call) => toInt64(BigInt.asUintN(64, intAt(call, 0)) >> shift(call)),
};

const typeName = (value: ExprValue): string => {
  const kind = kindOf(value);
  return kind === 'time' ? 'time.Time' : kind === 'duration' ? 'time.Duration' : kind;
};
