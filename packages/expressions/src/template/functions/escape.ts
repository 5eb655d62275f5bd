/**
 * Escaping for HTML, JavaScript and query strings.
 * @spec text/template/funcs.go HTMLEscape, JSEscape; net/url QueryEscape
 */
import { isPrintable } from '../format/quote.ts';
import { codePointOf, isInvalidByte, runesOf, toBytes } from '../go-text.ts';

const HTML: Readonly<Record<string, string>> = {
  '\u0000': '\ufffd',
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
};
const JS: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '<': '\\u003C',
  '>': '\\u003E',
  '&': '\\u0026',
  '=': '\\u003D',
};

/** For HTML. */
// oxlint-disable-next-line no-control-regex
export const escapeHtml = (text: string): string =>
  text.replace(/[\u0000"'&<>]/g, (character) => HTML[character] ?? '');

/** For a JavaScript text. */
export const escapeJs = (text: string): string => runesOf(text).map(escapeJsRune).join('');

const escapeJsRune = (rune: string): string => {
  const known = JS[rune];
  if (known !== undefined) return known;
  const code = codePointOf(rune);
  if (code < 0x20) return `\\u00${code.toString(16).toUpperCase().padStart(2, '0')}`;
  if (code < 0x80 || (isPrintable(rune) && !isInvalidByte(rune))) return rune;
  return `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`;
};

/** For the query of a URL. */
export const escapeQuery = (text: string): string =>
  [...toBytes(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      if (/[A-Za-z0-9\-_.~]/.test(character)) return character;
      return character === ' ' ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
