/**
 * Splits an expression into tokens.
 * @upstream expr-lang/expr parser/lexer
 */
import { LETTER_ESCAPES } from '../../escape-letters.ts';
import { syntaxError } from '../expr-error.ts';

/** A token; `text` of a string token is its value, decoded. */
export interface ExprToken {
  readonly kind: 'int' | 'float' | 'string' | 'name' | 'operator' | 'end';
  readonly text: string;
  readonly at: number;
}

const SPACE = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const NUMBER =
  /0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*(?:\.(?!\.)[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?/y;
const NAME = /[\p{L}_$][\p{L}\p{N}_$]*/uy;
const OPERATOR = /\?\?|\?\.|\?:|\*\*|\.\.|\|\||&&|==|!=|<=|>=|::|[-+*/%^<>!?:.,;()[\]{}|#=]/y;

/** Tokens in order, ended by one of kind `end`. Throws ExprError. */
export const tokenizeExpr = (source: string): readonly ExprToken[] => {
  const tokens: ExprToken[] = [];
  let index = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = index;
    return pattern.exec(source)?.[0];
  };
  for (;;) {
    index += take(SPACE)?.length ?? 0;
    if (index >= source.length) break;
    const token = nextToken(source, index, take);
    tokens.push(token.token);
    index = token.end;
  }
  tokens.push({ kind: 'end', text: '', at: source.length });
  return tokens;
};

interface Scanned {
  readonly token: ExprToken;
  readonly end: number;
}

const nextToken = (source: string, at: number, take: (pattern: RegExp) => string | undefined): Scanned => {
  const first = source[at] ?? '';
  if (first === '"' || first === "'" || first === '`') return readString(source, at, first);
  const isNumber = /\d/.test(first) || (first === '.' && /\d/.test(source[at + 1] ?? ''));
  const number = isNumber ? take(NUMBER) : undefined;
  if (number !== undefined) {
    if (/[\p{L}_]/u.test(source[at + number.length] ?? '')) throw syntaxError(`bad number syntax: ${number}`, at);
    const isFloat = !/^0[xXbBoO]/.test(number) && /[.eE]/.test(number);
    return {
      token: { kind: isFloat ? 'float' : 'int', text: number.replaceAll('_', ''), at },
      end: at + number.length,
    };
  }
  const name = take(NAME);
  if (name !== undefined) return { token: { kind: 'name', text: name, at }, end: at + name.length };
  const operator = take(OPERATOR);
  if (operator === undefined) throw syntaxError(`unrecognized character: ${JSON.stringify(first)}`, at);
  return { token: { kind: 'operator', text: operator, at }, end: at + operator.length };
};

const ESCAPES: Readonly<Record<string, string>> = {
  ...LETTER_ESCAPES,
  '\\': '\\',
  "'": "'",
  '"': '"',
  '`': '`',
};

const readString = (source: string, at: number, quote: string): Scanned => {
  let text = '';
  let index = at + 1;
  for (;;) {
    const character = source[index];
    if (character === undefined || (character === '\n' && quote !== '`'))
      throw syntaxError('literal not terminated', at);
    if (character === quote) {
      if (quote === '`' && source[index + 1] === '`') {
        text += '`';
        index += 2;
        continue;
      }
      return { token: { kind: 'string', text, at }, end: index + 1 };
    }
    if (character !== '\\' || quote === '`') {
      text += character;
      index += 1;
      continue;
    }
    const escape = readEscape(source, index);
    text += escape.text;
    index = escape.end;
  }
};

const readEscape = (source: string, at: number): { readonly text: string; readonly end: number } => {
  const letter = source[at + 1] ?? '';
  const simple = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
  if (simple !== undefined) return { text: simple, end: at + 2 };
  const coded = /^\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|u\{([\da-fA-F]{1,6})\}|U([\da-fA-F]{8})|([0-7]{3}))/.exec(
    source.slice(at, at + 12),
  );
  if (!coded) throw syntaxError('invalid char escape', at);
  const hex = coded[1] ?? coded[2] ?? coded[3] ?? coded[4];
  const code = hex === undefined ? Number.parseInt(coded[5] ?? '0', 8) : Number.parseInt(hex, 16);
  if (code > 0x10ffff) throw syntaxError('invalid char escape', at);
  return { text: String.fromCodePoint(code), end: at + coded[0].length };
};
