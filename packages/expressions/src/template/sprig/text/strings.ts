/**
 * Sprig's functions of texts.
 * @spec https://masterminds.github.io/sprig/strings.html
 */
import { quoteGo } from '../../format/quote.ts';
import { formatValue } from '../../format/print.ts';
import { goFunction } from '../../functions/signature.ts';
import { compareText, fromBytes, runesOf, toBytes } from '../../go-text.ts';
import { GoError, GoList, GoMap, textList, type CallContext, type GoFunctions } from '../../values.ts';
import { decodeBase, encodeBase } from '../../encoding/base-codes.ts';
import { toText, toTextList, toTexts } from '../coerce.ts';
import { cutBytes, fromByteText, toByteText } from './byte-text.ts';
import { isSpace, toLower, toUpper, trimRunes, trimSpace } from './letters.ts';
import { joinWords, swapCase, toPascalCase, toTitle, uncapitalize } from './word-case.ts';
import { abbreviate, wrapText } from './wrap.ts';

const repeat = (text: string, count: number, context: CallContext): string => {
  if (count < 0) throw new GoError('strings: negative Repeat count');
  context.reserve(text.length * count);
  return text.repeat(count);
};

const indent = (spaces: bigint, text: string, context: CallContext): string => {
  const pad = repeat(' ', Number(spaces), context);
  const lines = text.split('\n');
  context.reserve(text.length + lines.length * pad.length);
  return pad + lines.join(`\n${pad}`);
};

const truncate = (count: number, text: string): string => {
  const bytes = toByteText(text);
  if (count < 0) return bytes.length + count > 0 ? fromByteText(bytes.slice(count)) : text;
  return bytes.length > count ? fromByteText(bytes.slice(0, count)) : text;
};

const substring = (start: number, end: number, text: string): string => {
  const bytes = toByteText(text);
  if (start < 0) return fromByteText(cutBytes(bytes, undefined, end));
  const isOpen = end < 0 || end > bytes.length;
  return fromByteText(cutBytes(bytes, start, isOpen ? undefined : end));
};

/** First bytes of words, as if bytes were letters: so goutils has it. */
const initials = (text: string): string => {
  let wasGap = true;
  return [...toByteText(text)]
    .filter((byte) => {
      if (isSpace(byte)) {
        wasGap = true;
        return false;
      }
      const isFirst = wasGap;
      wasGap = false;
      return isFirst;
    })
    .join('');
};

const withoutSpace = (text: string): string => {
  const bytes = [...toByteText(text)];
  const kept = bytes.filter((byte) => !isSpace(byte));
  return kept.length === bytes.length ? text : kept.join('');
};

/** strings.Split: an empty separator parts the runes. */
const split = (text: string, separator: string): readonly string[] =>
  separator === '' ? runesOf(text) : text.split(separator);

const splitN = (text: string, separator: string, count: number): readonly string[] => {
  if (count === 0) return [];
  const parts = split(text, separator);
  if (count < 0 || parts.length <= count) return parts;
  return [...parts.slice(0, count - 1), parts.slice(count - 1).join(separator)];
};

const numbered = (parts: readonly string[]): GoMap =>
  new GoMap(new Map(parts.map((part, index) => [`_${index}`, part])), 'string');

const decoded = (kind: 'base64' | 'base32', text: string): string => {
  const result = decodeBase(kind, text);
  return result.ok ? fromBytes(result.value) : result.error;
};

const trimSet = goFunction(['string', 'string'], ([set, text]) => {
  const cut = new Set(runesOf(set));
  return trimRunes(text, (rune) => cut.has(rune));
});

