/**
 * Sizes, conversions, optionals, and what texts and times can be asked.
 * @spec https://github.com/google/cel-spec/blob/master/doc/langdef.md#list-of-standard-definitions
 */
import { parseDuration } from '../../go-time/duration.ts';
import { formatMoment, parseMoment } from '../../go-time/moment.ts';
import { CelError } from '../cel-error.ts';
import { decodeText, RFC3339, textOf } from '../values/cel-text.ts';
import {
  CelDuration,
  CelList,
  CelMap,
  CelOptional,
  CelTimestamp,
  CelTypeValue,
  celTypeName,
  CelUint,
  numericOf,
  type CelValue,
} from '../values/cel-value.ts';
import { declare, type CelMeter, type CelOverload } from './overloads.ts';
import { timestampOf } from './operators.ts';
import { matchesText } from './regex.ts';

const sizeOf = (value: CelValue | undefined): bigint => {
  if (typeof value === 'string') return BigInt([...value].length);
  if (value instanceof Uint8Array || value instanceof CelList)
    return BigInt(value instanceof CelList ? value.items.length : value.length);
  return value instanceof CelMap ? BigInt(value.entries.size) : 0n;
};

const sizes = ['string', 'bytes', 'list(A)', 'map(A, B)'].flatMap((type) => [
  declare(`size(${type}) -> int`, ([value]) => sizeOf(value)),
  declare(`${type}.size() -> int`, ([value]) => sizeOf(value)),
]);

const toInt = (value: CelValue): bigint => {
  if (value instanceof CelTimestamp) return floorSeconds(value.nanoseconds);
  if (value instanceof CelDuration) return value.nanoseconds;
  const number = typeof value === 'string' ? parseInteger(value, 'int') : numericOf(value);
  if (number === undefined || (typeof number === 'number' && !Number.isFinite(number)))
    throw new CelError('integer overflow');
  const whole = typeof number === 'number' ? BigInt(Math.trunc(number)) : number;
  if (BigInt.asIntN(64, whole) !== whole) throw new CelError('integer overflow');
  return whole;
};

const floorSeconds = (nanoseconds: bigint): bigint => {
  const seconds = nanoseconds / 1_000_000_000n;
  return nanoseconds % 1_000_000_000n < 0n ? seconds - 1n : seconds;
};

const parseInteger = (text: string, type: string): bigint => {
  if (!/^[+-]?\d+$/.test(text)) throw unconvertible('string', type);
  return BigInt(text.replace(/^\+/, ''));
};

const toUint = (value: CelValue): CelUint => {
  const number = typeof value === 'string' ? parseInteger(value, 'uint') : numericOf(value);
  if (typeof number === 'number' && number < 0) throw new CelError('unsigned integer overflow');
  const whole = typeof number === 'number' && Number.isFinite(number) ? BigInt(Math.trunc(number)) : number;
  if (typeof whole !== 'bigint' || BigInt.asUintN(64, whole) !== whole) throw new CelError('unsigned integer overflow');
  return new CelUint(whole);
};

const toDouble = (value: CelValue): number => {
  if (typeof value !== 'string') return Number(numericOf(value) ?? 0);
  const named = /^([+-]?)(?:inf(?:inity)?|(nan))$/i.exec(value);
  if (named) return named[2] === undefined ? (named[1] === '-' ? -Infinity : Infinity) : Number.NaN;
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(value)) throw unconvertible('string', 'double');
  return Number(value);
};

const toText = (value: CelValue): string => (value instanceof Uint8Array ? decodeText(value) : (textOf(value) ?? ''));

const unconvertible = (from: string, to: string): CelError =>
  new CelError(`type conversion error from '${from}' to '${to}'`);

/** A time as RFC 3339 has it. */
export const parseTimestamp = (text: string): CelTimestamp => {
  const parsed = parseMoment(text, RFC3339, 'UTC');
  if (!parsed.ok) throw unconvertible('string', 'google.protobuf.Timestamp');
  return timestampOf(parsed.value.nanoseconds, parsed.value.zone);
};

/** A duration as Go has it. */
export const parseSpan = (text: string): CelDuration => {
  const parsed = parseDuration(text);
  if (!parsed.ok) throw unconvertible('string', 'google.protobuf.Duration');
  return new CelDuration(parsed.value);
};

const toBool = (text: string): boolean => {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return false;
  throw unconvertible('string', 'bool');
};

const from = (
  name: string,
  types: readonly string[],
  convert: (value: CelValue) => CelValue,
  result = name,
): readonly CelOverload[] =>
  types.map((type) => declare(`${name}(${type}) -> ${result}`, ([value = null]) => convert(value)));

const conversions: readonly CelOverload[] = [
  ...from('int', ['int', 'uint', 'double', 'string', 'timestamp', 'duration'], toInt),
  ...from('uint', ['int', 'uint', 'double', 'string'], toUint),
  ...from('double', ['int', 'uint', 'double', 'string'], toDouble),
  ...from('string', ['string', 'int', 'uint', 'double', 'bool', 'bytes', 'timestamp', 'duration'], toText),
  ...from('bool', ['bool', 'string'], (value) => (typeof value === 'string' ? toBool(value) : value)),
  ...from('bytes', ['bytes', 'string'], (value) =>
    typeof value === 'string' ? new TextEncoder().encode(value) : value,
  ),
  ...from('timestamp', ['timestamp', 'string', 'int'], (value) => {
    if (typeof value === 'string') return parseTimestamp(value);
    return typeof value === 'bigint' ? timestampOf(value * 1_000_000_000n) : value;
  }),
  ...from('duration', ['duration', 'string'], (value) => (typeof value === 'string' ? parseSpan(value) : value)),
  declare('dyn(A) -> dyn', ([value = null]) => value),
  declare('type(A) -> type', ([value = null]) => new CelTypeValue(celTypeName(value))),
];

