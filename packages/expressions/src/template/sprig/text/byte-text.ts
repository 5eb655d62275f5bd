/**
 * Texts as one character per byte, for functions that Go writes over bytes.
 */
import { fromBytes, isAscii, toBytes } from '../../go-text.ts';
import { GoError } from '../../values.ts';

/** Each byte as the character of its code. */
export const toByteText = (text: string): string =>
  isAscii(text) ? text : Array.from(toBytes(text), (byte) => String.fromCharCode(byte)).join('');

/** Back again. */
export const fromByteText = (text: string): string =>
  isAscii(text) ? text : fromBytes(Uint8Array.from(text, (character) => character.charCodeAt(0)));

/** Go's `text[start:end]` on a byte text, with its panics. */
export const cutBytes = (text: string, start: number | undefined, end: number | undefined): string => {
  const [from, to] = [start ?? 0, end ?? text.length];
  if (end !== undefined && (to > text.length || to < 0))
    throw new GoError(
      `runtime error: slice bounds out of range [:${to}]${to < 0 ? '' : ` with length ${text.length}`}`,
    );
  if (from > to || from < 0)
    throw new GoError(`runtime error: slice bounds out of range [${from}:${from < 0 ? '' : to}]`);
  return text.slice(from, to);
};
