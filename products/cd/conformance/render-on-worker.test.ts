import { afterAll, describe, expect, it } from 'vitest';

import { createSeededRandom } from '@argosy/base';
import { createMemoryTree, createRenderPool, traceTree, type ChartResolver } from '@argosy/manifests';

import type { ApplicationSource } from '../src/api/application-source.ts';
import { renderOnWorker } from '../src/source/render-on-worker.ts';
import { renderSource, type RenderDeps } from '../src/source/render-source.ts';

const FILES = {
  'chart/Chart.yaml':
    'apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- {name: sub, version: 1.x, repository: "@stable"}\n',
  'chart/values.yaml': 'a: 1\n',
  'chart/templates/c.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\ndata: {a: "{{ .Values.a }}"}\n',
  'custom/kustomization.yaml': 'resources: [base.yaml, https://example.com/r.git//base?ref=main]\nnamePrefix: my-\n',
  'custom/base.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n',
  'programs/a.jsonnet': "{ apiVersion: 'v1', kind: 'Secret', metadata: { name: std.extVar('n') } }",
  'endless/a.jsonnet': 'local f(n) = f(n + 1) tailstrict; { apiVersion: f(0) }',
  'broken/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
  'broken/templates/c.yaml': '{{ .Values.x | required "x is needed" }}',
};
const SUB = {
  'Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 1.2.3\n',
  'templates/s.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: sub}\n',
};
const BASE = {
  'base/kustomization.yaml': 'resources: [r.yaml]\n',
  'base/r.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: remote}\n',
};
const charts: ChartResolver = {
  open: async () => ({ tree: createMemoryTree(SUB), version: '1.2.3' }),
  urlOf: () => 'https://charts.example.com',
} as ChartResolver;
const deps: RenderDeps = {
  context: { appName: 'shop', instanceName: 'shop', project: 'default', namespace: 'web', apiVersions: [] },
  commit: '0123456789abcdef',
  ports: { now: () => 0, random: createSeededRandom(1) },
  refs: new Map([['values', createMemoryTree({ 'v.yaml': 'a: lent\n' })]]),
  charts,
  resolveRemote: async () => createMemoryTree(BASE),
};
const source = (of: Partial<ApplicationSource>): ApplicationSource => ({ repoURL: 'https://example.com/r', ...of });

const pool = createRenderPool({ entry: new URL('./worker/source-worker.mjs', import.meta.url), timeLimitMs: 20_000 });
const render = renderOnWorker(pool);

describe('renderOnWorker', { timeout: 60_000 }, () => {
  afterAll(() => pool.close());

  it.each([
    ['a chart with values of another source', source({ path: 'chart', helm: { valueFiles: ['$values/v.yaml'] } })],
    ['a kustomization with a remote base', source({ path: 'custom' })],
    [
      'programs',
      source({ path: 'programs', directory: { jsonnet: { extVars: [{ name: 'n', value: '$ARGOCD_APP_NAME' }] } } }),
    ],
  ])('renders %s as this thread does, and notes the same looks', async (_what, of) => {
    const [here, there] = [traceTree(createMemoryTree(FILES)), traceTree(createMemoryTree(FILES))];
    const expected = await renderSource(here, of, deps).catch((thrown: unknown) => thrown);
    const found = await render(there, of, deps).catch((thrown: unknown) => thrown);
    expect(found).toEqual(expected);
    expect(new Set(there.looks().map(({ path }) => path))).toEqual(new Set(here.looks().map(({ path }) => path)));
    expect(found).toHaveProperty('objects');
  });

  it.each([
    ['broken', /x is needed/],
    ['endless', /steps/],
    ['none', /does not exist|no such/],
  ])('tells what is wrong in %s', async (path, message) => {
    await expect(render(createMemoryTree(FILES), source({ path }), deps)).rejects.toThrow(message);
  });
});