const charge = (meter: CelMeter, ...texts: readonly string[]): void =>
  meter.spend(texts.reduce((total, text) => total + text.length, 0) / 10);

const ofTexts = (name: string, body: (text: string, part: string, meter: CelMeter) => boolean): CelOverload =>
  declare(`string.${name}(string) -> bool`, ([text, part], meter) => {
    charge(meter, text as string, part as string);
    return body(text as string, part as string, meter);
  });

const texts: readonly CelOverload[] = [
  ofTexts('contains', (text, part) => text.includes(part)),
  ofTexts('startsWith', (text, part) => text.startsWith(part)),
  ofTexts('endsWith', (text, part) => text.endsWith(part)),
  ofTexts('matches', matchesText),
  declare('matches(string, string) -> bool', ([text, pattern], meter) =>
    matchesText(text as string, pattern as string, meter),
  ),
];

/** Wall clock of an instant in a zone, as a UTC date. */
const wallAt = (value: CelValue | undefined, zone: string): Date => {
  const nanoseconds = value instanceof CelTimestamp ? value.nanoseconds : 0n;
  const known = /^\d\d:\d\d$/.test(zone) ? `+${zone}` : zone;
  try {
    const text = formatMoment({ nanoseconds, zone: known }, '2006-01-02T15:04:05.000');
    return new Date(`${text}Z`);
  } catch (thrown) {
    if (thrown instanceof RangeError) throw new CelError(`unknown time zone ${zone}`);
    throw thrown;
  }
};

const dayOfYear = (wall: Date): number =>
  Math.floor((Date.UTC(2000, wall.getUTCMonth(), wall.getUTCDate()) - Date.UTC(2000, 0, 1)) / 86_400_000) -
  (new Date(Date.UTC(wall.getUTCFullYear(), 1, 29)).getUTCMonth() === 1 || wall.getUTCMonth() < 2 ? 0 : 1);

const FIELDS: Readonly<Record<string, (wall: Date) => number>> = {
  getFullYear: (wall) => wall.getUTCFullYear(),
  getMonth: (wall) => wall.getUTCMonth(),
  getDayOfYear: dayOfYear,
  getDayOfMonth: (wall) => wall.getUTCDate() - 1,
  getDate: (wall) => wall.getUTCDate(),
  getDayOfWeek: (wall) => wall.getUTCDay(),
  getHours: (wall) => wall.getUTCHours(),
  getMinutes: (wall) => wall.getUTCMinutes(),
  getSeconds: (wall) => wall.getUTCSeconds(),
  getMilliseconds: (wall) => wall.getUTCMilliseconds(),
};

const times: readonly CelOverload[] = [
  ...Object.entries(FIELDS).flatMap(([name, field]) => [
    declare(`timestamp.${name}() -> int`, ([value]) => BigInt(field(wallAt(value, 'UTC')))),
    declare(`timestamp.${name}(string) -> int`, ([value, zone]) => BigInt(field(wallAt(value, zone as string)))),
  ]),
  ...(
    [
      ['getHours', 3_600_000_000_000n],
      ['getMinutes', 60_000_000_000n],
      ['getSeconds', 1_000_000_000n],
      ['getMilliseconds', 1_000_000n],
    ] as const
  ).map(([name, unit]) => declare(`duration.${name}() -> int`, ([value]) => (value as CelDuration).nanoseconds / unit)),
];

const isZero = (value: CelValue): boolean => {
  if (value === null || value === false || value === '' || numericOf(value) === 0n || numericOf(value) === 0)
    return true;
  if (value instanceof CelList) return value.items.length === 0;
  if (value instanceof CelMap) return value.entries.size === 0;
  return (
    (value instanceof Uint8Array && value.length === 0) || (value instanceof CelDuration && value.nanoseconds === 0n)
  );
};

const optionals: readonly CelOverload[] = [
  declare('optional::of(A) -> optional(A)', ([value = null]) => new CelOptional({ value })),
  declare('optional::none() -> optional(A)', () => new CelOptional()),
  declare('optional::ofNonZeroValue(A) -> optional(A)', ([value = null]) =>
    isZero(value) ? new CelOptional() : new CelOptional({ value }),
  ),
  declare('optional(A).hasValue() -> bool', ([held]) => (held as CelOptional).held !== undefined),
  declare('optional(A).value() -> A', ([held]) => {
    const inner = (held as CelOptional).held;
    if (!inner) throw new CelError('optional.none() dereference');
    return inner.value;
  }),
  declare('optional(A).or(optional(A)) -> optional(A)', ([held = null, other = null]) =>
    (held as CelOptional).held ? held : other,
  ),
  declare('optional(A).orValue(A) -> A', ([held, other = null]) => {
    const inner = (held as CelOptional).held;
    return inner ? inner.value : other;
  }),
];

/** Standard functions. */
export const STANDARD: readonly CelOverload[] = [...sizes, ...conversions, ...texts, ...times, ...optionals];
