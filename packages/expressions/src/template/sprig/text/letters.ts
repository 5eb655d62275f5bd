/**
 * Letters and spaces as package unicode sees them, one rune at a time.
 * @spec https://pkg.go.dev/unicode
 */
import { isInvalidByte, runesOf } from '../../go-text.ts';

const SPACES = new Set([
  ...'\t\n\v\f\r \u0085\u00a0\u1680\u2028\u2029\u202f\u205f\u3000',
  ...'\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a',
]);

/** unicode.IsSpace. */
export const isSpace = (rune: string): boolean => SPACES.has(rune);
/** unicode.IsUpper. */
export const isUpper = (rune: string): boolean => /^\p{Lu}$/u.test(rune);
/** unicode.IsLower. */
export const isLower = (rune: string): boolean => /^\p{Ll}$/u.test(rune);
/** unicode.IsTitle. */
export const isTitle = (rune: string): boolean => /^\p{Lt}$/u.test(rune);
/** unicode.IsLetter. */
export const isLetter = (rune: string): boolean => /^\p{L}$/u.test(rune);
/** unicode.IsDigit. */
export const isDigit = (rune: string): boolean => /^\p{Nd}$/u.test(rune);
/** unicode.IsNumber. */
export const isNumber = (rune: string): boolean => /^\p{N}$/u.test(rune);
/** unicode.IsPunct. */
export const isPunctuation = (rune: string): boolean => /^\p{P}$/u.test(rune);

/** unicode.ToUpper: one rune for one, so that ß stays. */
export const upperRune = (rune: string): string => {
  if (isInvalidByte(rune)) return '\ufffd';
  const upper = rune.toUpperCase();
  return runesOf(upper).length === 1 ? upper : rune;
};

/** unicode.ToLower: one rune for one. */
export const lowerRune = (rune: string): string => {
  if (isInvalidByte(rune)) return '\ufffd';
  const lower = runesOf(rune.toLowerCase());
  return lower[0] ?? rune;
};

/** strings.ToUpper. */
export const toUpper = (text: string): string => runesOf(text).map(upperRune).join('');
/** strings.ToLower. */
export const toLower = (text: string): string => runesOf(text).map(lowerRune).join('');

/** strings.TrimFunc. */
export const trimRunes = (text: string, isCut: (rune: string) => boolean): string => {
  const runes = runesOf(text);
  let [from, to] = [0, runes.length];
  while (from < to && isCut(runes[from] ?? '')) from += 1;
  while (to > from && isCut(runes[to - 1] ?? '')) to -= 1;
  return runes.slice(from, to).join('');
};

/** strings.TrimSpace. */
export const trimSpace = (text: string): string => trimRunes(text, isSpace);
