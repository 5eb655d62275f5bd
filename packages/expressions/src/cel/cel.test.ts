/**
 * Expressions and what cel-go made of them in the environment of Kubernetes 1.34; `true` is a failure whose words
 * are its own.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { formatFloat } from '../template/format/float.ts';
import { BOOL, BYTES, DOUBLE, DYN, INT, listOf, mapOf, STRING, UINT } from './values/cel-type.ts';
import {
  CelDuration,
  CelList,
  CelMap,
  CelOpaque,
  CelOptional,
  CelTimestamp,
  CelTypeValue,
  CelUint,
  type CelValue,
} from './values/cel-value.ts';
import { compileCel, runCel, type CelFailure } from './cel.ts';
import cases from './cases.json' with { type: 'json' };

const TYPES = {
  i: INT,
  j: INT,
  u: UINT,
  f: DOUBLE,
  s: STRING,
  t: STRING,
  b: BOOL,
  y: BYTES,
  l: listOf(INT),
  m: mapOf(STRING, INT),
  ss: listOf(STRING),
  d: DYN,
  dl: listOf(DYN),
};

const VALUES: Readonly<Record<string, CelValue>> = {
  i: 7n,
  j: -3n,
  u: new CelUint(5n),
  f: 2.5,
  s: 'héllo wörld',
  t: 'ab',
  b: true,
  y: new TextEncoder().encode('xyz'),
  l: new CelList([3n, 1n, 2n]),
  m: new CelMap([
    ['a', 1n],
    ['b', 2n],
  ]),
  ss: new CelList(['b', 'a', 'c']),
  d: new CelMap([
    ['x', 1n],
    ['y', new CelList([1n, 'z'])],
    ['n', null],
    ['o', new CelMap([['p', 'q']])],
  ]),
  dl: new CelList([1n, 'a', 2.5, true]),
};

const show = (value: CelValue): string => {
  if (value === null || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string')
    return JSON.stringify(value).replace(/[<>&]/g, (one) => `\\u00${one.charCodeAt(0).toString(16)}`);
  if (typeof value === 'number')
    return Number.isFinite(value) ? `d${formatFloat(value, 'g', -1)}` : formatFloat(value, 'g', -1);
  if (value instanceof Uint8Array) return `b:${btoa(String.fromCharCode(...value))}`;
  if (value instanceof CelUint) return `${value.value}u`;
  if (value instanceof CelDuration) return `dur:${value.nanoseconds}`;
  if (value instanceof CelTimestamp) return showTime(value.nanoseconds);
  if (value instanceof CelOptional) return value.held ? `some(${show(value.held.value)})` : 'none';
  if (value instanceof CelTypeValue) return `type:${value.name}`;
  if (value instanceof CelList) return `[${value.items.map(show).join(',')}]`;
  if (value instanceof CelOpaque) return `${value.type}:`;
  const entries = [...value.entries.values()].map((entry) => `${show(entry.key)}:${show(entry.value)}`);
  return `{${entries.sort().join(',')}}`;
};

const showTime = (nanoseconds: bigint): string => {
  const fraction = ((nanoseconds % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  return `ts:${(nanoseconds - fraction) / 1_000_000_000n}.${fraction}`;
};

type Outcome = { readonly value: string } | CelFailure;

const outcomeOf = (source: string, cost?: number): Outcome => {
  const compiled = compileCel(source, TYPES);
  if (!compiled.ok) return compiled.error;
  const run = runCel(compiled.value, VALUES, cost === undefined ? {} : { cost });
  return run.ok ? { value: show(run.value) } : run.error;
};

interface Case {
  readonly source: string;
  readonly value?: string;
  readonly error?: string | true;
  readonly compile?: string | true;
}

describe('what cel-go gives', () => {
  const table: readonly Case[] = cases as readonly Case[];
  it.each(table)('$source', ({ source, value, error, compile }) => {
    const outcome = outcomeOf(source);
    if (value !== undefined) return expect(outcome).toEqual({ value });
    const words = error ?? compile;
    const message = words === true ? (expect.any(String) as string) : words;
    return expect(outcome).toEqual({ reason: error === undefined ? 'compile' : 'run', message });
  });
});

describe('budgets', () => {
  it('stops loops within loops', () => {
    const source = 'lists.range(300).all(x, lists.range(300).all(y, lists.range(300).all(z, x + y + z >= 0)))';
    expect(outcomeOf(source)).toMatchObject({ reason: 'budget' });
    expect(outcomeOf('l.all(x, x > 0)', 3)).toMatchObject({ reason: 'budget' });
  });

  it.each([
    ['||', 'lists.range(2000000).size() > 0 || true'],
    ['exists', 'l.exists(x, lists.range(2000000).size() > 0 || true)'],
  ])('is not made up for by %s', (_, source) => {
    expect(outcomeOf(source)).toMatchObject({ reason: 'budget' });
  });

  const doubled = `optional.of(l)${'.optMap(x, [x, x])'.repeat(50)}`;
  const dynamic = `optional.of(dl)${'.optMap(x, [dyn(x), dyn(x)])'.repeat(50)}`;
  it.each([
    ['returned', doubled],
    ['compared', `${doubled} == ${doubled}`],
    ['looked for', `${dynamic}.value() in [${dynamic}.value()]`],
    ['found', `[${dynamic}.value()].indexOf(${dynamic}.value())`],
    ['a set', `sets.contains([${dynamic}.value()], [${dynamic}.value()])`],
    ['written', `'%s'.format([${doubled}.value()])`],
    ['flattened', `dyn(${doubled}.value()).flatten(90).size()`],
  ])('counts shared parts as often as they occur: %s', (_, source) => {
    expect(outcomeOf(source)).toMatchObject({ reason: 'budget' });
  });

  it('runs patterns in linear time', () => {
    expect(outcomeOf(`'${'a'.repeat(5000)}!'.matches('^(a+)+$')`)).toEqual({ value: 'false' });
  });

  it.each([
    ['parentheses', '('.repeat(5000) + '1' + ')'.repeat(5000)],
    ['operators', Array.from({ length: 50_000 }, () => '1').join(' + ')],
    ['negations', '!'.repeat(5000) + 'true'],
    ['selections', `d${'.x'.repeat(50_000)}`],
  ])('takes deep %s without falling over', (_, source) => {
    expect(outcomeOf(source)).toBeDefined();
  });
});

describe('any text', () => {
  const word = fc.constantFrom(
    ...'i u f s b l m d dl ss 1 2.5 3u "a" r"\\" true null ( ) [ ] { } . , : ? ?. [? + - * / % ! && || == < in x'.split(
      ' ',
    ),
    ...'.map(x, .all(x, .filter(x, has( size( type( string( int( optional.of( .format( .matches( .sum() .sort()'.split(
      ' ',
    ),
  );
  it('is an expression or is refused', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 14 }), (words) => {
        expect(outcomeOf(words.join(' '), 10_000)).toBeDefined();
      }),
      { numRuns: 2000 },
    );
  });
});
