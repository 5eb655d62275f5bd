import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { Json } from '@argosy/base';
import { describe, expect, it } from 'vitest';

import { compileJq, firstOfJq, runJq, type JqOptions, type JqRun } from './jq.ts';

const FILE = fileURLToPath(new URL('../../../../../shared/conformance/vectors/lang-jq.json', import.meta.url));

interface JqCase {
  readonly name: string;
  readonly in: { readonly program: string; readonly data: Json };
  readonly out: { readonly outputs: readonly Json[]; readonly error?: 'parse' | 'run' };
}

const vectors = existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as { cases: readonly JqCase[] }).cases : [];

const run = (source: string, input: Json, options: JqOptions = {}): JqRun => {
  const compiled = compileJq(source);
  return compiled.ok ? runJq(compiled.value, input, options) : { outputs: [], failure: compiled.error };
};

describe.skipIf(vectors.length === 0)('vectors lang-jq', () => {
  it.each(vectors.map((one, index) => [`${index} ${one.name}`, one] as const))('%s', (_, one) => {
    const { outputs, failure } = run(one.in.program, one.in.data);
    if (one.out.error === 'parse') expect(failure).toMatchObject({ reason: 'parse' });
    else expect({ outputs, ...(failure ? { error: failure.reason } : {}) }).toEqual(one.out);
  });
});

