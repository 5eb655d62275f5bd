/**
 * Quoting as strconv.Quote does, and reading what Go quoted.
 * @spec https://pkg.go.dev/strconv#Quote
 */
import { WRITTEN_ESCAPES } from '../../escape-letters.ts';
import { codePointOf, isInvalidByte, runesOf, toBytes } from '../go-text.ts';

const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u;

/** Whether Go's unicode.IsPrint holds. */
export const isPrintable = (rune: string): boolean => rune === ' ' || PRINTABLE.test(rune);

/** A text in double quotes; with `ascii`, everything beyond ASCII is escaped. */
export const quoteGo = (text: string, ascii = false): string =>
  `"${runesOf(text)
    .map((rune) => escapeRune(rune, '"', ascii))
    .join('')}"`;

/** A code point in single quotes. */
export const quoteRune = (code: bigint, ascii = false): string => {
  const rune = code > 0x10ffffn || code < 0n || (code >= 0xd800n && code < 0xe000n) ? '\ufffd' : fromCode(code);
  return `'${escapeRune(rune, "'", ascii)}'`;
};

/** The text in backquotes when it may be written so, as `%#q` prefers. */
export const quoteRaw = (text: string): string | undefined =>
  runesOf(text).some(
    (rune) =>
      rune === '`' || rune === '\ufeff' || isInvalidByte(rune) || (rune < ' ' && rune !== '\t') || rune === '\u007f',
  )
    ? undefined
    : `\`${text}\``;

const fromCode = (code: bigint): string => String.fromCodePoint(Number(code));
const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, '0');

const escapeRune = (rune: string, quote: string, ascii: boolean): string => {
  if (rune === quote) return `\\${quote}`;
  const short = WRITTEN_ESCAPES[rune];
  if (short !== undefined) return short;
  if (isInvalidByte(rune)) return `\\x${hex(toBytes(rune)[0] ?? 0, 2)}`;
  const code = codePointOf(rune);
  if (isPrintable(rune) && (!ascii || code < 0x80)) return rune;
  if (code < 0x20 || code === 0x7f) return `\\x${hex(code, 2)}`;
  return code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
};
