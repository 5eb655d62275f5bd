import { describe, expect, it } from 'vitest';

import { createSeededRandom, createVirtualClock, silentLogger } from '@argosy/base';
import {
  ANONYMOUS,
  createMemoryBlobStore,
  createMemoryTree,
  createNetworkSources,
  type Repositories,
  type Tree,
  type TreeChange,
} from '@argosy/manifests';

import type { Application } from '../../api/application.ts';
import type { ApplicationSource } from '../../api/application-source.ts';
import { renderSource } from '../../source/render-source.ts';
import type { RenderSource } from '../../source/render-on-worker.ts';
import { createSources } from './sources.ts';

const context = { appName: 'a', instanceName: 'a', project: 'p', namespace: 'd', apiVersions: [] };
const URL_OF = 'https://git.test/a';
const aConfigMap = (value: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: "${value}"}\n`;

const anApplication = (sources: readonly Partial<ApplicationSource>[], paths?: string): Application => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: {
    name: 'a',
    ...(paths !== undefined && { annotations: { 'argocd.argoproj.io/manifest-generate-paths': paths } }),
  },
  spec: {
    destination: { namespace: 'd' },
    sources: sources.map((source) => ({ repoURL: URL_OF, targetRevision: 'main', ...source })),
  },
});

/** A repository to which commits are pushed: what is rendered, looked at and asked is counted. */
const aRepository = (files: Readonly<Record<string, string>>) => {
  const commits: Readonly<Record<string, string>>[] = [files];
  const counts = { renders: 0, looks: 0, differences: 0 };
  const asked: (number | undefined)[] = [];
  const at = (commit: string): Readonly<Record<string, string>> => commits[Number(commit)] ?? {};
  const counted = (tree: Tree, id: string): Tree => ({
    id,
    find: (path) => ((counts.looks += 1), tree.find(path)),
    list: (path) => ((counts.looks += 1), tree.list(path)),
    read: (path) => ((counts.looks += 1), tree.read(path)),
  });
  const changes = (from: string, to: string): readonly TreeChange[] => {
    const [before, after] = [at(from), at(to)];
    return [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .filter((path) => before[path] !== after[path])
      .map((path) => ({
        kind: before[path] === undefined ? 'added' : after[path] === undefined ? 'deleted' : 'modified',
        path,
      }));
  };
  const repositories: Repositories = {
    resolve: async (_url, _revision, options) => {
      asked.push(options?.since);
      return `${commits.length - 1}`;
    },
    tree: async (_url, commit) => counted(createMemoryTree(at(commit)), commit),
    describe: async () => ({ commit: '', author: '', date: '', subject: '', message: '' }),
    lineage: () => ({ id: 'l', changes: async (from, to) => ((counts.differences += 1), changes(from, to)) }),
    moment: () => commits.length,
  };
  const counting: RenderSource = (...args) => ((counts.renders += 1), renderSource(...args));
  const clock = createVirtualClock(Date.UTC(2026, 0, 1));
  const sources = createSources({
    repositories,
    network: createNetworkSources({
      http: { send: () => Promise.reject(new Error('away')) },
      blobs: createMemoryBlobStore(),
      clock,
    }),
    catalog: { accessOf: () => ANONYMOUS, urlOf: () => undefined },
    projects: { permitsSource: () => true },
    renderSource: counting,
    clock,
    random: createSeededRandom(1),
    log: silentLogger,
  });
  const push = (changed: Readonly<Record<string, string>>): void => {
    commits.push({ ...commits.at(-1), ...changed });
    Object.assign(counts, { renders: 0, looks: 0, differences: 0 });
  };
  const resolve = async (key: string, application: Application) => {
    sources.expire(key);
    const { state } = await sources.resolve(key, application, context);
    if (state.kind !== 'ready') return state.message;
    const values = state.objects.map((object) => (object as { data?: Readonly<Record<string, string>> }).data?.['a']);
    return { revisions: state.revisions, values };
  };
  return { push, resolve, counts, asked, sources };
};

describe('an application that names the paths which concern it', () => {
  it('is not rendered for a push elsewhere, and goes on to the new commit', async () => {
    const { push, resolve, counts } = aRepository({ 'app/a.yaml': aConfigMap('1'), 'lib/x': '1' });
    const application = anApplication([{ path: 'app', directory: { recurse: true } }], '.;../lib');
    expect(await resolve('k', application)).toEqual({ revisions: ['0'], values: ['1'] });
    push({ 'other/b.yaml': '2' });
    expect([await resolve('k', application), counts]).toEqual([
      { revisions: ['1'], values: ['1'] },
      { renders: 0, looks: 0, differences: 1 },
    ]);
    push({ 'app/a.yaml': aConfigMap('2') });
    expect([await resolve('k', application), counts.renders]).toEqual([{ revisions: ['2'], values: ['2'] }, 1]);
  });

  it('trusts the annotation over what it looked at, until a path of it changes', async () => {
    const { push, resolve, counts, sources } = aRepository({ 'app/a.yaml': aConfigMap('1'), 'app/b.txt': '1' });
    const application = anApplication([{ path: 'app' }], 'b.txt');
    await resolve('k', application);
    push({ 'app/a.yaml': aConfigMap('2') });
    expect([await resolve('k', application), counts.renders]).toEqual([{ revisions: ['1'], values: ['1'] }, 0]);
    push({ 'app/b.txt': '2' });
    expect([await resolve('k', application), counts.renders]).toEqual([{ revisions: ['2'], values: ['2'] }, 1]);
    push({ 'app/a.yaml': aConfigMap('3') });
    await resolve('k', application);
    // Without the annotation, what was looked at tells, since the render.
    expect(await resolve('k', anApplication([{ path: 'app' }]))).toEqual({ revisions: ['3'], values: ['3'] });
    push({ 'app/a.yaml': aConfigMap('4') });
    await resolve('k', application);
    sources.forget('k');
    expect(await resolve('k', application)).toEqual({ revisions: ['4'], values: ['4'] });
  });

  it('names them for each of its sources', async () => {
    const { push, resolve, counts } = aRepository({
      'one/a.yaml': aConfigMap('1'),
      'two/a.yaml': aConfigMap('1'),
      'two/unread': '1',
    });
    const application = anApplication([{ path: 'one' }, { path: 'two' }], '*.yaml');
    await resolve('k', application);
    push({ 'two/a.yaml': aConfigMap('2') });
    expect([await resolve('k', application), counts.renders]).toEqual([
      { revisions: ['1', '1'], values: ['1', '2'] },
      1,
    ]);
  });

  it('is found by pushes that concern its paths', async () => {
    const { resolve, sources } = aRepository({ 'app/a.yaml': aConfigMap('1') });
    await resolve('named', anApplication([{ path: 'app' }, { path: '.' }], '.;/lib'));
    await resolve('unnamed', anApplication([{ path: 'app' }]));
    const seen: (readonly string[])[] = [];
    sources.keysOf((_source, paths) => seen.push(paths) === 0);
    expect(seen).toEqual([['app', 'lib'], ['', 'lib'], []]);
  });
});

describe('a push', () => {
  const NAMES = Array.from({ length: 50 }, (_, at) => `app-${at}`);

  it('is decided for all applications by what differs, without a look at what they read', async () => {
    const { push, resolve, counts } = aRepository(
      Object.fromEntries(NAMES.map((name) => [`${name}/a.yaml`, aConfigMap('1')] as const)),
    );
    const resolveAll = () => Promise.all(NAMES.map((name) => resolve(name, anApplication([{ path: name }]))));
    await resolveAll();
    push({ 'app-7/a.yaml': aConfigMap('2') });
    await resolve('app-3', anApplication([{ path: 'app-3' }]));
    expect(counts).toEqual({ renders: 0, looks: 0, differences: 1 });
    const values = (await resolveAll()).map((state) => (typeof state === 'string' ? state : state.values[0]));
    expect(values.filter((value) => value !== '1')).toEqual(['2']);
    expect([counts.renders, counts.differences]).toEqual([1, 1]);
    push({ 'readme.md': 'x' });
    await resolveAll();
    expect(counts).toEqual({ renders: 0, looks: 0, differences: 1 });
  });

  it('tells at once whom it may change', async () => {
    const { push, resolve, sources, counts } = aRepository(
      Object.fromEntries(NAMES.map((name) => [`${name}/a.yaml`, aConfigMap('1')] as const)),
    );
    for (const name of NAMES) await resolve(name, anApplication([{ path: name }]));
    push({ 'app-7/a.yaml': aConfigMap('2'), 'app-9/b.yaml': aConfigMap('new') });
    const may = await Promise.all(NAMES.map((name) => sources.mayChange(name)));
    expect(NAMES.filter((_, at) => may[at])).toEqual(['app-7', 'app-9']);
    expect([counts.renders, counts.differences, await sources.mayChange('unknown')]).toEqual([0, 1, true]);
  });

  it('is fetched once for those who were told of it', async () => {
    const { push, sources, asked } = aRepository({ 'app/a.yaml': aConfigMap('1') });
    const application = anApplication([{ path: 'app' }]);
    await sources.resolve('k', application, context);
    sources.expire('k');
    push({});
    await sources.resolve('k', application, context);
    expect(asked).toEqual([undefined, 1]);
  });

  it('is fetched for no sync that begins or ends while the last look is good', async () => {
    const { push, sources, asked } = aRepository({ 'app/a.yaml': aConfigMap('1') });
    const application = anApplication([{ path: 'app' }]);
    const syncing: Application = {
      ...application,
      status: {
        operationState: {
          phase: 'Running',
          startedAt: '2026-01-01T00:00:00Z',
          operation: { sync: {} },
          syncResult: { revision: '', revisions: ['0'] },
        },
      },
    };
    const before = await sources.resolve('k', application, context);
    push({});
    for (const one of [syncing, application]) await sources.resolve('k', one, context);
    expect(asked).toEqual([undefined, 1, 1]);
    expect((await sources.resolve('k', application, context)).recheckMs).toBe(before.recheckMs);
  });
});
