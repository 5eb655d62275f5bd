import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createMemoryTree } from '../tree/memory-tree.ts';
import { parsePluginConfig } from './plugin-config.ts';
import {
  announcePluginParameters,
  discoversPlugin,
  renderPlugin,
  type PluginCall,
  type PluginDeps,
} from './render-plugin.ts';
import { runMachineProgram } from './run-program.ts';

const FILES = { 'app/in.txt': 'inside', 'top.txt': 'outside', 'app/sub/x.star': '', 'secret/key.pem': 'k' };
const aPlugin = (spec: string) =>
  parsePluginConfig(
    `apiVersion: argoproj.io/v1alpha1\nkind: ConfigManagementPlugin\nmetadata: {name: p}\nspec:\n${spec}`,
    'plugin.yaml',
  );
const script = (text: string): string => JSON.stringify(['sh', '-c', text]);
const generate = (text: string) => aPlugin(`  generate: {command: ${script(text)}}`);
const manifest = (data: string): string =>
  `printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: a}\\ndata: {v: "%s"}\\n' "${data}"`;

describe('plugins', () => {
  let directory: string;
  let deps: PluginDeps;
  beforeAll(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'argosy-plugin-'));
    const limits = { timeLimitMs: 2000, mostOutputBytes: 10_000 };
    deps = { run: runMachineProgram, directory, path: process.env['PATH'] ?? '', exclude: ['secret/*'], ...limits };
  });
  afterAll(() => rm(directory, { recursive: true }));

  const call = (of: Partial<PluginCall> = {}) => ({ tree: createMemoryTree(FILES), call: { path: 'app', ...of } });
  const dataOf = async (text: string, of: Partial<PluginCall> = {}) =>
    (await renderPlugin(deps, generate(text), call(of))).map((object) => (object as { data?: object }).data);

  it('runs init, then generate, in a copy of the source that is gone afterwards', async () => {
    const plugin = aPlugin(
      `  init: {command: [sh], args: [-c, 'cp in.txt made.txt']}\n  generate: {command: ${script(manifest('$(cat made.txt) $(cat ../top.txt) $(ls ../secret)'))}}`,
    );
    expect(await renderPlugin(deps, plugin, call())).toMatchObject([{ data: { v: 'inside outside ' } }]);
    expect(await readdir(directory)).toEqual([]);
  });

  it('sees its variables and parameters, and nothing of the host', async () => {
    const of: Partial<PluginCall> = {
      build: { ARGOCD_APP_NAME: 'shop', KUBE_VERSION: '1.32' },
      env: [{ name: 'MINE', value: 'yes' }],
      parameters: [
        { name: 'image.tag', string: '1' },
        { name: 'list', array: ['a', 'b'] },
        { name: 'labels', map: { 'x-y': 'z' } },
        { name: 'none', map: {} },
      ],
    };
    const names =
      '$ARGOCD_APP_NAME $KUBE_VERSION $ARGOCD_ENV_MINE$MINE $PARAM_IMAGE_TAG $PARAM_LIST_1 $PARAM_LABELS_X_Y';
    expect(await dataOf(manifest(names), of)).toEqual([{ v: 'shop 1.32 yes 1 b z' }]);
    const parameters =
      'printf \'{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":%s}\' "{\\"p\\":$ARGOCD_APP_PARAMETERS}"';
    expect(await dataOf(parameters, of)).toEqual([{ p: of.parameters }]);
    process.env['ARGOSY_TEST_SECRET'] = 'secret';
    expect(await dataOf(manifest('$(env | grep -c SECRET)'))).toEqual([{ v: '0' }]);
  });

  it.each([
    [
      'echo broken; echo "no chart here" >&2; exit 3',
      'PluginFailed',
      /plugin p: generate \(sh\) ended with code 3: no chart here/,
    ],
    ['sleep 30 & sleep 30', 'PluginTimeout', /limit of 2 s/],
    ['yes', 'PluginFailed', /more than 10000 bytes/],
    ['kill -9 $$', 'PluginFailed', /ended by SIGKILL/],
    ['echo "a: ["', 'InvalidYAML', /plugin p/],
    ['echo "a: 1"', 'InvalidManifest', /plugin p has no kind/],
  ])('tells what went wrong: %s', async (text, code, message) => {
    await expect(dataOf(text)).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
    expect(await readdir(directory)).toEqual([]);
  });

  it('refuses programs that are not there, folders that are not there, sources that are too large', async () => {
    const missing = aPlugin('  generate: {command: [no-such-program]}');
    await expect(renderPlugin(deps, missing, call())).rejects.toThrow(/no-such-program\) is not on this machine/);
    await expect(renderPlugin(deps, missing, call({ path: 'none' }))).rejects.toMatchObject({ code: 'NotFound' });
    await expect(renderPlugin(deps, missing, call({ path: '../up' }))).rejects.toMatchObject({ code: 'PathOutside' });
    const small = { ...deps, mostSourceBytes: 5 };
    await expect(renderPlugin(small, missing, call())).rejects.toMatchObject({ code: 'TooLarge' });
  });

  it.each([
    ['fileName: "in.*"', true],
    ['fileName: "sub/*.star"', true],
    ['fileName: "*.star"', false],
    ['fileName: "top.txt"', false],
    ['find: {glob: "**/*.star"}', true],
    ['find: {glob: "**/in.txt"}', true],
    ['find: {glob: "*.star"}', false],
    ['fileName: none\n    find: {glob: "**/*"}', false],
    [`find: {command: ${script('ls *.txt')}}`, true],
    [`find: {command: ${script('true')}}`, false],
    [`find: {command: ${script('echo found; exit 1')}}`, false],
    ['{}', false],
  ])('is found by %s: %s', async (discover, isFound) => {
    const plugin = aPlugin(`  generate: {command: [x]}\n  discover:\n    ${discover}`);
    expect(await discoversPlugin(deps, plugin, call())).toBe(isFound);
  });

  it('announces parameters, those for this source over the others', async () => {
    const announced = '[{"name": "a", "title": "for " }, {"name": "b"}]';
    const plugin = aPlugin(
      `  generate: {command: [x]}\n  parameters:\n    static: [{name: a}, {name: c, collectionType: map}]\n    dynamic: {command: [echo], args: ['${announced}']}`,
    );
    const names = (await announcePluginParameters(deps, plugin, call())).map(({ name, title }) => [name, title]);
    expect(names).toEqual([
      ['a', 'for '],
      ['b', undefined],
      ['c', undefined],
    ]);
  });
});