/** Functions of texts. */
export const STRING_FUNCTIONS: GoFunctions = {
  hello: goFunction([], () => 'Hello!'),
  abbrev: goFunction(['int', 'string'], ([width, text]) => (width < 4n ? text : abbreviate(text, 0, Number(width)))),
  abbrevboth: goFunction(['int', 'int', 'string'], ([left, right, text]) =>
    right < 4n || (left > 0n && right < 7n) ? text : abbreviate(text, Number(left), Number(right)),
  ),
  b32dec: goFunction(['string'], ([text]) => decoded('base32', text)),
  b32enc: goFunction(['string'], ([text]) => encodeBase('base32', toBytes(text))),
  b64dec: goFunction(['string'], ([text]) => decoded('base64', text)),
  b64enc: goFunction(['string'], ([text]) => encodeBase('base64', toBytes(text))),
  camelcase: goFunction(['string'], ([text]) => toPascalCase(text)),
  cat: goFunction(['...any'], ([values]) =>
    values
      .filter((value) => value !== null && value !== undefined)
      .map(formatValue)
      .join(' '),
  ),
  contains: goFunction(['string', 'string'], ([part, text]) => text.includes(part)),
  hasPrefix: goFunction(['string', 'string'], ([part, text]) => text.startsWith(part)),
  hasSuffix: goFunction(['string', 'string'], ([part, text]) => text.endsWith(part)),
  indent: goFunction(['int', 'string'], ([spaces, text], context) => indent(spaces, text, context)),
  initials: goFunction(['string'], ([text]) => initials(text)),
  join: goFunction(['string', 'any'], ([separator, values], context) => {
    const texts = toTexts(values);
    context.reserve(separator.length * texts.length);
    return texts.join(separator);
  }),
  kebabcase: goFunction(['string'], ([text]) => joinWords(text, '-')),
  lower: goFunction(['string'], ([text]) => toLower(text)),
  nindent: goFunction(['int', 'string'], ([spaces, text], context) => `\n${indent(spaces, text, context)}`),
  nospace: goFunction(['string'], ([text]) => withoutSpace(text)),
  plural: goFunction(['string', 'string', 'int'], ([one, many, count]) => (count === 1n ? one : many)),
  quote: goFunction(['...any'], ([values]) =>
    values
      .filter((value) => value !== null && value !== undefined)
      .map((value) => quoteGo(toText(value)))
      .join(' '),
  ),
  repeat: goFunction(['int', 'string'], ([count, text], context) => repeat(text, Number(count), context)),
  replace: goFunction(['string', 'string', 'string'], ([from, to, text], context) => {
    if (from === '') context.reserve(text.length * (to.length + 1));
    return from === ''
      ? `${to}${runesOf(text)
          .map((rune) => rune + to)
          .join('')}`
      : text.replaceAll(from, () => to);
  }),
  snakecase: goFunction(['string'], ([text]) => joinWords(text, '_')),
  sortAlpha: goFunction(['any'], ([value]) => {
    if (!(value instanceof GoList)) return textList([toText(value)]);
    return value.isNil ? toTextList(value) : textList([...toTexts(value)].sort(compareText));
  }),
  split: goFunction(['string', 'string'], ([separator, text]) => numbered(split(text, separator))),
  splitList: goFunction(['string', 'string'], ([separator, text]) => textList(split(text, separator))),
  splitn: goFunction(['string', 'int', 'string'], ([separator, count, text]) =>
    numbered(splitN(text, separator, Number(count))),
  ),
  squote: goFunction(['...any'], ([values]) =>
    values
      .filter((value) => value !== null && value !== undefined)
      .map((value) => `'${formatValue(value)}'`)
      .join(' '),
  ),
  substr: goFunction(['int', 'int', 'string'], ([start, end, text]) => substring(Number(start), Number(end), text)),
  swapcase: goFunction(['string'], ([text]) => swapCase(text)),
  title: goFunction(['string'], ([text]) => toTitle(text)),
  toString: goFunction(['any'], ([value]) => toText(value)),
  toStrings: goFunction(['any'], ([value]) => toTextList(value)),
  trim: goFunction(['string'], ([text]) => trimSpace(text)),
  trimAll: trimSet,
  trimall: trimSet,
  trimPrefix: goFunction(['string', 'string'], ([part, text]) =>
    text.startsWith(part) ? text.slice(part.length) : text,
  ),
  trimSuffix: goFunction(['string', 'string'], ([part, text]) =>
    text.endsWith(part) ? text.slice(0, text.length - part.length) : text,
  ),
  trunc: goFunction(['int', 'string'], ([count, text]) => truncate(Number(count), text)),
  untitle: goFunction(['string'], ([text]) => uncapitalize(text)),
  upper: goFunction(['string'], ([text]) => toUpper(text)),
  wrap: goFunction(['int', 'string'], ([width, text]) =>
    wrapText(text, { width: Number(width), newline: '', breaksWords: false }),
  ),
  wrapWith: goFunction(['int', 'string', 'string'], ([width, newline, text], context) => {
    context.reserve(text.length * (newline.length + 1));
    return wrapText(text, { width: Number(width), newline, breaksWords: true });
  }),
};
