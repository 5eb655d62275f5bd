/**
 * Texts in a program: quoted with escapes, verbatim (`@'…'`), and blocks (`|||`).
 */
import { JsonnetProblem } from './jsonnet-failure.ts';
import type { Token } from './lex.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** Reads the text that begins at an offset. Throws JsonnetProblem `JsonnetSyntax`. */
export const readText = (text: string, from: number, file: string): Token => {
  const refuse = (message: string, at = from): JsonnetProblem =>
    new JsonnetProblem('JsonnetSyntax', message, { file, from: at, to: at + 1 });
  if (text.startsWith('|||', from)) return readBlock(text, from, refuse);
  if (text[from] === '@') return readVerbatim(text, from, refuse);
  return readQuoted(text, from, refuse);
};

type Refuse = (message: string, at?: number) => JsonnetProblem;

const readVerbatim = (text: string, from: number, refuse: Refuse): Token => {
  const quote = text[from + 1];
  if (quote !== '"' && quote !== "'") throw refuse('@ begins a verbatim text; a quote must follow');
  for (let at = from + 2; at < text.length; at += 1) {
    if (text[at] !== quote) continue;
    if (text[at + 1] !== quote)
      return {
        kind: 'string',
        text: text.slice(from + 2, at).replaceAll(quote + quote, quote),
        from,
        to: at + 1,
      };
    at += 1;
  }
  throw refuse(`this text does not end; close it by ${quote}`);
};

const readQuoted = (text: string, from: number, refuse: Refuse): Token => {
  const quote = text[from] ?? '';
  let value = '';
  let at = from + 1;
  while (at < text.length) {
    const character = text[at] ?? '';
    if (character === quote) return { kind: 'string', text: value, from, to: at + 1 };
    if (character !== '\\') {
      value += character;
      at += 1;
      continue;
    }
    const escape = readEscape(text, at, refuse);
    value += escape.value;
    at = escape.to;
  }
  throw refuse(`this text does not end; close it by ${quote}`);
};

const readEscape = (text: string, at: number, refuse: Refuse): { readonly value: string; readonly to: number } => {
  const letter = text[at + 1] ?? '';
  if (letter === 'u') {
    const first = readUnit(text, at, refuse);
    if (first < 0xd800 || first > 0xdfff) return { value: String.fromCharCode(first), to: at + 6 };
    if (first > 0xdbff || !text.startsWith('\\u', at + 6))
      throw refuse('half of a surrogate pair; write both halves', at);
    const second = readUnit(text, at + 6, refuse);
    if (second < 0xdc00 || second > 0xdfff) throw refuse('half of a surrogate pair; write both halves', at);
    return { value: String.fromCharCode(first, second), to: at + 12 };
  }
  const value = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
  if (value === undefined) throw refuse(`\\${letter} is no escape; write \\\\ for a backslash`, at);
  return { value, to: at + 2 };
};

const readUnit = (text: string, at: number, refuse: Refuse): number => {
  const digits = text.slice(at + 2, at + 6);
  if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw refuse('\\u needs four hexadecimal digits', at);
  return Number.parseInt(digits, 16);
};

/** Lines after `|||`, less the blanks the first of them begins with, up to a less indented `|||`. */
const readBlock = (text: string, from: number, refuse: Refuse): Token => {
  const chomps = text[from + 3] === '-';
  let at = from + (chomps ? 4 : 3);
  while (/[ \t\r]/.test(text[at] ?? '')) at += 1;
  if (text[at] !== '\n') throw refuse('a line must end after |||');
  at += 1;
  let value = '';
  while (text[at] === '\n') {
    value += '\n';
    at += 1;
  }
  const indent = /[ \t]*/y;
  indent.lastIndex = at;
  const margin = indent.exec(text)?.[0] ?? '';
  if (margin === '') throw refuse('the first line of a ||| text must begin with blanks');
  while (text.startsWith(margin, at)) {
    const end = text.indexOf('\n', at);
    if (end < 0) throw refuse('this text does not end; close it by |||');
    value += text.slice(at + margin.length, end + 1);
    at = end + 1;
    while (text[at] === '\n') {
      value += '\n';
      at += 1;
    }
  }
  while (/[ \t]/.test(text[at] ?? '')) at += 1;
  if (!text.startsWith('|||', at))
    throw refuse('this text does not end; close it by ||| on a line that begins with fewer blanks', at);
  const whole = chomps ? value.slice(0, -1) : value;
  return { kind: 'string', text: whole, from, to: at + 3, isBlock: true };
};
