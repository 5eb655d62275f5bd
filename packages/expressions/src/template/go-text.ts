/**
 * Go's strings are bytes. Here they are JavaScript strings in which a byte that is no UTF-8 is kept as a lone low
 * surrogate (U+DC80 … U+DCFF for 0x80 … 0xFF), so that cutting a text inside a character loses nothing.
 * @spec https://go.dev/ref/spec#String_types
 */

const ESCAPE_BASE = 0xdc00;
/** The first surrogate. */
const ESCAPE_START = 0xd800;
const ASCII_ONLY = /^[\u0000-\u007f]*$/;
const LONE_LOW = /(?<![\ud800-\udbff])[\udc80-\udcff]/;
const SURROGATE = /[\ud800-\udfff]/;
const LONE_LOW_ALL = new RegExp(LONE_LOW, 'g');
const encoder = new TextEncoder();
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Whether every character is one byte. */
export const isAscii = (text: string): boolean => ASCII_ONLY.test(text);

/** Bytes of a text. */
export const toBytes = (text: string): Uint8Array => {
  if (!hasLoneLow(text)) return encoder.encode(text);
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code >= ESCAPE_BASE + 0x80 && code <= ESCAPE_BASE + 0xff) bytes.push(code - ESCAPE_BASE);
    else bytes.push(...encoder.encode(character));
  }
  return Uint8Array.from(bytes);
};

/** Text of bytes; what is no UTF-8 is kept byte by byte. */
export const fromBytes = (bytes: Uint8Array): string => {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    // Invalid somewhere: read rune by rune.
    return decodeLoosely(bytes);
  }
};

const decodeLoosely = (bytes: Uint8Array): string => {
  let text = '';
  for (let index = 0; index < bytes.length;) {
    const length = runeLength(bytes, index);
    text +=
      length === 0
        ? String.fromCharCode(ESCAPE_BASE + (bytes[index] ?? 0))
        : strictDecoder.decode(bytes.subarray(index, index + length));
    index += Math.max(1, length);
  }
  return text;
};

/** Bytes of the valid rune at an index, or 0. */
const runeLength = (bytes: Uint8Array, index: number): number => {
  const first = bytes[index] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || index + length > bytes.length) return 0;
  try {
    strictDecoder.decode(bytes.subarray(index, index + length));
    return length;
  } catch {
    // Overlong, a surrogate, or broken continuation: one byte at a time.
    return 0;
  }
};

/** Count of bytes: Go's `len`. */
export const byteLength = (text: string): number => (isAscii(text) ? text.length : toBytes(text).length);

/** Bytes from start to end as text: Go's `text[start:end]`. */
export const sliceBytes = (text: string, start: number, end?: number): string =>
  isAscii(text) ? text.slice(start, end) : fromBytes(toBytes(text).subarray(start, end));

/** Runes of a text; an invalid byte is one of them. */
export const runesOf = (text: string): readonly string[] => [...text];

/** Count of runes. */
export const runeCount = (text: string): number => (isAscii(text) ? text.length : runesOf(text).length);

/** Joins bytes that became valid by concatenation, and shows those that did not as U+FFFD. For what leaves Go's world. */
export const toWellFormed = (text: string): string =>
  hasLoneLow(text) ? fromBytes(toBytes(text)).replace(LONE_LOW_ALL, '\ufffd') : text;

/** Code point of a rune; U+FFFD for an invalid byte. */
export const codePointOf = (rune: string): number => {
  const code = rune.codePointAt(0) ?? 0;
  return isInvalidByte(rune) ? 0xfffd : code;
};

/** Whether a rune stands for a byte that is no UTF-8. */
export const isInvalidByte = (rune: string): boolean => rune.length === 1 && rune >= '\udc80' && rune <= '\udcff';

/** Order of Go's strings (bytes): UTF-16 order differs beyond the basic plane. */
export const compareText = (left: string, right: string): number => {
  if (left === right) return 0;
  const shared = Math.min(left.length, right.length);
  let at = 0;
  while (at < shared && left.charCodeAt(at) === right.charCodeAt(at)) at += 1;
  // Below the surrogates the order of units is that of bytes.
  if (isBelowSurrogates(left, at) && isBelowSurrogates(right, at)) return left < right ? -1 : 1;
  const [a, b] = [toBytes(left), toBytes(right)];
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return Math.sign(a.length - b.length);
};

const hasLoneLow = (text: string): boolean => SURROGATE.test(text) && LONE_LOW.test(text);

/** Whether the unit at an index is no part of a pair; the end of a text is none. */
const isBelowSurrogates = (text: string, at: number): boolean => !(text.charCodeAt(at) >= ESCAPE_START);