describe('what gojq gives', () => {
  it.each<readonly [string, Json, readonly Json[]]>([
    // Orders of several values.
    ['[(1,2) + (10,20)]', null, [[11, 12, 21, 22]]],
    ['"\\(1,2) \\(3,4)"', null, ['1 3', '2 3', '1 4', '2 4']],
    ['[.a,.b | .[0,1]]', { a: [1, 2], b: [3, 4] }, [[1, 2, 3, 4]]],
    ['[(.a,.b)[0,1]]', { a: [1, 2], b: [3, 4] }, [[1, 3, 2, 4]]],
    ['[pow(2,3;1,2)]', null, [[2, 3, 4, 9]]],
    [
      '{a:(1,2), b:(3,4)}',
      null,
      [
        { a: 1, b: 3 },
        { a: 1, b: 4 },
        { a: 2, b: 3 },
        { a: 2, b: 4 },
      ],
    ],
    ['[range(0,1;3,4)]', null, [[0, 1, 2, 0, 1, 2, 3, 1, 2, 1, 2, 3]]],
    // Paths.
    ['[path(..)]', { a: [1] }, [[[], ['a'], ['a', 0]]]],
    ['[path(.a[1:][0])]', { a: [1, 2] }, [[['a', { start: 1, end: null }, 0]]]],
    ['[path(first(.a[],.b[]))]', { a: [1], b: [2] }, [[['a', 0]]]],
    ['[path(.x // .a)]', { a: 1 }, [[['a']]]],
    [
      '[path(foreach (0,1) as $x (.a; .; .[$x]))]',
      { a: [1, 2] },
      [
        [
          ['a', 0],
          ['a', 1],
        ],
      ],
    ],
    ['[path(limit(1; .a[]))]', { a: [1, 2] }, [[['a', 0]]]],
    // Updates and deletions.
    ['.a[] += (10,20)', { a: [1, 2] }, [{ a: [11, 12] }, { a: [21, 22] }]],
    ['(.a[] | select(. > 1)) |= empty', { a: [1, 2, 3] }, [{ a: [1] }]],
    ['.a[1:3] = ["x"]', { a: [1, 2, 3, 4] }, [{ a: [1, 'x', 4] }]],
    ['del(.a[0], .a[1])', { a: [1, 2, 3] }, [{ a: [3] }]],
    ['del(.a[1:])', { a: [1, 2, 3] }, [{ a: [1] }]],
    ['del(.x.y)', {}, [{}]],
    ['del(.x.y)', { x: null }, [{ x: {} }]],
    ['.a |= (1,2)', null, [{ a: 1 }]],
    ['reduce range(5) as $x (0; empty)', null, [0]],
    // What ignoring of differences is made of.
    [
      'del(.spec.template.spec.initContainers[]? | select(.name == "sidecar"))',
      { spec: { template: { spec: { initContainers: [{ name: 'sidecar' }, { name: 'own' }] } } } },
      [{ spec: { template: { spec: { initContainers: [{ name: 'own' }] } } } }],
    ],
    [
      'del(.webhooks[]?.clientConfig.caBundle)',
      { webhooks: [{ clientConfig: { caBundle: 'x', url: 'y' } }] },
      [{ webhooks: [{ clientConfig: { url: 'y' } }] }],
    ],
    [
      'del(.metadata.annotations["a.b/c"], .data)',
      { metadata: { annotations: { 'a.b/c': '1' } }, data: {} },
      [{ metadata: { annotations: {} } }],
    ],
    // Errors that are caught.
    ['try error(null) catch .', null, [null]],
    ['try .a.b catch .', { a: [1] }, ['expected an object but got: array ([1])']],
    ['[.[] | try tonumber catch "no"]', ['1', 'x'], [[1, 'no']]],
    ['..[0]?', { a: [1], b: [[2]] }, [1, [2], 2]],
    ['[.[] as [$a] ?// $a | if ($a|type) == "number" then error("x") else $a end]', [[1, 2]], [[[1, 2]]]],
    // Numbers keep their digits.
    ['9007199254740993 | tojson', null, ['9007199254740993']],
    ['100000000000000000000 * 10 | tojson', null, ['1000000000000000000000']],
    ['[5 % 2.9, -5 % 3, 5 % -3]', null, [[1, -2, 2]]],
    ['[1, 1.0, 1e0] | unique', null, [[1]]],
    ['[nan] | sort | tojson', null, ['[null]']],
    // Texts.
    ['[match("";"g").offset]', 'aé😀', [[0, 1, 2, 3]]],
    ['[gsub("a";"x","y")]', 'aa', [['xx', 'yx', 'xy', 'yy']]],
    ['@sh "echo \\(.)"', "it's", ["echo 'it'\\''s'"]],
    ['.[1:]', 'é😀', ['😀']],
    ['@base64d', 'w6k', ['é']],
    // Times.
    ['strptime("%Y-%m-%dT%H:%M:%SZ")', '2015-03-05T23:51:47Z', [[2015, 2, 5, 23, 51, 47, 4, 63]]],
    ['gmtime', 1425599621.678, [[2015, 2, 5, 23, 53, 41.677999973, 4, 63]]],
    ['strftime("%A, %B %d, %Y")', 1425599621, ['Thursday, March 05, 2015']],
  ])('%s', (source, input, outputs) => {
    expect(run(source, input)).toEqual({ outputs, failure: undefined });
  });

  it.each([
    ['1 / 0', 'cannot divide number (1) by: number (0)'],
    ['{} | .a -= 1', 'cannot subtract: null and number (1)'],
    ['path(1)', 'invalid path against: number (1)'],
    ['error("x")', 'error: x'],
    ['error({a: 1})', 'error: {"a":1}'],
    [
      '"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" | keys',
      'keys cannot be applied to: string ("aaaaaaaaaaaaaaaaaaaaaaaa ...")',
    ],
    [
      '{"a":[1]} | getpath(["a","b"])',
      'getpath(["a","b"]) cannot be applied to {"a":[1]}: expected an object but got: array ([1])',
    ],
    ['"a" | test("[")', /^invalid regular expression "\["/],
    ['now', 'now needs the clock, which is not available here'],
  ])('%s fails', (source, message) => {
    expect(run(source, null).failure).toMatchObject({
      reason: 'run',
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    });
  });

  it.each([
    ['1 +', 'unexpected EOF'],
    ['1 == 1 == 1', 'unexpected token "=="'],
    ['keys_unsorted', 'function not defined: keys_unsorted/0'],
    ['. as $x | $y', 'variable not defined: $y'],
    ['break $out', 'label not defined: $out'],
    ['input', 'input(s)/0 is not allowed'],
    ['"\\x"', 'invalid escape sequence "\\\\x" in string literal'],
    ['import "a" as a; .', 'modules are not supported'],
    ['"a\\(1', 'unterminated string literal'],
  ])('%s does not compile', (source, message) => {
    expect(run(source, null).failure).toMatchObject({ reason: 'parse', message });
  });
});

