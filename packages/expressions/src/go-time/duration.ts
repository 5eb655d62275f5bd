/**
 * Go's durations, exact to the nanosecond.
 * @spec https://pkg.go.dev/time#ParseDuration, https://pkg.go.dev/time#Duration.String
 */
import { fail, ok, type Result } from '@argosy/base';

import { toBytes } from '../template/go-text.ts';

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
const PART = /(\d*)(?:(\.)(\d*))?([^\d.]*)/y;
const MOST = 2n ** 63n;

/** Reads a duration as nanoseconds. */
export const parseDuration = (text: string): Result<bigint> => {
  const invalid = fail(`time: invalid duration ${quoteTime(text)}`);
  const isNegative = text.startsWith('-');
  const body = text.replace(/^[+-]/, '');
  if (body === '0') return ok(0n);
  if (body === '') return invalid;
  let total = 0n;
  for (PART.lastIndex = 0; PART.lastIndex < body.length;) {
    const [, whole = '', , fraction = '', unit = ''] = PART.exec(body) ?? [];
    if (whole === '' && fraction === '') return invalid;
    if (unit === '') return fail(`time: missing unit in duration ${quoteTime(text)}`);
    const size = UNITS[unit];
    if (size === undefined) return fail(`time: unknown unit ${quoteTime(unit)} in duration ${quoteTime(text)}`);
    const digits = fraction.slice(0, 18);
    total += BigInt(whole === '' ? 0 : whole) * size;
    if (digits !== '') total += (BigInt(digits) * size) / 10n ** BigInt(digits.length);
    if (total > MOST) return invalid;
  }
  if (!isNegative && total === MOST) return invalid;
  return ok(isNegative ? -total : total);
};

/** Writes nanoseconds as a duration. */
export const formatDuration = (nanoseconds: bigint): string => {
  if (nanoseconds === 0n) return '0s';
  const sign = nanoseconds < 0n ? '-' : '';
  const magnitude = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  if (magnitude < 1_000n) return `${sign}${magnitude}ns`;
  if (magnitude < 1_000_000n) return `${sign}${withFraction(magnitude, 3)}µs`;
  if (magnitude < 1_000_000_000n) return `${sign}${withFraction(magnitude, 6)}ms`;
  const minutes = magnitude / 60_000_000_000n;
  const seconds = `${withFraction(magnitude % 60_000_000_000n, 9)}s`;
  if (minutes === 0n) return sign + seconds;
  return minutes < 60n ? `${sign}${minutes}m${seconds}` : `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}`;
};

const withFraction = (value: bigint, digits: number): string => {
  const scale = 10n ** BigInt(digits);
  const fraction = String(value % scale)
    .padStart(digits, '0')
    .replace(/0+$/, '');
  return fraction === '' ? String(value / scale) : `${value / scale}.${fraction}`;
};

/** Towards zero to a multiple. */
export const truncateDuration = (value: bigint, to: bigint): bigint => (to <= 0n ? value : value - (value % to));

/** To the nearest multiple, halves away from zero; what overflows stops at the ends. */
export const roundDuration = (value: bigint, to: bigint): bigint => {
  if (to <= 0n) return value;
  const rest = value % to;
  const magnitude = rest < 0n ? -rest : rest;
  if (magnitude * 2n < to) return value - rest;
  const rounded = value < 0n ? value - rest - to : value - rest + to;
  return rounded >= MOST ? MOST - 1n : rounded < -MOST ? -MOST : rounded;
};

/** A text as package time quotes it: everything but printable ASCII by its bytes. */
export const quoteTime = (text: string): string => {
  const escaped = Array.from(toBytes(text), (byte) => {
    const character = String.fromCharCode(byte);
    if (character === '"' || character === '\\') return `\\${character}`;
    return byte < 0x20 || byte >= 0x80 ? `\\x${byte.toString(16).padStart(2, '0')}` : character;
  });
  return `"${escaped.join('')}"`;
};
