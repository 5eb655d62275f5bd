/**
 * Tokens of CEL.
 * @spec https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax
 */
import { CelCompileError } from '../cel-error.ts';
import { CelUint, type CelValue } from '../values/cel-value.ts';
import { readCelText } from './read-text.ts';

/** A token. Literals carry their value. */
export interface CelToken {
  readonly kind: 'identifier' | 'literal' | 'mark' | 'end';
  readonly text: string;
  readonly at: number;
  readonly value?: CelValue;
}

const BLANK = /(?:[ \t\r\n\f]+|\/\/[^\n]*)+/y;
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /(?:0x[0-9a-fA-F]+[uU]?|\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?|\d+[uU]?)/y;
const MARK = /(?:&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,()[\]{}])/y;
const TEXT = /(?:[bB]?[rR]?|[rR][bB])(?:"""|'''|"|')/y;

/** Splits a source. */
export const tokenizeCel = (source: string): readonly CelToken[] => {
  const tokens: CelToken[] = [];
  let at = skip(source, 0);
  while (at < source.length) {
    const [token, end] = readToken(source, at);
    tokens.push(token);
    at = skip(source, end);
  }
  tokens.push({ kind: 'end', text: '<EOF>', at: source.length });
  return tokens;
};

const skip = (source: string, at: number): number => {
  BLANK.lastIndex = at;
  return BLANK.test(source) ? BLANK.lastIndex : at;
};

const matchAt = (pattern: RegExp, source: string, at: number): string | undefined => {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0];
};

const readToken = (source: string, at: number): readonly [CelToken, number] => {
  if (matchAt(TEXT, source, at) !== undefined) {
    const { value, end } = readCelText(source, at);
    return [{ kind: 'literal', text: source.slice(at, end), at, value }, end];
  }
  const word = matchAt(WORD, source, at);
  if (word !== undefined) return [wordToken(word, at), at + word.length];
  const number = matchAt(NUMBER, source, at);
  if (number !== undefined)
    return [{ kind: 'literal', text: number, at, value: numberOf(number, at) }, at + number.length];
  const mark = matchAt(MARK, source, at);
  if (mark !== undefined) return [{ kind: 'mark', text: mark, at }, at + mark.length];
  throw new CelCompileError(`Syntax error: token recognition error at: '${source.slice(at, at + 1)}'`, at);
};

const wordToken = (word: string, at: number): CelToken => {
  if (word === 'true' || word === 'false') return { kind: 'literal', text: word, at, value: word === 'true' };
  if (word === 'null') return { kind: 'literal', text: word, at, value: null };
  return word === 'in' ? { kind: 'mark', text: word, at } : { kind: 'identifier', text: word, at };
};

/** Integers are checked for their range once a sign is known. */
const numberOf = (text: string, at: number): CelValue => {
  if (/[uU]$/.test(text)) {
    const value = BigInt(text.slice(0, -1));
    if (value >= 2n ** 64n) throw new CelCompileError('invalid uint literal', at);
    return new CelUint(value);
  }
  return /^0x|^\d+$/.test(text) ? BigInt(text) : Number(text);
};
