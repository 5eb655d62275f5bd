import { describe, expect, it } from 'vitest';

import { createMemoryTree } from '../tree/memory-tree.ts';
import { traceTree } from '../tree/traced-tree.ts';
import { evaluateJsonnet, type JsonnetOptions } from './evaluate-jsonnet.ts';

const run = async (files: Readonly<Record<string, string>>, options: JsonnetOptions = {}, path = 'main.jsonnet') =>
  (await evaluateJsonnet(createMemoryTree(files), path, options)).value;

describe('evaluateJsonnet', () => {
  it('imports beside the file, then from libraries, the last named first', async () => {
    const files = {
      'app/main.jsonnet': "[import 'a.libsonnet', import 'b.libsonnet', importstr 't.txt', importbin 't.txt']",
      'app/a.libsonnet': "(import 'deep/c.libsonnet') + 1",
      'app/deep/c.libsonnet': '1',
      'lib1/b.libsonnet': '"one"',
      'lib2/b.libsonnet': '"two"',
      'lib1/t.txt': 'é',
    };
    const options = { libraries: ['lib1', 'lib2'] };
    expect(await run(files, options, 'app/main.jsonnet')).toEqual([2, 'two', 'é', [195, 169]]);
  });

  it('runs a file once, however often it is imported, and lets files import each other', async () => {
    const lines: string[] = [];
    const files = {
      'main.jsonnet': "(import 'a.jsonnet').x + (import 'a.jsonnet').x",
      'a.jsonnet': "std.trace('run', { x: (import 'b.jsonnet').y, z: 1 })",
      'b.jsonnet': "{ y: (import 'a.jsonnet').z }",
    };
    expect(await run(files, { trace: (line) => lines.push(line) })).toBe(2);
    expect(lines).toEqual(['run']);
  });

  it('reads what imports name and looks nowhere else', async () => {
    const tree = traceTree(createMemoryTree({ 'main.jsonnet': "import 'x.json'", 'x.json': '{}', 'y.json': '{}' }));
    await evaluateJsonnet(tree, 'main.jsonnet');
    expect(tree.looks().map(({ path }) => path)).not.toContain('y.json');
  });

  it.each([
    ["import '../out.jsonnet'", /outside of the source/],
    ["import '/etc/passwd'", /outside of the source/],
    ["importstr 'none.txt'", /it is in none of \., lib/],
    ["import 'bad.jsonnet'", /bad\.jsonnet:1:4: expected an expression/],
  ])('refuses %s when it runs, and not before', async (code, message) => {
    const files = { 'main.jsonnet': code, 'bad.jsonnet': '1 +' };
    await expect(run(files, { libraries: ['lib'] })).rejects.toThrow(message);
    expect(await run({ ...files, 'main.jsonnet': `local unused = ${code}; 1` })).toBe(1);
  });

  it('gives external variables and arguments of the program, as text and as code', async () => {
    const files = { 'main.jsonnet': "function(a, b=9) [a, b, std.extVar('t'), std.extVar('c')]", 'x.json': '[7]' };
    const options = {
      externalVariables: [
        { name: 't', value: '1 + 1', isCode: false },
        { name: 'c', value: "import 'x.json'", isCode: true },
      ],
      topLevelArguments: [{ name: 'a', value: "std.extVar('t') + '!'", isCode: true }],
    };
    expect(await run(files, options)).toEqual(['1 + 1!', 9, '1 + 1', [7]]);
    await expect(run({ 'main.jsonnet': 'function(a) a' })).rejects.toThrow(/needs an argument a/);
    const unused = { topLevelArguments: [{ name: 'z', value: '1', isCode: false }] };
    expect(await run({ 'main.jsonnet': '1' }, unused)).toBe(1);
  });

  it.each([
    ['local f(x) = f(x + 1); f(1)', 'JsonnetBudget', /max stack frames exceeded/],
    ['local f(x) = f(x + 1) tailstrict; f(1)', 'JsonnetBudget', /steps/],
    ['std.foldl(function(s, _) s + s, std.range(1, 60), "ab")', 'JsonnetBudget', /parts|characters and items/],
    ['std.range(1, 1e9)', 'JsonnetBudget', /parts/],
    ['std.repeat("abc", 1e9)', 'JsonnetBudget', /parts/],
    ['"%1000000000d" % 1', 'JsonnetBudget', /parts/],
    ['{a: [error "deep"]}', 'JsonnetError', /main\.jsonnet:1:6: deep\n {2}\| \{a.*\n {2}\| {6}\^{12}\n/],
    ['{\n  a: self.missing,\n  missin: 1,\n}', 'JsonnetError', /main\.jsonnet:2:6: .*"missing"/],
    ['{ image: 1 }.Image', 'JsonnetError', /did you mean "image"/],
    ['local x = 1;\n  y', 'JsonnetSyntax', /main\.jsonnet:2:3: there is no variable y/],
    [`${'['.repeat(5000)}1`, 'JsonnetSyntax', /nested deeper/],
    [`${'-'.repeat(5000)}1`, 'JsonnetSyntax', /nested deeper/],
    [`${'{a:'.repeat(300)}1${'}'.repeat(300)}`, undefined, undefined],
  ])('%s', async (code, failure, message) => {
    const found = await run({ 'main.jsonnet': code }, { budget: { steps: 1_000_000 } }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (failure === undefined) return expect(found).toBeUndefined();
    expect(found).toMatchObject({ code: failure, message: expect.stringMatching(message) as string });
  });

  it('tells through which calls an error was reached', async () => {
    const code = 'local f(x) =\n  x.b;\nlocal g(y) =\n  f(y);\n{ a: g({}) }';
    await expect(run({ 'main.jsonnet': code })).rejects.toThrow(
      /main\.jsonnet:2:3: there is no field "b"[\s\S]*main\.jsonnet:4:3: function f\n.*main\.jsonnet:5:6: function g\n.*field "a"/,
    );
  });

  it('has room for deep recursion within its limit, and takes none for strict tail calls', async () => {
    expect(await run({ 'main.jsonnet': 'local f(n) = if n == 0 then 0 else 1 + f(n - 1); f(200)' })).toBe(200);
    const loop = 'local f(n, a=0) = if n == 0 then a else f(n - 1, a + n) tailstrict; f(100000)';
    expect(await run({ 'main.jsonnet': loop })).toBe(5_000_050_000);
  });
});
