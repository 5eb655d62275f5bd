/**
 * Programs and what gojq 0.12.17 made of them. cases.json holds data, programs and results.
 */
import { readFileSync } from 'node:fs';

import type { Json } from '@argosy/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { compileJq, runJq, type JqRun } from './jq.ts';

interface GojqCase {
  readonly program: string;
  readonly outputs: readonly Json[];
  readonly fails?: string;
}

const { data, cases } = JSON.parse(readFileSync(new URL('./cases.json', import.meta.url), 'utf8')) as {
  readonly data: Json;
  readonly cases: readonly GojqCase[];
};

const run = (source: string, steps = 100_000): JqRun | undefined => {
  const compiled = compileJq(source);
  return compiled.ok ? runJq(compiled.value, data, { budget: { steps, outputs: 500, size: 100_000 } }) : undefined;
};

describe('gojq runs', () => {
  it.each(cases.map((one) => [one.program, one] as const))('%s', (_, one) => {
    const result = run(one.program);
    expect([result?.outputs, result?.failure?.message]).toEqual([one.outputs, one.fails]);
  });
});

const NAMES =
  'length keys add sort tojson flatten to_entries from_entries first paths transpose recurse tostream combinations implode explode fromjson gmtime mktime todate'.split(
    ' ',
  );
const CALLS =
  'map select path del sort_by group_by walk has contains index join test range getpath delpaths repeat recurse first error split splits strftime strptime pick'.split(
    ' ',
  );

const atom = fc.oneof(
  fc.constantFrom(
    '.',
    '..',
    '.a',
    '.b.d[]',
    '.a[1:]',
    '.[]?',
    '.x.y',
    'null',
    '[]',
    '{}',
    '$v',
    'f',
    'f(.)',
    'empty',
    'nan',
  ),
  fc.integer().map(String),
  fc.string({ maxLength: 8 }).map((text) => JSON.stringify(text)),
);
const { filter } = fc.letrec<{ filter: string }>((tie) => {
  const inner = tie('filter').map((text) => `(${text})`);
  return {
    filter: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      atom,
      fc.constantFrom(...NAMES),
      fc.tuple(fc.constantFrom(...CALLS), tie('filter')).map(([name, arg]) => `${name}(${arg})`),
      fc
        .tuple(
          inner,
          fc.constantFrom('+', '-', '*', '/', '%', '==', '<', '//', ',', '|', 'and', '|=', '=', '+='),
          inner,
        )
        .map((parts) => parts.join(' ')),
      fc.tuple(inner, inner).map(([left, right]) => `reduce ${left} as $v (.; ${right})`),
      fc.tuple(inner, inner).map(([left, right]) => `foreach ${left} as [$v] (${right}; .)`),
      fc.tuple(inner, inner).map(([left, right]) => `try ${left} catch ${right}`),
      inner.map((text) => `label $l | ${text}, break $l`),
      inner.map((text) => `${text}[${text}]?`),
      inner.map((text) => `"\\${text}"`),
    ),
  };
});

describe('whatever the program', () => {
  it('a run ends, with outputs or a failure', () => {
    fc.assert(
      fc.property(filter, (text) => {
        const result = run(`def f: [f]; def f(g): g | g; 7 as $v | ${text}`, 20_000);
        expect(result === undefined || result.outputs.length <= 500).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('texts that are none are refused', () => {
    const token = fc.constantFrom(
      '.',
      '..',
      '[',
      ']',
      '{',
      '}',
      '(',
      ')',
      '|',
      ',',
      ':',
      ';',
      '"',
      '\\',
      '\\(',
      'if',
      'then',
      'end',
      'def',
      'as',
      '$x',
      '.a',
      '1',
      '?',
      '//',
      'reduce',
      'try',
      '-',
      '=',
      '#',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 20 }), (parts) => {
        compileJq(parts.join(''));
        compileJq(parts.join(' '));
      }),
      { numRuns: 3000 },
    );
  });
});
