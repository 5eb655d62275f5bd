/**
 * What expr-lang 1.17 makes of expressions over every operator and function, and what must hold whatever the expression.
 */
import { readFileSync } from 'node:fs';

import { createSeededRandom } from '@argosy/base';
import { describe, expect, it } from 'vitest';

import { evaluateExpression } from './expression.ts';
import { GoDuration, GoTime } from './run/go-time.ts';
import type { ExprMap, ExprValue } from './run/values.ts';

type Outcome = { readonly value: unknown } | { readonly error: 'compile' | 'run' };

const CASES = JSON.parse(readFileSync(new URL('cases.json', import.meta.url), 'utf8')) as readonly (readonly [
  string,
  Outcome,
])[];

/** What the cases were computed with. */
const ENV: ExprMap = {
  i: 7n,
  j: -3n,
  f: 2.5,
  s: 'hello world',
  t: 'a,b,c',
  b: true,
  n: null,
  l: [3n, 1n, 2n, 2n],
  ls: ['b', 'a', 'c'],
  m: { x: 1n, y: 'two', z: null },
  e: [],
  lm: [
    { k: 'a', v: 1n },
    { k: 'b', v: 2n },
    { k: 'a', v: 3n },
  ],
};

/** Values as the cases tell them: with their kind, so that 1 and 1.0 differ. */
const told = (value: ExprValue): unknown => {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return `i:${value}`;
  if (typeof value === 'number') return `f:${formatFloat(value)}`;
  if (typeof value === 'string') return `s:${value}`;
  if (value instanceof GoDuration) return `d:${value.toString()}`;
  if (value instanceof GoTime) return `t:${value.toString()}`;
  if (Array.isArray(value)) return (value as readonly ExprValue[]).map(told);
  if (typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, told(v)] as const));
  return value;
};

const formatFloat = (value: number): string => {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  return Math.abs(value) < 1e21 ? String(value) : BigInt(value).toString();
};

describe('what expr-lang makes of it', () => {
  it.each(CASES)('%s', (source, outcome) => {
    const result = evaluateExpression(source, ENV, { now: 0 });
    expect(result.ok ? { value: told(result.value) } : { error: result.error.stage }).toEqual(outcome);
  });
});

const GENERATED = 40_000;
const BUDGET = 20_000;

/** Grows expressions from the parts of the language, some of them broken. */
const createGenerator = (seed: number) => {
  const random = createSeededRandom(seed);
  const pick = (of: readonly string[]): string => of[Math.floor(random.next() * of.length)] ?? '';
  const word = (): string => pick(WORDS);
  const grow = (depth: number): string => {
    if (depth === 0) return word();
    const inner = (): string => grow(depth - 1);
    const forms: readonly (() => string)[] = [
      () => `${inner()} ${pick(OPERATORS)} ${inner()}`,
      () => `${pick(['-', '!', 'not ', '+'])}${inner()}`,
      () => `${pick(FUNCTIONS)}(${inner()}${random.next() < 0.5 ? `, ${inner()}` : ''})`,
      () => `${pick(['map', 'filter', 'all', 'reduce', 'sortBy', 'groupBy', 'sum'])}(${inner()}, ${inner()})`,
      () => `${inner()} ? ${inner()} : ${inner()}`,
      () => `(${inner()})`,
      () => `[${inner()}, ${inner()}]`,
      () => `{a: ${inner()}, "b": ${inner()}}`,
      () => `let v = ${inner()}; ${inner()}`,
      () => `if ${inner()} { ${inner()} } else { ${inner()} }`,
      () => `${inner()}${pick(['.x', '?.y', '[0]', '[1:]', '["k"]', '.constructor', '.__proto__'])}`,
      () => `${inner()} | ${pick(FUNCTIONS)}()`,
    ];
    return forms[Math.floor(random.next() * forms.length)]?.() ?? '';
  };
  return (): string => {
    const text = grow(Math.floor(random.next() * 5));
    if (random.next() > 0.15) return text;
    const at = Math.floor(random.next() * (text.length + 1));
    return `${text.slice(0, at)}${pick(SPLINTERS)}${text.slice(at + Math.floor(random.next() * 3))}`;
  };
};

const WORDS =
  '0|7|-1|1.5|1e9|0xff|"a"|""|\'x\'|`r`|"1h"|"2024-01-02"|true|false|nil|i|j|f|s|t|b|n|l|ls|m|e|lm|#|.v|#acc|v|nope|$env|1..9|1..99999999'.split(
    '|',
  );
const OPERATORS = '+ - * / % ** ^ == != < <= > >= and or && || in matches contains startsWith endsWith .. ?? ;'.split(
  ' ',
);
const FUNCTIONS =
  'len type abs ceil round int float string trim upper split replace repeat join indexOf max min mean median toJSON fromJSON toBase64 fromBase64 duration date first last get take keys values toPairs fromPairs reverse uniq flatten sort concat bitand bitshl nope'.split(
    ' ',
  );
const SPLINTERS = [
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '"',
  "'",
  '`',
  '.',
  '#',
  '?',
  ':',
  ',',
  '|',
  '@',
  '\\',
  '\u0000',
  'é',
  '😀',
  '0x',
  '1e',
  '..',
  '//',
  '/*',
];

describe('whatever the expression', () => {
  it(`${GENERATED} of them end within their budget, as a value or as an error with its place`, () => {
    const next = createGenerator(2026);
    const outcomes = { value: 0, compile: 0, run: 0 };
    for (let turn = 0; turn < GENERATED; turn += 1) {
      const source = next();
      const result = evaluateExpression(source, ENV, { now: 0, budget: BUDGET });
      outcomes[result.ok ? 'value' : result.error.stage] += 1;
      if (!result.ok && result.error.reason !== 'budget') expect(result.error.message, source).toMatch(/\(\d+:\d+\)/);
    }
    // A generator that made nothing but rubbish would prove little.
    expect(Math.min(outcomes.value, outcomes.compile, outcomes.run)).toBeGreaterThan(GENERATED / 100);
  });
});
