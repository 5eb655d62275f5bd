import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createSeededRandom, Failure } from '@argosy/base';

import { createMemoryTree } from '../tree/memory-tree.ts';
import type { HelmOptions } from './helm-options.ts';
import { renderHelmText } from './render-helm-chart.ts';

type Files = Readonly<Record<string, string>>;

const CHART = 'apiVersion: v2\nname: web\nversion: 1.2.3\n';
const render = (files: Files, options?: HelmOptions) =>
  renderHelmText(createMemoryTree({ 'Chart.yaml': CHART, ...files }), options);
/** The same file under ever deeper charts. */
const nested = (depth: number): Files =>
  Object.fromEntries(
    Array.from({ length: depth }, (_, at) => [`${'charts/c/'.repeat(at)}Chart.yaml`, 'name: c\nversion: 1.0.0\n']),
  );

describe('hostile charts', () => {
  it.each<readonly [string, Files, HelmOptions, RegExp]>([
    ['a loop without end', { 'templates/a.yaml': '{{ range until 100000000 }}x{{ end }}' }, {}, /exceeded|budget|too/],
    [
      'templates that include themselves',
      { 'templates/_a.tpl': '{{ define "a" }}{{ include "a" . }}{{ end }}', 'templates/a.yaml': '{{ include "a" . }}' },
      {},
      /maximum template depth/,
    ],
    [
      'tpl of itself',
      { 'values.yaml': 't: "{{ tpl .Values.t . }}"', 'templates/a.yaml': '{{ tpl .Values.t . }}' },
      {},
      /maximum template depth/,
    ],
    [
      'a text that doubles for ever',
      { 'templates/a.yaml': '{{ $x := "aaaaaaaa" }}{{ range until 40 }}{{ $x = print $x $x }}{{ end }}' },
      {},
      /exceeded the budget/,
    ],
    [
      'values that hold one another many times',
      {
        'templates/a.yaml':
          '{{ $d := dict "x" "y" }}{{ range until 40 }}{{ $d = dict "a" $d "b" $d }}{{ end }}{{ toYaml $d }}',
      },
      {},
      /value is too large/,
    ],
    [
      'values that hold themselves',
      { 'templates/a.yaml': '{{ $_ := set .Values "a" .Values }}{{ toYaml .Values }}' },
      {},
      /contains itself/,
    ],
    [
      'YAML that multiplies',
      {
        'values.yaml': `a: &a [x,x,x,x,x,x,x,x,x,x]\n${Array.from({ length: 9 }, (_, at) => `${'bcdefghij'[at]}: &${'bcdefghij'[at]} [${Array.from({ length: 10 }, () => `*${'abcdefghi'[at]}`).join()}]`).join('\n')}`,
      },
      {},
      /cannot load values\.yaml/,
    ],
    ['YAML that is very deep', { 'values.yaml': `a: ${'['.repeat(100_000)}` }, {}, /cannot load values\.yaml/],
    ['charts without end', nested(40), {}, /nested deeper than/],
    [
      'a dependency on itself',
      { 'Chart.yaml': `${CHART}dependencies: [{name: web, version: "*", repository: "file://."}]\n` },
      {},
      /deeper than/,
    ],
    [
      'a dependency outside',
      { 'Chart.yaml': `${CHART}dependencies: [{name: x, version: "*", repository: "file://../x"}]\n` },
      {},
      /leads outside/,
    ],
    [
      'a dependency on the whole machine',
      { 'Chart.yaml': `${CHART}dependencies: [{name: x, version: "*", repository: "file:///etc"}]\n` },
      {},
      /absolute path/,
    ],
    [
      'a name that climbs',
      { 'Chart.yaml': 'name: ../x\nversion: 1.0.0' },
      {},
      /chart\.metadata\.name "\.\.\/x" is invalid/,
    ],
    ['a file of values that climbs', {}, { values: [{ kind: 'file', path: '../../etc/passwd' }] }, /outside/],
    ['a file of a flag that climbs', {}, { sets: [{ kind: 'file', text: 'a=../../etc/passwd' }] }, /outside/],
    [
      'a list without end',
      {},
      { sets: [{ kind: 'set', text: 'a[999999999]=1' }] },
      /greater than maximum supported index/,
    ],
    [
      'keys without end',
      { 'templates/a.yaml': '{{ range until 1000 }}{{ genCA "a" 1 }}{{ end }}' },
      { budget: { steps: 150_000 }, ports: { now: () => 0, random: createSeededRandom(1) } },
      /exceeded the budget of 150000 steps/,
    ],
    [
      'large keys without end',
      { 'templates/a.yaml': '{{ range until 1000 }}{{ genPrivateKey "rsa" }}{{ end }}' },
      { budget: { steps: 500_000 } },
      /exceeded the budget of 500000 steps/,
    ],
    ['the environment', { 'templates/a.yaml': '{{ env "HOME" }}' }, {}, /function "env" not defined/],
  ])('%s', async (_reason, files, options, message) => {
    const failure = await render(files, options).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(failure).toBeInstanceOf(Failure);
    expect((failure as Failure).message).toMatch(message);
  });

  it('know no prototype', async () => {
    const { text } = await render({
      'values.yaml': '__proto__: {polluted: yes}\nconstructor: mine\n',
      'templates/a.yaml': 'a: {{ .Values.constructor }} {{ .Values.toString }}{{ .Values.polluted }}',
    });
    expect(text).toContain('a: mine\n');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('made of anything render or are refused', async () => {
    const part = fc.oneof(
      fc.constantFrom('{{', '}}', '{{-', '-}}', ' ', '\n', '---\n', '# x', '.Values.a', 'include "t" .', 'define "t"'),
      fc.constantFrom(
        'end',
        'if',
        'range',
        'with',
        'else',
        'tpl "{{.}}" .',
        'toYaml .',
        'fail "x"',
        'a: b',
        '| nindent 2',
      ),
      fc.string({ maxLength: 6 }),
    );
    const text = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(text, text, fc.jsonValue(), async (template, partial, values) => {
        const files = {
          'templates/a.yaml': template,
          'templates/_t.tpl': partial,
          'values.yaml': JSON.stringify(values),
        };
        const failure = await render(files).then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        expect(failure === undefined || failure instanceof Failure).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
