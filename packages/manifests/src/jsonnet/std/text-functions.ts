/**
 * Functions of texts.
 */
import { codePoints, sliceText, textLength, toText } from '../runtime/operations.ts';
import { quote } from '../runtime/write-json.ts';
import { force, isArray } from '../runtime/values.ts';
import { formatText } from './format.ts';
import type { Call, Native, Natives } from './native.ts';

const mapText = (change: (text: string) => string, parameter = 'str'): Native => [
  parameter,
  (call) => {
    const text = call.text(0);
    call.machine.reserve(text.length);
    return change(text);
  },
];
const escaped = (change: (text: string) => string, parameter = 'str_'): Native => [
  parameter,
  (call) => {
    const text = toText(call.machine, call.value(0));
    call.machine.reserve(text.length);
    return change(text);
  },
];

const XML: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;', "'": '&apos;' };
const escapeXml = (text: string): string => text.replace(/[<>&"']/g, (character) => XML[character] ?? '');

/** Without these characters at its begin, its end. */
const strip = (text: string, characters: string, ends: 'left' | 'right' | 'both'): string => {
  const unwanted = new Set(characters);
  const list = [...text];
  let from = 0;
  let to = list.length;
  if (ends !== 'right') while (from < to && unwanted.has(list[from] ?? '')) from += 1;
  if (ends !== 'left') while (to > from && unwanted.has(list[to - 1] ?? '')) to -= 1;
  return list.slice(from, to).join('');
};
const stripping = (ends: 'left' | 'right' | 'both'): Native => [
  'str chars',
  (call) => {
    const characters = call.value(1);
    const list = isArray(characters)
      ? characters.map((item) => toText(call.machine, force(item))).join('')
      : call.text(1);
    return strip(call.text(0), list, ends);
  },
];

const split = (call: Call, most: number): readonly string[] => {
  const [text, separator] = [call.text(0), call.text(1)];
  if (separator === '') throw call.fail('the separator is empty');
  const parts = text.split(separator);
  call.machine.reserve(text.length + parts.length);
  if (most < 0 || parts.length <= most + 1) return parts;
  return [...parts.slice(0, most), parts.slice(most).join(separator)];
};
const splitFromRight = (call: Call, most: number): readonly string[] => {
  const parts = split(call, -1);
  if (most < 0 || parts.length <= most + 1) return parts;
  const kept = parts.length - most;
  return [parts.slice(0, kept).join(call.text(1)), ...parts.slice(kept)];
};

const parseDigits = (call: Call, radix: number, digits: RegExp): number => {
  const text = call.text(0);
  const sign = radix === 10 && text.startsWith('-') ? -1 : 1;
  const plain = radix === 10 ? text.replace(/^[-+]/, '') : text;
  if (!digits.test(plain)) throw call.fail(`${JSON.stringify(text)} is no number of base ${radix}`);
  let value = 0;
  for (const digit of plain) value = value * radix + Number.parseInt(digit, radix);
  return sign * value;
};

/** Typed apart: every object has a `toString` of its own. */
const TO_STRING: Native = ['a', (call) => toText(call.machine, call.value(0))];

/** By name. */
export const TEXT_FUNCTIONS: Natives = {
  toString: TO_STRING,
  codepoint: [
    'str',
    (call) => {
      const text = call.text(0);
      if (textLength(text) !== 1) throw call.fail(`the text has one character, not ${textLength(text)}`);
      return text.codePointAt(0) ?? 0;
    },
  ],
  char: [
    'n',
    (call) => {
      const code = Math.trunc(call.number(0));
      if (code < 0 || code > 0x10ffff) throw call.fail(`${code} is no code point`);
      return code >= 0xd800 && code <= 0xdfff ? '\uFFFD' : String.fromCodePoint(code);
    },
  ],
  substr: [
    'str from len',
    (call) => {
      const [text, from, length] = [call.text(0), call.whole(1), call.whole(2)];
      if (from < 0) throw call.fail(`from is at least 0, not ${from}`);
      if (length < 0) throw call.fail(`len is at least 0, not ${length}`);
      return sliceText(text, from, from + length);
    },
  ],
  findSubstr: [
    'pat str',
    (call) => {
      const [pattern, text] = [call.text(0), call.text(1)];
      const found: number[] = [];
      if (pattern === '') return found;
      for (let at = text.indexOf(pattern); at >= 0; at = text.indexOf(pattern, at + 1)) {
        call.machine.spend(1);
        found.push(textLength(text.slice(0, at)));
      }
      return found;
    },
  ],
  startsWith: ['a b', (call) => call.text(0).startsWith(call.text(1))],
  endsWith: ['a b', (call) => call.text(0).endsWith(call.text(1))],
  stripChars: stripping('both'),
  lstripChars: stripping('left'),
  rstripChars: stripping('right'),
  trim: mapText((text) => strip(text, ' \t\n\f\r\u0085\u00a0', 'both')),
  split: ['str c', (call) => split(call, -1)],
  splitLimit: ['str c maxsplits', (call) => split(call, call.number(2))],
  splitLimitR: ['str c maxsplits', (call) => splitFromRight(call, call.number(2))],
  strReplace: [
    'str from to',
    (call) => {
      const [text, from, to] = [call.text(0), call.text(1), call.text(2)];
      if (from === '') throw call.fail('the text to replace is empty');
      const parts = text.split(from);
      call.machine.reserve(text.length + parts.length * to.length);
      return parts.join(to);
    },
  ],
  isEmpty: ['str', (call) => call.text(0) === ''],
  equalsIgnoreCase: ['str1 str2', (call) => call.text(0).toLowerCase() === call.text(1).toLowerCase()],
  asciiLower: mapText((text) => lower(text)),
  asciiUpper: mapText((text) => text.replace(/[a-z]+/g, (found) => found.toUpperCase())),
  stringChars: [
    'str',
    (call) => {
      const text = call.text(0);
      call.machine.reserve(text.length);
      return Array.from(codePoints(text));
    },
  ],
  format: ['str vals', (call) => formatText(call.machine, call.text(0), call.value(1))],
  escapeStringBash: escaped((text) => `'${text.replaceAll("'", `'"'"'`)}'`),
  escapeStringDollars: escaped((text) => text.replaceAll('$', '$$$$')),
  escapeStringJson: escaped(quote),
  escapeStringPython: escaped(quote, 'str'),
  escapeStringXML: escaped(escapeXml),
  parseInt: ['str', (call) => parseDigits(call, 10, /^[0-9]+$/)],
  parseOctal: ['str', (call) => parseDigits(call, 8, /^[0-7]+$/)],
  parseHex: ['str', (call) => parseDigits(call, 16, /^[0-9a-fA-F]+$/)],
  resolvePath: [
    'f r',
    (call) => {
      const parts = call.text(0).split('/');
      return [...parts.slice(0, -1), call.text(1)].join('/');
    },
  ],
};

const lower = (text: string): string => text.replace(/[A-Z]+/g, (found) => found.toLowerCase());
