import { describe, expect, it } from 'vitest';

import { evaluateIn, showFault, type Language } from './evaluate-in.ts';

const input = { a: { b: [1, 2] }, name: 'x' };
const run = (language: Language, source: string) => evaluateIn(language, source, { input, now: 0 });

describe('eval', () => {
  it.each<readonly [Language, source: string, answer: string]>([
    ['expr', 'a.b[1] + 1', '3'],
    ['template', '{{ .name | upper }}-{{ index .a.b 0 }}', 'X-1'],
    ['when', '2 > 1', 'true'],
    ['tags', 'hello {{name}}', 'hello x'],
    ['jsonpath', '{.a.b[*]}', '1 2'],
    ['gjson', 'a.b.#', '2'],
    ['jq', '.a.b[], (.a.b | add)', '1\n2\n3'],
    ['lua', 'return name .. "!"', 'x!'],
    ['cel', 'a.b.exists(n, n == 2) && name == "x"', 'true'],
  ])('%s: %s', (language, source, answer) => {
    expect(run(language, source)).toEqual({ ok: true, value: answer });
  });

  it.each<readonly [Language, source: string]>([
    ['expr', 'a +'],
    ['template', '{{ .name | nothing }}'],
    ['when', '1 >'],
    ['tags', '{{unknown}}'],
    ['jsonpath', '{.a.b[x]}'],
    ['gjson', 'z'],
    ['jq', '.a |'],
    ['jq', '.name | error'],
    ['lua', 'return ('],
    ['cel', 'unknown + 1'],
    ['cel', 'a.nothing'],
  ])('%s says what is wrong with %s', (language, source) => {
    const result = run(language, source);
    expect(result.ok).toBe(false);
    if (!result.ok) expect(result.error.message).not.toBe('');
  });

  it('points at the fault', () => {
    const source = 'name ==\n  wrong';
    const result = run('expr', source);
    expect(result.ok ? [] : showFault(source, result.error)).toEqual([
      expect.stringContaining('wrong'),
      '    wrong',
      expect.stringMatching(/^ +\^$/),
    ]);
  });
});
