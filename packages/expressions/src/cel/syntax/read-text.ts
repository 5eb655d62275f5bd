/**
 * Texts and bytes of CEL, with their escapes.
 * @spec https://github.com/google/cel-spec/blob/master/doc/langdef.md#string-and-bytes-values
 */
import { LETTER_ESCAPES } from '../../escape-letters.ts';
import { CelCompileError } from '../cel-error.ts';

const SIMPLE: Readonly<Record<string, string>> = {
  ...LETTER_ESCAPES,
  '\\': '\\',
  '"': '"',
  "'": "'",
  '`': '`',
  '?': '?',
};
const ESCAPE = /\\(?:[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|([abfnrtv\\"'`?]))/y;

/** Reads the literal at an offset. */
export const readCelText = (
  source: string,
  at: number,
): { readonly value: string | Uint8Array; readonly end: number } => {
  const prefix = /^[bBrR]*/.exec(source.slice(at, at + 2))?.[0] ?? '';
  const isRaw = /r/i.test(prefix);
  const isBytes = /b/i.test(prefix);
  const start = at + prefix.length;
  const single = source[start] ?? '"';
  const quote = source.startsWith(single.repeat(3), start) ? single.repeat(3) : single;
  const close = findClose(source, { from: start + quote.length, quote, isRaw });
  if (close < 0) throw new CelCompileError(`Syntax error: token recognition error at: '${source.slice(at)}'`, at);
  const body = source.slice(start + quote.length, close);
  const end = close + quote.length;
  if (isRaw) return { value: isBytes ? new TextEncoder().encode(body) : body, end };
  return { value: isBytes ? unescapeBytes(body, at) : unescapeText(body, at), end };
};

const findClose = (
  source: string,
  how: { readonly from: number; readonly quote: string; readonly isRaw: boolean },
): number => {
  for (let at = how.from; at < source.length; at += 1) {
    if (source.startsWith(how.quote, at)) return at;
    if (source[at] === '\\' && !how.isRaw) at += 1;
    else if (source[at] === '\n' && how.quote.length === 1) return -1;
  }
  return -1;
};

/** Parts of a body: text as it is, or what an escape stands for. */
const partsOf = function* (
  body: string,
  at: number,
): Generator<{ readonly text?: string; readonly code?: number; readonly byte?: number }> {
  for (let index = 0; index < body.length;) {
    const escape = body.indexOf('\\', index);
    if (escape !== index) {
      const end = escape < 0 ? body.length : escape;
      yield { text: body.slice(index, end) };
      index = end;
      continue;
    }
    ESCAPE.lastIndex = index;
    const match = ESCAPE.exec(body);
    if (!match) throw new CelCompileError('Syntax error: invalid escape sequence in a text', at);
    const [, hex, short, long, octal, simple] = match;
    const code = short ?? long;
    if (simple !== undefined) yield { text: SIMPLE[simple] ?? '' };
    else if (code !== undefined) yield { code: Number.parseInt(code, 16) };
    else yield { byte: hex === undefined ? Number.parseInt(octal ?? '0', 8) : Number.parseInt(hex, 16) };
    index = ESCAPE.lastIndex;
  }
};

const runeOf = (code: number, at: number): string => {
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
    throw new CelCompileError('Syntax error: invalid unicode code point', at);
  return String.fromCodePoint(code);
};

/** In texts, `\xNN` and octal escapes are code points. */
const unescapeText = (body: string, at: number): string =>
  [...partsOf(body, at)].map((part) => part.text ?? runeOf(part.code ?? part.byte ?? 0, at)).join('');

/** In bytes, they are bytes. */
const unescapeBytes = (body: string, at: number): Uint8Array => {
  const encoder = new TextEncoder();
  return Uint8Array.from(
    [...partsOf(body, at)].flatMap((part) =>
      part.byte === undefined ? [...encoder.encode(part.text ?? runeOf(part.code ?? 0, at))] : [part.byte],
    ),
  );
};
