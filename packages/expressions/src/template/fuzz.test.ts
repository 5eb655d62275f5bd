import { createSeededRandom, Failure } from '@argosy/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { SPRIG_TEMPLATE_FUNCTIONS } from './sprig/sprig.ts';
import { compileGoTemplate, renderGoTemplate } from './template.ts';

const NAMES = [
  ...Object.keys(SPRIG_TEMPLATE_FUNCTIONS).filter((name) => !/^(?:bcrypt|htpasswd|derivePassword)$/.test(name)),
  'print',
  'printf',
  'index',
  'len',
  'eq',
  'lt',
  'and',
  'or',
  'not',
  'html',
  'js',
  'urlquery',
  'call',
];
const DATA = {
  s: 'text',
  i: 3,
  f: -2.5,
  t: true,
  nul: null,
  l: [1, 'a', null, [2, [3]]],
  ls: ['x', 'y'],
  m: { a: { b: 'deep', c: [1] }, n: 0 },
};

const literal = fc.oneof(
  fc.string({ maxLength: 12 }).map((text) => JSON.stringify(text)),
  fc.string({ unit: 'grapheme', maxLength: 6 }).map((text) => JSON.stringify(text)),
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.constantFrom(
    'nil',
    'true',
    'false',
    '.',
    '$',
    '.s',
    '.i',
    '.f',
    '.l',
    '.ls',
    '.m',
    '.m.a',
    '.nul',
    '.none.x',
    '$v',
  ),
  fc.constantFrom('"%d %v"', '"%08.3[2]*[1]f"', '"2006-01-02"', '"(a+)+$"', '"$1"', '"1.2.x"', '"a/../b"', '"\\xff"'),
);

const { pipe } = fc.letrec<{ pipe: string; call: string; arg: string }>((tie) => ({
  arg: fc.oneof(
    { depthSize: 'small' },
    literal,
    tie('pipe').map((inner) => `(${inner})`),
  ),
  call: fc
    .tuple(fc.constantFrom(...NAMES), fc.array(tie('arg'), { maxLength: 4 }))
    .map(([name, args]) => [name, ...args].join(' ')),
  pipe: fc.oneof(
    tie('call'),
    fc.tuple(tie('arg'), tie('call')).map(([first, second]) => `${first} | ${second}`),
  ),
}));

const piece = pipe.chain((inner) =>
  fc.constantFrom(
    `{{ ${inner} }}`,
    `{{- $v = ${inner} -}}`,
    `{{ if ${inner} }}a{{ else }}b{{ end }}`,
    `{{ range $k, $e := ${inner} }}{{ $k }}{{ $e }}{{ else }}-{{ end }}`,
    `{{ range until 30 }}{{ $v = ${inner} }}{{ end }}{{ $v }}`,
    `{{ with ${inner} }}{{ . }}{{ end }}`,
    `{{ template "T" ${inner} }}`,
  ),
);

const BUDGET = { steps: 200_000, outputBytes: 100_000, depth: 50 };

const run = (text: string): string | undefined => {
  const compiled = compileGoTemplate('t', text, { functions: SPRIG_TEMPLATE_FUNCTIONS });
  if (!compiled.ok) return undefined;
  const ports = { now: () => 0, random: createSeededRandom(1) };
  try {
    return renderGoTemplate(compiled.value, DATA, { budget: BUDGET, ports });
  } catch (thrown) {
    if (thrown instanceof Failure) return undefined;
    throw thrown;
  }
};

describe('whatever the template', () => {
  it('nothing but a Failure is thrown, and budgets hold', () => {
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 4 }), (pieces) => {
        const text = `{{ define "T" }}[{{ . }}]{{ end }}{{ $v := .s }}${pieces.join('')}`;
        expect(run(text)?.length ?? 0).toBeLessThanOrEqual(BUDGET.outputBytes);
      }),
      { numRuns: 1500 },
    );
  });

  it('texts that are none are refused, never crash', () => {
    const token = fc.constantFrom(
      '{{',
      '}}',
      '{{-',
      '-}}',
      '/*',
      '*/',
      '"',
      '`',
      "'",
      '(',
      ')',
      '|',
      ':=',
      '=',
      '$x',
      '.',
      '.a',
      'if',
      'end',
      'else',
      'range',
      'define',
      'block',
      'break',
      ',',
      '1',
      '0x',
      '1e',
      ' ',
      '\n',
      'é',
      '\\',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(token, fc.string({ maxLength: 3 })), { maxLength: 25 }), (parts) => {
        run(parts.join(''));
      }),
      { numRuns: 3000 },
    );
  });
});