describe('budgets', () => {
  it.each([
    ['steps', 'last(range(1e9))'],
    ['a loop', 'def f: f; f'],
    ['a deep recursion', 'def f: [f]; f'],
    ['nothing found', 'first(repeat(empty))'],
    ['a text', '"xxxxxxxx" * 1e7'],
    ['a text that doubles', 'reduce range(60) as $i ("xx"; . + .)'],
    ['an array that doubles', 'reduce range(60) as $i ([1]; . + .)'],
    ['a place far out', '.[134217727] = 1'],
    ['a shared value written', 'reduce range(60) as $i ([1]; [., .]) | tojson'],
    ['a shared value given', 'reduce range(60) as $i ([1]; [., .])'],
    ['a shared value in a message', 'reduce range(60) as $i ([1]; [., .]) | sort'],
    ['shared values compared', 'reduce range(60) as $i ([1]; [., .]) | . == .'],
    ['a deep value', 'reduce range(50000) as $i (null; [.])'],
    ['a wide transposition', '[[range(2000)], (range(2000) | [])] | transpose'],
  ])('stop %s', (_, source) => {
    expect(run(source, null, { budget: { steps: 200_000 } }).failure).toMatchObject({ reason: 'budget' });
  });

  it('stop outputs, keeping those before', () => {
    const { outputs, failure } = run('range(10)', null, { budget: { outputs: 3 } });
    expect([outputs, failure?.reason]).toEqual([[0, 1, 2], 'budget']);
  });

  it('hold long iterations that need no depth', () => {
    expect(run('[range(20000)] | length, (reduce .[] as $x (0; . + $x)), last(.[])', null).outputs).toEqual([
      20_000, 199_990_000, 19_999,
    ]);
    expect(
      run('1 | until(. > 100000; . + 1), last(recurse(if . < 20000 then . + 1 else empty end))', null).outputs,
    ).toEqual([100_001, 20_000]);
  });
});

describe('runs', () => {
  it('take variables and the clock', () => {
    const compiled = compileJq('[$x, .a, (now | todate)]', ['$x']);
    expect(compiled.ok).toBe(true);
    if (!compiled.ok) return;
    const options = { values: [{ b: 1 }], ports: { now: () => Date.UTC(2024, 1, 29) } };
    expect(firstOfJq(compiled.value, { a: 2 }, options)).toEqual({
      ok: true,
      value: [{ b: 1 }, 2, '2024-02-29T00:00:00Z'],
    });
  });

  it('say when nothing came out', () => {
    const compiled = compileJq('empty');
    expect(compiled.ok && firstOfJq(compiled.value, null)).toMatchObject({ ok: false, error: { reason: 'run' } });
  });

  it('take data with any keys, and change none of it', () => {
    const data = JSON.parse('{"__proto__": {"a": 1}, "b": 2}') as Json;
    const text = JSON.stringify(data);
    expect(
      run('.__proto__.a, keys, (.constructor = 1 | tojson), ({"__proto__": 1} + . | tojson)', data).outputs,
    ).toEqual([1, ['__proto__', 'b'], '{"__proto__":{"a":1},"b":2,"constructor":1}', '{"__proto__":{"a":1},"b":2}']);
    expect(JSON.stringify(data)).toBe(text);
  });

  it('know nothing of the environment', () => {
    expect(run('$ENV, env', null).outputs).toEqual([{}, {}]);
  });
});