describe('parsePluginConfig', () => {
  it('names a plugin with its version', () => {
    expect(aPlugin('  version: v1.2\n  generate: {command: [x], args: [z]}')).toMatchObject({
      name: 'p-v1.2',
      generate: { command: ['x'], args: ['z'] },
      discover: undefined,
      init: undefined,
    });
  });

  it.each([
    ['  init: {command: [x]}', 'InvalidPlugin', 'plugin.yaml: spec.generate.command is needed'],
    ['  generate: {args: [x]}', 'InvalidPlugin', 'plugin.yaml: spec.generate.command is needed where args are'],
    ['  generate: {command: x}', 'InvalidPlugin', 'plugin.yaml: spec.generate.command is a list of texts'],
    [
      '  generate: {command: [x], shell: true}',
      'InvalidPlugin',
      'spec.generate.shell is not known; there are command, args',
    ],
    ['  generate: {command: [x]}\n  unknown: 1', 'InvalidPlugin', 'spec.unknown is not known'],
    [
      '  generate: {command: [x]}\n  preserveFileMode: true',
      'NotSupported',
      'not supported yet: spec.preserveFileMode; remove it',
    ],
    ['  generate: {command: [x]}\n  provideGitCreds: true', 'NotSupported', 'not supported yet: spec.provideGitCreds'],
    ['  generate: {command: [x]}\n  parameters: {static: [{title: t}]}', 'InvalidPlugin', 'static[0].name is a text'],
  ])('refuses %s', (spec, code, message) => {
    expect(() => aPlugin(spec)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) as string }) as Error,
    );
  });
});
