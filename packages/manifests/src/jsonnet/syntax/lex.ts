/**
 * Text to tokens. @spec https://jsonnet.org/ref/spec.html#lexing
 */
import { JsonnetProblem } from './jsonnet-failure.ts';
import { readText } from './read-text.ts';

/** A token. `text` of a string is its value; `isBlock` tells `|||` texts, which imports do not take. */
export interface Token {
  readonly kind: 'identifier' | 'keyword' | 'number' | 'string' | 'operator' | 'symbol' | 'end';
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly isBlock?: boolean;
}

const KEYWORDS: ReadonlySet<string> = new Set(
  (
    'assert else error false for function if import importstr importbin in local ' +
    'null tailstrict then self super true'
  ).split(' '),
);
const BLANK = /(?:[ \t\r\n]+|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const IDENTIFIER = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;
/** None is longer than four signs, and a longer run is read in parts: else a long one is read as often as it is long. */
const OPERATOR = /[!$:~+\-&|^=<>*/%]{1,8}/y;
const SYMBOLS = '{}[](),.;';

/** Reads a text into tokens, the last of kind `end`. Throws JsonnetProblem `JsonnetSyntax`. */
export const lexJsonnet = (text: string, file: string): readonly Token[] => {
  const tokens: Token[] = [];
  let at = skipBlank(text, 0, file);
  while (at < text.length) {
    const token = readToken(text, at, file);
    tokens.push(token);
    at = skipBlank(text, token.to, file);
  }
  tokens.push({ kind: 'end', text: '', from: text.length, to: text.length });
  return tokens;
};

const skipBlank = (text: string, at: number, file: string): number => {
  const end = at + (matchAt(BLANK, text, at)?.length ?? 0);
  if (text.startsWith('/*', end))
    throw new JsonnetProblem('JsonnetSyntax', 'this comment does not end; close it by */', {
      file,
      from: end,
      to: end + 2,
    });
  return end;
};

const readToken = (text: string, from: number, file: string): Token => {
  const first = text[from] ?? '';
  const identifier = matchAt(IDENTIFIER, text, from);
  if (identifier !== undefined)
    return { kind: KEYWORDS.has(identifier) ? 'keyword' : 'identifier', text: identifier, ...span(from, identifier) };
  if (/[0-9]/.test(first)) return readNumber(text, from, file);
  if (first === '"' || first === "'" || first === '@' || text.startsWith('|||', from))
    return readText(text, from, file);
  if (SYMBOLS.includes(first)) return { kind: 'symbol', text: first, from, to: from + 1 };
  const operator = readOperator(text, from);
  if (operator !== '') return { kind: 'operator', text: operator, ...span(from, operator) };
  throw new JsonnetProblem('JsonnetSyntax', `${JSON.stringify(first)} has no meaning here`, {
    file,
    from,
    to: from + 1,
  });
};

const readNumber = (text: string, from: number, file: string): Token => {
  const number = matchAt(NUMBER, text, from) ?? '';
  const to = from + number.length;
  const rest = text.slice(to, to + 2);
  if (number === '' || /^\.|^[eE]/.test(rest))
    throw new JsonnetProblem('JsonnetSyntax', 'this number is not whole: digits are missing', {
      file,
      from,
      to: to + 1,
    });
  return { kind: 'number', text: number, from, to };
};

/** As long as possible, but comments and texts begin new tokens, and `a<-b`, `!-b`, `:-1` are two operators. */
const readOperator = (text: string, from: number): string => {
  let operator = matchAt(OPERATOR, text, from) ?? '';
  const stop = /(?<=.)(?:\/\/|\/\*|\|\|\|)/s.exec(operator);
  if (stop) operator = operator.slice(0, stop.index);
  while (operator.length > 1 && /[+\-~!$]$/.test(operator)) operator = operator.slice(0, -1);
  return operator;
};

const span = (from: number, text: string): { readonly from: number; readonly to: number } => ({
  from,
  to: from + text.length,
});

const matchAt = (pattern: RegExp, text: string, at: number): string | undefined => {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
};
