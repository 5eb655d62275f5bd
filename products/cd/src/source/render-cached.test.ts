import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createSeededRandom } from '@argosy/base';
import { createMemoryTree, createRenderCache, holdsIn, traceTree, type Tree } from '@argosy/manifests';

import type { ApplicationSource } from '../api/application-source.ts';
import { renderCached } from './render-cached.ts';
import { renderSource, type RenderDeps } from './render-source.ts';

const configMap = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;
const FILES = {
  'app/a.yaml': configMap('a'),
  'secret/s.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n',
  'remote/kustomization.yaml': 'resources: ["https://example.com/r.git//base?ref=main"]\n',
  'chart/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
  'chart/templates/c.yaml': `${configMap('c')}data: {v: "{{ .Values.v }}"}\n`,
};
const source = (of: Partial<ApplicationSource>): ApplicationSource => ({ repoURL: 'https://example.com/r', ...of });
const deps = (of: Partial<RenderDeps> = {}): RenderDeps => ({
  context: { appName: 'shop', instanceName: 'shop', project: 'default', namespace: 'web', apiVersions: [] },
  commit: '0123456789abcdef',
  ports: { now: () => 0, random: createSeededRandom(1) },
  resolveRemote: async () =>
    createMemoryTree({ 'base/kustomization.yaml': 'resources: [r.yaml]', 'base/r.yaml': configMap('r') }),
  ...of,
});

describe('renderCached', () => {
  let directory: string;
  let rendered = 0;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'argosy-cached-'));
    rendered = 0;
  });
  afterEach(() => rm(directory, { recursive: true }));

  /** As after a restart: a cache of its own over the same folder. */
  const render = (tree: Tree, of: ApplicationSource, given: RenderDeps = deps(), build = 'b1') =>
    renderCached(
      createRenderCache({ random: createSeededRandom(1), now: () => 0 }, { directory }),
      (...asked) => {
        rendered += 1;
        return renderSource(...asked);
      },
      build,
    )(tree, of, given);

  it('renders once, until a file, the application, the cluster or the program is another', async () => {
    const tree = createMemoryTree(FILES);
    const app = source({ path: 'app' });
    const first = await render(tree, app);
    expect(await render(createMemoryTree({ ...FILES, 'other/x': '1' }), app)).toEqual(first);
    expect(rendered).toBe(1);
    await render(createMemoryTree({ ...FILES, 'app/b.yaml': configMap('b') }), app);
    await render(tree, source({ path: 'app', directory: { recurse: true } }));
    await render(tree, app, deps({ context: { ...deps().context, kubeVersion: '1.30' } }));
    await render(tree, app, deps(), 'b2');
    expect(rendered).toBe(5);
  });

  it('notes what was looked at also when nothing is rendered', async () => {
    const app = source({ path: 'app' });
    await render(createMemoryTree(FILES), app);
    const traced = traceTree(createMemoryTree(FILES));
    await render(traced, app);
    expect(rendered).toBe(1);
    expect(await holdsIn(traced.looks(), createMemoryTree(FILES))).toBe(true);
    expect(await holdsIn(traced.looks(), createMemoryTree({ ...FILES, 'app/a.yaml': configMap('z') }))).toBe(false);
    expect(await holdsIn(traced.looks(), createMemoryTree({ ...FILES, 'app/new.yaml': configMap('z') }))).toBe(false);
  });

  it('looks at files that other sources lend', async () => {
    const app = source({ path: 'chart', helm: { valueFiles: ['$values/v.yaml'] } });
    const lending = (v: string) => deps({ refs: new Map([['values', createMemoryTree({ 'v.yaml': `v: ${v}` })]]) });
    const data = async (v: string) => (await render(createMemoryTree(FILES), app, lending(v))).objects;
    expect([await data('1'), await data('1'), await data('2')]).toMatchObject([
      [{ data: { v: '1' } }],
      [{ data: { v: '1' } }],
      [{ data: { v: '2' } }],
    ]);
    expect(rendered).toBe(2);
  });

  it.each([
    ['secrets', source({ path: 'secret' })],
    ['what other repositories went into', source({ path: 'remote' })],
    [
      'what the revision went into',
      source({ path: 'chart', helm: { parameters: [{ name: 'v', value: '$ARGOCD_APP_REVISION' }] } }),
    ],
  ])('never keeps %s', async (_what, app) => {
    const first = await render(createMemoryTree(FILES), app);
    expect(await render(createMemoryTree(FILES), app)).toEqual(first);
    expect(rendered).toBe(2);
  });
});
