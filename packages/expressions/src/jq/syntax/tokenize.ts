/**
 * Tokens of a jq program. Texts with `\(…)` inside are tokenized whole: the parser reads what is inside.
 */
import { JqSyntaxError } from '../jq-error.ts';

/** A token. */
export interface Token {
  readonly kind: 'name' | 'field' | 'variable' | 'format' | 'number' | 'string' | 'mark' | 'end';
  /** The name, number or mark; for a text, what stands between the quotes, escapes and all. */
  readonly text: string;
  readonly at: number;
}

const PATTERNS: readonly (readonly [Token['kind'], RegExp])[] = [
  ['number', /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y],
  ['field', /\.[A-Za-z_][A-Za-z0-9_]*/y],
  ['variable', /\$(?:[A-Za-z_][A-Za-z0-9_]*(?:::[A-Za-z_][A-Za-z0-9_]*)*)/y],
  ['format', /@[A-Za-z0-9_]+/y],
  ['name', /[A-Za-z_][A-Za-z0-9_]*(?:::[A-Za-z_][A-Za-z0-9_]*)*/y],
  ['mark', /\?\/\/=?|\/\/=|[-+*/%|]=|==|!=|<=|>=|\/\/|\.\.|[-.[\]{}():;,|=<>+*/%?]/y],
];
const BLANK = /(?:[ \t\r\n]+|#(?:\\[^\n]?\n?|[^\n\\])*)+/y;

/** Splits a program. */
export const tokenizeJq = (source: string): readonly Token[] => {
  const tokens: Token[] = [];
  let at = skipBlank(source, 0);
  while (at < source.length) {
    const token = source[at] === '"' ? readText(source, at) : readToken(source, at);
    tokens.push(token);
    at = skipBlank(source, at + token.text.length + (token.kind === 'string' ? 2 : 0));
  }
  tokens.push({ kind: 'end', text: '', at: source.length });
  return tokens;
};

const skipBlank = (source: string, at: number): number => {
  BLANK.lastIndex = at;
  return BLANK.test(source) ? BLANK.lastIndex : at;
};

const readToken = (source: string, at: number): Token => {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at;
    const text = pattern.exec(source)?.[0];
    if (text === undefined) continue;
    // A number runs on into letters or a second point: not a number.
    const after = source.slice(at + text.length, at + text.length + 1);
    if (kind === 'number' && /[A-Za-z0-9_.]/.test(after) && !/^\.[A-Za-z_[]/.test(source.slice(at + text.length)))
      throw new JqSyntaxError(`invalid token ${JSON.stringify(text + after)}`, at);
    return { kind, text, at };
  }
  throw new JqSyntaxError(`unexpected token ${JSON.stringify(source.slice(at, at + 1))}`, at);
};

const readText = (source: string, at: number): Token => {
  const end = endOfText(source, at + 1);
  return { kind: 'string', text: source.slice(at + 1, end), at };
};

/** Offset of the quote that ends a text; what `\(` opens is stepped over. */
const endOfText = (source: string, from: number): number => {
  for (let at = from; at < source.length; at += 1) {
    if (source[at] === '"') return at;
    if (source[at] !== '\\') continue;
    at += 1;
    if (source[at] === '(') at = endOfInterpolation(source, at + 1);
  }
  throw new JqSyntaxError('unterminated string literal', from - 1);
};

/** Offset of the parenthesis that closes an interpolation. */
export const endOfInterpolation = (source: string, from: number): number => {
  let depth = 1;
  for (let at = from; at < source.length; at += 1) {
    const character = source[at];
    if (character === '"') at = endOfText(source, at + 1);
    else if (character === '#') at = Math.max(at, skipBlank(source, at) - 1);
    else if (character === '(') depth += 1;
    else if (character === ')') {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  throw new JqSyntaxError('unterminated string literal', from - 2);
};
