/**
 * One number, text or truth value under the flags of a verb.
 * @spec fmt/format.go
 */
import { runesOf, runeCount, toBytes } from '../go-text.ts';
import { formatFloat } from './float.ts';
import { isPrintable, quoteGo, quoteRaw, quoteRune } from './quote.ts';

/** Flags of a verb. */
export interface VerbFlags {
  readonly width: number | undefined;
  readonly precision: number | undefined;
  readonly minus: boolean;
  readonly plus: boolean;
  readonly sharp: boolean;
  readonly space: boolean;
  readonly zero: boolean;
  /** `%+v`. */
  readonly plusV: boolean;
  /** `%#v`. */
  readonly sharpV: boolean;
}

/** No flags. */
export const PLAIN: VerbFlags = {
  width: undefined,
  precision: undefined,
  minus: false,
  plus: false,
  sharp: false,
  space: false,
  zero: false,
  plusV: false,
  sharpV: false,
};

/** Pads to the width. */
export const pad = (text: string, flags: VerbFlags, zero = flags.zero): string => {
  if (flags.width === undefined || flags.width === 0) return text;
  const missing = flags.width - runeCount(text);
  if (missing <= 0) return text;
  if (flags.minus) return text + ' '.repeat(missing);
  return (zero ? '0' : ' ').repeat(missing) + text;
};

const truncate = (text: string, flags: VerbFlags): string =>
  flags.precision === undefined ? text : runesOf(text).slice(0, flags.precision).join('');

/** `%s`. */
export const formatText = (text: string, flags: VerbFlags): string => pad(truncate(text, flags), flags);

/** `%q` of a text. */
export const formatQuoted = (text: string, flags: VerbFlags): string => {
  const kept = truncate(text, flags);
  return pad((flags.sharp ? quoteRaw(kept) : undefined) ?? quoteGo(kept, flags.plus), flags);
};

/** `%x` and `%X` of a text's bytes. */
export const formatBytesHex = (text: string, flags: VerbFlags, upper: boolean): string => {
  const bytes = [...toBytes(text)].slice(0, flags.precision);
  if (bytes.length === 0) return pad('', flags);
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0'));
  const joined = flags.space
    ? hex.map((pair) => (flags.sharp ? `0x${pair}` : pair)).join(' ')
    : `${flags.sharp ? '0x' : ''}${hex.join('')}`;
  return pad(upper ? joined.toUpperCase() : joined, flags);
};

/** `%c`, `%q` and `%U` of a code point. */
export const formatCharacter = (value: bigint, verb: string, flags: VerbFlags): string => {
  if (verb === 'q') return pad(quoteRune(value, flags.plus), flags);
  if (verb === 'U') return formatUnicode(BigInt.asUintN(64, value), flags);
  const isRune = value >= 0n && value <= 0x10ffffn && !(value >= 0xd800n && value < 0xe000n);
  return pad(isRune ? String.fromCodePoint(Number(value)) : '\ufffd', flags);
};

const formatUnicode = (value: bigint, flags: VerbFlags): string => {
  const digits = value
    .toString(16)
    .toUpperCase()
    .padStart(Math.max(4, flags.precision ?? 0), '0');
  const rune = value <= 0x10ffffn ? String.fromCodePoint(Number(value)) : '';
  const shown = flags.sharp && rune !== '' && isPrintable(rune) ? ` '${rune}'` : '';
  return pad(`U+${digits}${shown}`, flags, false);
};

const BASES: Readonly<Record<string, number>> = { b: 2, o: 8, O: 8, x: 16, X: 16 };

/** An integer in the base of its verb. */
export const formatInteger = (value: bigint, verb: string, flags: VerbFlags): string => {
  const base = BASES[verb] ?? 10;
  const isNegative = value < 0n;
  if (flags.precision === 0 && value === 0n) return pad('', flags, false);
  let least = flags.precision ?? 0;
  if (flags.precision === undefined && flags.zero && !flags.minus && flags.width !== undefined)
    least = flags.width - (isNegative || flags.plus || flags.space ? 1 : 0);
  let digits = (isNegative ? -value : value).toString(base).padStart(least, '0');
  if (verb === 'X') digits = digits.toUpperCase();
  if (flags.sharp) digits = withBase(digits, base, verb);
  if (verb === 'O') digits = `0o${digits}`;
  const sign = isNegative ? '-' : flags.plus ? '+' : flags.space ? ' ' : '';
  return pad(sign + digits, flags, false);
};

const withBase = (digits: string, base: number, verb: string): string => {
  if (base === 2) return `0b${digits}`;
  if (base === 8) return digits.startsWith('0') ? digits : `0${digits}`;
  return base === 16 ? `0${verb === 'X' ? 'X' : 'x'}${digits}` : digits;
};

/** A float by `%e`, `%f`, `%g` … `precision` is the default one. */
export const formatFloatVerb = (
  value: number,
  verb: string,
  flags: VerbFlags,
  how: { readonly precision: number; readonly size: 32 | 64 },
): string => {
  const precision = flags.precision ?? how.precision;
  const written = formatFloat(value, verb, precision, how.size);
  let text = /^[+-]/.test(written) ? written : `+${written}`;
  if (flags.space && text.startsWith('+') && !flags.plus) text = ` ${text.slice(1)}`;
  if (!Number.isFinite(value)) {
    if (Number.isNaN(value) && !flags.space && !flags.plus) text = text.slice(1);
    else if (text.startsWith('+') && !flags.plus) text = Number.isNaN(value) ? text.slice(1) : text;
    return pad(text, flags, false);
  }
  if (flags.sharp && verb !== 'b') text = withPoint(text, verb, precision);
  if (flags.plus || !text.startsWith('+')) {
    if (flags.zero && !flags.minus && flags.width !== undefined && flags.width > text.length)
      return text.slice(0, 1) + text.slice(1).padStart(flags.width - 1, '0');
    return pad(text, flags);
  }
  return pad(text.slice(1), flags);
};

/** What `#` does to floats: a point always, and the zeros `%g` leaves out. */
const withPoint = (text: string, verb: string, precision: number): string => {
  const tailAt = text.search(verb === 'x' || verb === 'X' ? /[pP]/ : /[eEpP]/);
  const body = tailAt < 0 ? text : text.slice(0, tailAt);
  const tail = tailAt < 0 ? '' : text.slice(tailAt);
  let missing = 'gGx'.includes(verb) ? (precision === -1 ? 6 : precision) : 0;
  const significant = body.slice(1).replace('.', '').replace(/^0+/, '');
  missing -= significant.length;
  if (!body.includes('.') && body.length === 2 && body[1] === '0') missing -= 1;
  return `${body}${body.includes('.') ? '' : '.'}${'0'.repeat(Math.max(0, missing))}${tail}`;
};
