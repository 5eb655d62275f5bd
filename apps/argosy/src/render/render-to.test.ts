import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createSeededRandom, createVirtualClock } from '@argosy/base';
import { withGitAuthor } from '@argosy/manifests';

import { createProgram } from '../program.ts';
import type { RenderFlags } from './render-place.ts';
import { renderTo } from './render-to.ts';

const run = promisify(execFile);
const env = withGitAuthor(
  { PATH: process.env['PATH'] ?? '', HOME: os.tmpdir() },
  { name: 'a', email: 'a@argosy.test' },
);
const FLAGS: RenderFlags = {
  path: '',
  tool: 'auto',
  output: 'yaml',
  name: 'rel',
  namespace: 'ns',
  values: [],
  set: [],
  setString: [],
  setJson: [],
  setFile: [],
  setLiteral: [],
  apiVersions: [],
  hooks: true,
  showOnly: [],
  extStr: [],
  extCode: [],
  tlaStr: [],
  tlaCode: [],
  jpath: [],
  pluginEnv: [],
};

describe('argosy render', () => {
  let folder: string;
  const write = async (files: Record<string, string>): Promise<void> => {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await writeFile(path.join(folder, name), content);
    }
  };
  const render = async (where: string, flags: Partial<RenderFlags> = {}) => {
    const printed: string[] = [];
    const warned: string[] = [];
    await renderTo(
      {
        clock: createVirtualClock(),
        random: createSeededRandom(1),
        env,
        print: (text) => void printed.push(text),
        warn: (line) => void warned.push(line),
      },
      where.startsWith('file:') ? where : path.join(folder, where),
      { ...FLAGS, ...flags },
    );
    return { text: printed.join(''), warned };
  };

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'argosy-render-test-'));
    await write({
      'chart/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
      'chart/values.yaml': 'a: chart\n',
      'chart/templates/c.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\ndata:\n  {{- toYaml .Values | nindent 2 }}\n',
      'more.yaml': 'b: file\n',
      'text.txt': 'content',
      'plain/a.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n',
    });
    await run('git', ['init', '-q', '-b', 'main', folder], { env });
    await run('git', ['-C', folder, 'add', '-A'], { env });
    await run('git', ['-C', folder, 'commit', '-q', '-m', 'c'], { env });
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('prints a chart with values from files and flags', async () => {
    const values = [path.join(folder, 'more.yaml')];
    const { text } = await render('chart', { values, set: ['c=1'], setFile: [`d=${path.join(folder, 'text.txt')}`] });
    expect(text).toBe(
      '---\n# Source: web/templates/c.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: rel\ndata:\n  a: chart\n  b: file\n  c: 1\n  d: content\n',
    );
  });

  it('prints plain manifests, as YAML and as JSON', async () => {
    expect((await render('plain')).text).toBe('---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n');
    expect(JSON.parse((await render('plain', { output: 'json' })).text)).toMatchObject({
      kind: 'List',
      items: [{ kind: 'Secret' }],
    });
  });

  it('prints kustomizations', async () => {
    await write({ 'custom/base.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n' });
    await write({ 'custom/kustomization.yaml': 'resources: [base.yaml]\nnamePrefix: my-\n' });
    expect((await render('custom')).text).toBe('apiVersion: v1\nkind: Secret\nmetadata:\n  name: my-s\n');
  });

  it('prints Jsonnet programs: a file, a folder', async () => {
    const name = "(import 'name.libsonnet') + std.extVar('env') + replicas";
    const program = `function(replicas) { apiVersion: 'v1', kind: 'Secret', metadata: { name: ${name} } }`;
    await write({ 'programs/main.jsonnet': program, 'programs/plain.yaml': 'x: 1\n', 'vendor/name.libsonnet': "'s-'" });
    const flags = { extStr: ['env=prod'], tlaCode: ['replicas=1 + 1'], jpath: ['vendor'] };
    const printed = '---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: s-prod2\n';
    expect((await render('programs/main.jsonnet', flags)).text).toBe(printed);
    expect((await render('programs', { ...flags, tool: 'jsonnet' })).text).toBe(printed);
  });

  it('renders a commit of a repository and tells what it looked at', async () => {
    await write({ 'chart/values.yaml': 'a: not committed\n' });
    const { text, warned } = await render(`file://${folder}`, { path: 'chart', trace: true, output: 'json' });
    expect(JSON.parse(text)).toMatchObject({ items: [{ data: { a: 'chart' } }] });
    expect(warned).toContain('read chart/templates/c.yaml');
    expect(warned.join()).not.toContain('plain');
  });

  it('renders a folder as a commit has it, a bare repository, and writes neither', async () => {
    await write({ 'chart/values.yaml': 'a: not committed\n' });
    expect((await render('chart')).text).toContain('a: not committed');
    expect((await render('chart', { revision: 'main' })).text).toContain('a: chart');
    expect((await render('.', { revision: 'main', path: 'chart' })).text).toContain('a: chart');
    await run('git', ['clone', '-q', '--bare', folder, path.join(folder, 'bare.git')], { env });
    expect((await render('bare.git', { path: 'chart' })).text).toContain('a: chart');
    expect((await run('git', ['-C', folder, 'status', '--short', 'chart'], { env })).stdout).toBe(
      ' M chart/values.yaml\n',
    );
    await rm(path.join(folder, 'bare.git'), { recursive: true });
  });

  it('names what is not there', async () => {
    await expect(render('chart', { path: 'none' })).rejects.toThrow('chart/none: no such file or folder');
    const outside = await mkdtemp(path.join(os.tmpdir(), 'argosy-render-test-'));
    const asked = render(path.relative(folder, outside), { revision: 'main' });
    await expect(asked).rejects.toThrow('is in no Git repository; leave the flag out');
    expect(await render(path.relative(folder, outside))).toEqual({
      text: '',
      warned: ['the root holds no manifests; --recurse looks into the folders below too'],
    });
    await rm(outside, { recursive: true });
  });

  it('renders by the programs of a plugin that a flag names', async () => {
    const generate = `command: [sh, -c, 'cat $ARGOCD_ENV_FILE | sed s/NAME/$ARGOCD_APP_NAME/']`;
    await write({
      'plugin.yaml': `kind: ConfigManagementPlugin\nmetadata: {name: p}\nspec: {generate: {${generate}}}\n`,
      'plugged/m.tmpl': 'apiVersion: v1\nkind: Secret\nmetadata: {name: NAME}\n',
    });
    const flags = { plugin: path.join(folder, 'plugin.yaml'), pluginEnv: ['FILE=m.tmpl'] };
    expect((await render('plugged', flags)).text).toBe('---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: rel\n');
    await expect(render('plugged', { ...flags, pluginEnv: ['FILE'] })).rejects.toThrow(
      /--plugin-env "FILE": use name=value/,
    );
  });

  it('keeps renders for the next run, and tells so', async () => {
    const flags = { cache: path.join(folder, 'renders'), cacheInfo: true, trace: true };
    await write({ 'kept/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n' });
    const template = (tail: string) => `apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n${tail}`;
    await write({ 'kept/templates/a.yaml': template('data: {v: "{{ .Values.v }}"}\n') });
    const set = { ...flags, set: ['v=1'] };
    const first = await render('kept', set);
    expect(first.warned).toContainEqual(expect.stringMatching(/cache: rendered; kept with \d+ looks/));
    const again = await render('kept', set);
    expect(again.text).toBe(first.text);
    expect(again.warned).toContainEqual(expect.stringMatching(/used again: all \d+ looks still hold/));
    expect(again.warned).toContain('read kept/templates/a.yaml');
    expect((await render('kept', { ...set, set: ['v=2'] })).text).toContain('v: "2"');
    await write({ 'kept/templates/a.yaml': template('data: {w: "{{ .Values.v }}"}\n') });
    expect((await render('kept', set)).text).toContain('w: "1"');
    await write({ 'kept/templates/a.yaml': template('data: {w: "{{ randAlphaNum 5 }}"}\n') });
    expect((await render('kept', set)).warned).toContainEqual(expect.stringMatching(/not kept: .*random/));
  });

  it.each([
    ['nowhere', {}, /nowhere: no such file or folder/],
    ['chart', { output: 'wide' }, /--output "wide": use yaml or json/],
    ['chart', { tool: 'spoon' }, /--tool "spoon": use auto, helm, kustomize, directory, jsonnet/],
    ['chart', { extStr: ['x'], tool: 'directory' }, /--ext-str "x": use name=value/],
    ['chart', { values: ['/none/x.yaml'] }, /cannot read \/none\/x\.yaml/],
  ])('refuses %s %j', async (where, flags, message) => {
    await expect(render(where, flags)).rejects.toThrow(message);
  });

  it('is a command', async () => {
    expect(await createProgram().run(['render', path.join(folder, 'nowhere')])).toBe(1);
    expect(await createProgram().run(['render'])).toBe(2);
  });
});
