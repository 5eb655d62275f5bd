/** PromQL text → tokens. @upstream prometheus promql/parser/lex.go */
import { QueryError } from './syntax.ts';

/** A word, a value, or a sign. */
export type Token =
  | { readonly kind: 'name'; readonly text: string }
  | { readonly kind: 'number'; readonly text: string; readonly value: number }
  | { readonly kind: 'duration'; readonly text: string; readonly ms: number }
  | { readonly kind: 'text'; readonly text: string; readonly value: string }
  | { readonly kind: 'sign'; readonly text: string };

/** Reads all tokens. Throws QueryError. */
export const readTokens = (query: string): readonly Token[] => {
  const tokens: Token[] = [];
  for (let at = 0; at < query.length;) {
    const rest = query.slice(at, at + LONGEST_TOKEN);
    const skipped = /^(?:\s+|#[^\n]*)+/.exec(rest)?.[0].length ?? 0;
    if (skipped > 0) {
      at += skipped;
      continue;
    }
    const token = readToken(rest, query);
    tokens.push(token);
    at += token.text.length;
  }
  return tokens;
};

/** Milliseconds of a duration such as `1h30m`; `undefined` when it is none. @spec querying/basics/#time-durations */
export const parseDuration = (text: string): number | undefined => {
  if (text === '' || DURATION.exec(text)?.[0] !== text) return undefined;
  return [...text.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (UNIT_MS[unit ?? ''] ?? 0),
    0,
  );
};

/** Longer than any query we accept a label value of. */
const LONGEST_TOKEN = 10_000;
const DURATION = /^(?:\d+y)?(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m(?!s))?(?:\d+s)?(?:\d+ms)?/;
const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};
const NUMBER = /^(?:0x[0-9a-f]+|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)/i;
const NAME = /^[A-Za-z_:][A-Za-z0-9_:]*/;
const SIGN = /^(?:=~|!~|==|!=|<=|>=|[-+*/%^=<>(){}[\],@:])/;

const readToken = (rest: string, query: string): Token => {
  const duration = DURATION.exec(rest)?.[0] ?? '';
  const number = NUMBER.exec(rest)?.[0] ?? '';
  if (duration.length > number.length) return { kind: 'duration', text: duration, ms: parseDuration(duration) ?? 0 };
  if (number !== '') return { kind: 'number', text: number, value: Number(number) };
  const name = NAME.exec(rest)?.[0];
  if (name !== undefined) return readName(name);
  const quoted = /^(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)/.exec(rest)?.[0];
  if (quoted !== undefined) return { kind: 'text', text: quoted, value: unquote(quoted) };
  if (/^["'`]/.test(rest)) throw new QueryError('parse error: unterminated quoted string');
  const sign = SIGN.exec(rest)?.[0];
  if (sign === undefined)
    throw new QueryError(`parse error: unexpected character ${JSON.stringify(rest[0])} in ${JSON.stringify(query)}`);
  return { kind: 'sign', text: sign };
};

const readName = (name: string): Token => {
  const lower = name.toLowerCase();
  if (lower === 'inf') return { kind: 'number', text: name, value: Infinity };
  return lower === 'nan' ? { kind: 'number', text: name, value: Number.NaN } : { kind: 'name', text: name };
};

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' };

const unquote = (quoted: string): string => {
  const inner = quoted.slice(1, -1);
  if (quoted.startsWith('`')) return inner;
  return inner.replace(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)/gs, (_, escaped: string) => {
    if (escaped.length > 1) return String.fromCodePoint(Number.parseInt(escaped.slice(1), 16));
    if (ESCAPES[escaped] !== undefined) return ESCAPES[escaped];
    if (`\\"'`.includes(escaped)) return escaped;
    throw new QueryError(`parse error: unknown escape sequence \\${escaped}`);
  });
};
