import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Client } from '@argosy/client';
import type { ApiServer } from '@argosy/cluster';
import { CONFIG_MAPS, SECRETS } from '@argosy/kube';
import {
  APP_PROJECT,
  APP_PROJECTS,
  APPLICATION,
  APPLICATIONS,
  createApplicationRoutes,
  rollBackApplication,
  showHistory,
  syncApplication,
  type Application,
  type ApplicationSource,
  type ApplicationSpec,
  type AppProjectSpec,
} from '../src/index.ts';
import { createRepository, type GitRepository } from './git-repository.ts';
import {
  PORTS,
  runApplications,
  startServer,
  until as patiently,
  type RunningApplications,
} from './running-applications.ts';
import { serve, serveCharts, serveRegistry, tarArchive, type SourceServer } from './source-servers.ts';

const aConfigMap = (name: string, value = '1'): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {a: "${value}"}\n`;

describe('sources of applications', () => {
  let folder: string;
  let repository: GitRepository;
  let server: ApiServer;
  let client: Client;
  let running: RunningApplications;
  const servers: SourceServer[] = [];

  /** A cluster that serves the kind, and the loop on it. */
  const start = async (kind: typeof APPLICATION): Promise<void> => {
    server = await startServer([kind, APP_PROJECT]);
    client = server.client;
    running = await runApplications(client, { folder });
  };
  const halt = async (): Promise<void> => {
    await running.end();
    await server.close();
  };

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'argosy-sources-'));
    repository = await createRepository(path.join(folder, 'repo'));
    await start(APPLICATION);
  });
  afterEach(async () => {
    await halt();
    await Promise.all(servers.splice(0).map((one) => one.close()));
    await rm(folder, { recursive: true });
  });

  const started = async (starting: Promise<SourceServer>): Promise<SourceServer> => {
    const one = await starting;
    servers.push(one);
    return one;
  };
  const commit = (files: Readonly<Record<string, string>>): Promise<string> => repository.commit(files);
  const git = (): string => repository.url;
  const create = (name: string, spec: Partial<ApplicationSpec>): Promise<Application> =>
    client.create(APPLICATIONS, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name, namespace: 'argocd' },
      spec: {
        project: 'default',
        destination: { server: 'https://kubernetes.default.svc', namespace: 'default' },
        syncPolicy: { automated: { prune: true } },
        ...spec,
      },
    });
  const get = (name: string): Promise<Application> => client.get(APPLICATIONS, { namespace: 'argocd', name });
  const until = <T>(look: () => Promise<T | undefined>, name: string): Promise<T> => patiently(look, () => get(name));
  const synced = (name: string, isThere: (app: Application) => boolean = () => true): Promise<Application> =>
    until(async () => {
      const app = await get(name);
      const { status } = app;
      const isSynced = status?.sync?.status === 'Synced' && status.operationState?.phase === 'Succeeded';
      return isSynced && isThere(app) ? app : undefined;
    }, name);
  const condition = (name: string, type: string): Promise<string> =>
    until(async () => (await get(name)).status?.conditions?.find((one) => one.type === type)?.message, name);
  const dataOf = async (name: string): Promise<unknown> =>
    (await client.get(CONFIG_MAPS, { namespace: 'default', name })).data;
  const secret = (name: string, type: string, data: Readonly<Record<string, string>>) =>
    client.create(SECRETS, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace: 'argocd', labels: { 'argocd.argoproj.io/secret-type': type } },
      data: Object.fromEntries(
        Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')] as const),
      ),
    });

  it('may be charts of a repository, by constraint', async () => {
    const versions = ['1.0.0', '1.1.0', '2.0.0'];
    const charts = await started(serveCharts('web', versions));
    const source: ApplicationSource = {
      repoURL: charts.url,
      chart: 'web',
      targetRevision: '1.*',
      helm: { releaseName: 'r', parameters: [{ name: 'size', value: 'large' }] },
    };
    await create('charted', { source });
    const app = await synced('charted');
    expect([app.status?.sync, app.status?.sourceType, app.status?.history?.[0]?.revision]).toMatchObject([
      { revision: '1.1.0', comparedTo: { source } },
      'Helm',
      '1.1.0',
    ]);
    expect(await dataOf('r-web')).toEqual({ version: '1.1.0', size: 'large', file: '' });
    versions.push('1.2.0');
    running.loop.refreshRepositories(() => true);
    await synced('charted', ({ status }) => status?.sync?.revision === '1.2.0');
    expect(await dataOf('r-web')).toMatchObject({ version: '1.2.0' });
    const name = 'charted';
    const patch = { spec: { source: { ...source, targetRevision: '7.*' } } };
    await client.patch(APPLICATIONS, { namespace: 'argocd', name }, { kind: 'merge', patch });
    expect(await condition('charted', 'ComparisonError')).toBe(
      `Failed to load target state: chart "web" version "7.*" not found in ${charts.url}/ repository`,
    );
  });

  it('may be artifacts of a registry, of a host that speaks plain HTTP', async () => {
    const registry = await started(
      serveRegistry({ 'team/apps:1.0.0': tarArchive({ 'app/a.yaml': aConfigMap('packed') }) }),
    );
    const repoURL = `oci://${registry.url.slice('http://'.length)}/team/apps`;
    await secret('registry', 'repository', { url: repoURL, type: 'oci', insecureOCIForceHttp: 'true' });
    await create('packed', { source: { repoURL, path: 'app', targetRevision: '^1' } });
    const app = await synced('packed');
    expect([app.status?.sync?.revision, app.status?.sourceType, await dataOf('packed')]).toEqual([
      expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      'Directory',
      { a: '1' },
    ]);
  });

  it('may be several, which lend each other files', async () => {
    const charts = await started(serveCharts('web', ['1.0.0']));
    const first = await commit({
      'values/prod.yaml': 'size: huge\n',
      'file.txt': 'a,b',
      'app/a.yaml': aConfigMap('a'),
    });
    const sources: readonly ApplicationSource[] = [
      {
        repoURL: charts.url,
        chart: 'web',
        targetRevision: '1.0.0',
        helm: {
          releaseName: 'r',
          valueFiles: ['$values/values/*.yaml'],
          fileParameters: [{ name: 'file', path: '$values/file.txt' }],
        },
      },
      { repoURL: git(), targetRevision: 'main', ref: 'values' },
      { repoURL: git(), targetRevision: 'main', path: 'app', name: 'plain' },
    ];
    await create('several', { sources });
    const app = await synced('several');
    expect(app.status).toMatchObject({
      sync: { revisions: ['1.0.0', first, first], comparedTo: { sources } },
      sourceTypes: ['Helm', '', 'Directory'],
      history: [{ revisions: ['1.0.0', first, first], sources }],
      operationState: { syncResult: { revisions: ['1.0.0', first, first], sources } },
    });
    expect([app.status?.sync?.revision, app.status?.sourceType, app.status?.sync?.comparedTo?.source]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect([await dataOf('r-web'), await dataOf('a')]).toEqual([
      { version: '1.0.0', size: 'huge', file: 'a,b' },
      { a: '1' },
    ]);
    const second = await commit({ 'values/prod.yaml': 'size: tiny\n' });
    running.loop.refreshRepositories(() => true);
    await synced('several', ({ status }) => status?.history?.length === 2);
    expect([(await dataOf('r-web')) as { size: string }, second !== first]).toMatchObject([{ size: 'tiny' }, true]);
  });

  it('are passed by when a push tells of other files than those the annotation names', async () => {
    const first = await commit({ 'one/a.yaml': aConfigMap('one', 'old'), 'two/b.yaml': aConfigMap('two', 'old') });
    for (const name of ['one', 'two', 'all']) {
      const source = { repoURL: git(), targetRevision: 'main', path: name === 'all' ? 'one' : name };
      await create(name, { source, syncPolicy: {} });
      const annotations = name === 'all' ? {} : { 'argocd.argoproj.io/manifest-generate-paths': '.' };
      const patch = { metadata: { annotations } };
      await client.patch(APPLICATIONS, { namespace: 'argocd', name }, { kind: 'merge', patch });
      await until(async () => ((await get(name)).status?.sync?.revision === first ? true : undefined), name);
    }
    const route = createApplicationRoutes(running.loop).find(({ path: at }) => at === '/api/webhook')!;
    const told = async (modified: readonly string[]): Promise<readonly string[]> => {
      const repository = { clone_url: git(), default_branch: 'main' };
      const body = Buffer.from(JSON.stringify({ ref: 'refs/heads/main', repository, commits: [{ modified }] }));
      const request = { method: 'POST', path: route.path, query: {}, params: {}, headers: {}, body };
      const answer = await route.handle(request as unknown as Parameters<typeof route.handle>[0]);
      const { refreshed } = (answer as { value: { refreshed: readonly { name: string }[] } }).value;
      return refreshed.map(({ name }) => name).sort();
    };
    const second = await commit({ 'two/b.yaml': aConfigMap('two', 'new') });
    // The one without the annotation is looked at, whatever it read.
    expect(await told(['two/b.yaml'])).toEqual(['all', 'two']);
    await until(async () => ((await get('two')).status?.sync?.revision === second ? true : undefined), 'two');
    expect((await get('one')).status?.sync?.revision).toBe(first);
    // A look that nobody filtered brings it to the commit all the same.
    running.loop.refreshRepositories(() => true);
    await until(async () => ((await get('one')).status?.sync?.revision === second ? true : undefined), 'one');
    expect(await told([])).toEqual(['all', 'one', 'two']);
  });

  it('go back to what several of them were', async () => {
    const first = await commit({ 'app/a.yaml': aConfigMap('a', 'old'), 'other/b.yaml': aConfigMap('b', 'old') });
    const sources = ['app', 'other'].map((where) => ({ repoURL: git(), targetRevision: 'main', path: where }));
    await create('back', { sources, syncPolicy: {} });
    const printed: string[] = [];
    const deps = { client, clock: PORTS.clock, namespace: 'argocd', print: (line: string) => void printed.push(line) };
    const options = { prune: true, dryRun: false, wait: true, timeoutSeconds: 10 };
    await until(async () => (await get('back')).status?.sync?.revisions, 'back');
    expect(await syncApplication(deps, 'back', options)).toBe(0);
    const second = await commit({ 'other/b.yaml': aConfigMap('b', 'new') });
    running.loop.refreshRepositories(() => true);
    await until(async () => ((await get('back')).status?.sync?.revisions?.[1] === second ? true : undefined), 'back');
    expect(await syncApplication(deps, 'back', options)).toBe(0);
    expect(await dataOf('b')).toEqual({ a: 'new' });
    expect(await rollBackApplication(deps, 'back', { prune: true, timeoutSeconds: 10 })).toBe(0);
    expect([await dataOf('b'), (await get('back')).status?.history?.map(({ revisions }) => revisions)]).toEqual([
      { a: 'old' },
      [
        [first, first],
        [second, second],
        [first, first],
      ],
    ]);
    printed.length = 0;
    await showHistory(deps, 'back');
    expect(printed[1]).toContain(`main (${first.slice(0, 7)}), main (${first.slice(0, 7)})`);
    await expect(syncApplication(deps, 'back', { ...options, revision: 'x' })).rejects.toThrow(/several sources/);
  });

  it('warn of what two of them name, and the last one wins', async () => {
    await commit({ 'app/a.yaml': aConfigMap('a', 'first'), 'other/a.yaml': aConfigMap('a', 'last') });
    await create('twice', { sources: ['app', 'other'].map((where) => ({ repoURL: git(), path: where })) });
    await synced('twice');
    expect([await condition('twice', 'RepeatedResourceWarning'), await dataOf('a')]).toEqual([
      'Resource /ConfigMap/default/a appeared 2 times among application resources.',
      { a: 'last' },
    ]);
  });

  it('tell which of several fails, and why', async () => {
    await commit({ 'app/a.yaml': aConfigMap('a') });
    await create('failing', {
      sources: [
        { repoURL: git(), path: 'app' },
        { repoURL: git(), path: 'app', targetRevision: 'none', name: 'the other' },
      ],
    });
    expect(await condition('failing', 'ComparisonError')).toBe(
      `Failed to load target state: the other: revision "none" is neither a branch nor a tag nor a commit of ${git()}`,
    );
    await create('unknown-ref', {
      sources: [
        { repoURL: git(), path: 'app', helm: { valueFiles: ['$valeus/x.yaml'] } },
        { repoURL: git(), ref: 'values' },
      ],
    });
    expect(await condition('unknown-ref', 'ComparisonError')).toMatch(
      /source 1 of 2: .*source referenced "valeus", but no source has a 'ref' field/,
    );
  });

  it('use the credentials that Secrets hold for them, as soon as they are there', async () => {
    const wanted = `Basic ${Buffer.from('me:secret-word').toString('base64')}`;
    const charts = await started(serveCharts('web', ['1.0.0'], ({ headers }) => headers.authorization === wanted));
    const source = { repoURL: charts.url, chart: 'web', targetRevision: '1.0.0' };
    await secret('wrong', 'repository', { url: charts.url, project: 'other', username: 'me', password: 'secret-word' });
    await create('private', { source });
    const refused = await condition('private', 'ComparisonError');
    expect(refused).toContain('access denied (401); check the credentials of the repository');
    await secret('template', 'repo-creds', { url: charts.url.slice(0, -1), username: 'me', password: 'no' });
    const creds = await secret('longer', 'repo-creds', { url: charts.url, username: 'me', password: 'secret-no' });
    await until(
      async () => ((await condition('private', 'ComparisonError')).includes('secret-no') ? undefined : true),
      'private',
    );
    await client.update(SECRETS, {
      ...creds,
      data: { ...creds.data, password: Buffer.from('secret-word').toString('base64') },
    });
    await synced('private');
    expect(JSON.stringify(await get('private'))).not.toContain('secret-word');
  });

  it('refuse Secrets that ask for what is not there, by key', async () => {
    await secret('key', 'repo-creds', { url: 'https://source.test/org', gcpServiceAccountKey: 'x' });
    await create('cloud', { source: { repoURL: 'https://source.test/org/repo', path: 'app' } });
    expect(await condition('cloud', 'ComparisonError')).toBe(
      'Failed to load target state: repository secret argocd/key: gcpServiceAccountKey is not supported yet; remove it',
    );
  });

  it('fetch what charts depend on, also by the name of a repository', async () => {
    const charts = await started(serveCharts('db', ['1.0.0']));
    await secret('charts', 'repository', { url: charts.url, type: 'helm', name: 'stable' });
    await commit({
      'app/Chart.yaml':
        'apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies: [{name: db, version: ^1, repository: "@stable"}]\n',
      'app/values.yaml': 'db: {size: medium}\n',
    });
    await create('umbrella', { source: { repoURL: git(), path: 'app' } });
    await synced('umbrella');
    expect(await dataOf('umbrella-db')).toMatchObject({ size: 'medium', version: '1.0.0' });
  });

  it('build kustomizations with the options of argocd-cm', async () => {
    const charts = await started(serveCharts('db', ['1.0.0']));
    await commit({
      'app/kustomization.yaml': `helmCharts: [{name: db, releaseName: k, version: 1.0.0, repo: "${charts.url}"}]\nnamePrefix: p-\n`,
    });
    await create('built', { source: { repoURL: git(), path: 'app' } });
    expect(await condition('built', 'ComparisonError')).toContain('Helm is not enabled for kustomize here');
    const settings = await client.create(CONFIG_MAPS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'argocd-cm', namespace: 'argocd' },
      data: { 'kustomize.buildOptions': '--enable-helm --load-restrictor LoadRestrictionsNone' },
    });
    await synced('built');
    expect(await dataOf('p-k-db')).toMatchObject({ version: '1.0.0' });
    const data = { 'kustomize.buildOptions': '--enable-alpha-plugins' };
    await client.update(CONFIG_MAPS, { ...settings, data });
    expect(await condition('built', 'ComparisonError')).toMatch(
      /kustomize\.buildOptions of argocd-cm: --enable-alpha-plugins is not supported/,
    );
  });

  it('build on files of the web', async () => {
    const web = await started(serve((asked) => (asked === '/install.yaml' ? aConfigMap('far') : undefined)));
    await commit({ 'app/kustomization.yaml': `resources: ["${web.url}/install.yaml"]\nnameSuffix: -x\n` });
    await create('web', { source: { repoURL: git(), path: 'app' } });
    await synced('web');
    expect(await dataOf('far-x')).toEqual({ a: '1' });
  });

  it('take value files of the network where their scheme is allowed', async () => {
    const charts = await started(serveCharts('web', ['1.0.0']));
    const values = await started(serve((asked) => (asked === '/v.yaml' ? 'size: remote\n' : undefined)));
    const helm = { releaseName: 'n', valueFiles: [`${values.url}/v.yaml`] };
    await create('remote', { source: { repoURL: charts.url, chart: 'web', targetRevision: '1.0.0', helm } });
    await synced('remote');
    expect(await dataOf('n-web')).toMatchObject({ size: 'remote' });
    await client.create(CONFIG_MAPS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'argocd-cm', namespace: 'argocd' },
      data: { 'helm.valuesFileSchemes': 'https' },
    });
    expect(await condition('remote', 'ComparisonError')).toMatch(/files of http are not allowed here/);
  });

  it('are rendered anew by a hard refresh, and not by another', async () => {
    await commit({
      'app/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.0.0\n',
      'app/templates/a.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: drawn}\ndata: {a: {{ randAlphaNum 20 | quote }}}\n',
    });
    await create('random', { source: { repoURL: git(), path: 'app' }, syncPolicy: {} });
    await until(async () => (await get('random')).status?.sync?.revision, 'random');
    const drawn = async (): Promise<string> => {
      const compared = await running.loop.compare({ namespace: 'argocd', name: 'random' });
      return compared?.ok === true ? JSON.stringify(compared.value) : '';
    };
    const refresh = async (how: string): Promise<string> => {
      const key = { namespace: 'argocd', name: 'random' };
      const patch = { metadata: { annotations: { 'argocd.argoproj.io/refresh': how } } };
      await client.patch(APPLICATIONS, key, { kind: 'merge', patch });
      await until(
        async () => ((await get('random')).metadata.annotations?.['argocd.argoproj.io/refresh'] ? undefined : true),
        'random',
      );
      return drawn();
    };
    const first = await drawn();
    expect([first.includes('drawn'), (await refresh('normal')) === first, (await refresh('hard')) === first]).toEqual([
      true,
      true,
      false,
    ]);
  });

  const aProject = (name: string, spec: AppProjectSpec) =>
    client.create(APP_PROJECTS, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      metadata: { name, namespace: 'argocd' },
      spec,
    });
  const here = { server: 'https://kubernetes.default.svc', namespace: 'default' };

  it('are those of the project, which may come later and change', async () => {
    await commit({ 'app/a.yaml': aConfigMap('a') });
    const source = { repoURL: git(), path: 'app' };
    await create('mine', { project: 'team', source });
    expect(await condition('mine', 'InvalidSpecError')).toBe(
      'spec.project: there is no project "team" in argocd; create it, or name another',
    );
    const project = await aProject('team', { sourceRepos: ['https://git.test/*'], destinations: [here] });
    await until(
      async () => ((await condition('mine', 'InvalidSpecError')).includes('repo') ? true : undefined),
      'mine',
    );
    expect(await condition('mine', 'InvalidSpecError')).toBe(
      `application repo ${git()} is not permitted in project 'team'`,
    );
    await client.update(APP_PROJECTS, { ...project, spec: { sourceRepos: ['*'], destinations: [here] } });
    expect((await synced('mine')).status?.conditions).toEqual([]);
    await create('elsewhere', {
      project: 'team',
      source,
      destination: { server: here.server, namespace: 'kube-system' },
    });
    expect(await condition('elsewhere', 'InvalidSpecError')).toContain("and namespace 'kube-system' do not match any");
  });

  it('write only what their project permits, all or nothing', async () => {
    await commit({
      'app/a.yaml': aConfigMap('a'),
      'app/n.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: made}\n',
      'other/a.yaml': aConfigMap('b').replace('{name: b}', '{name: b, namespace: kube-system}'),
    });
    const spec = { sourceRepos: ['*'], destinations: [here] };
    const project = await aProject('team', spec);
    const syncPolicy = { automated: {}, retry: { limit: 0 } };
    await create('wide', { project: 'team', source: { repoURL: git(), path: 'app' }, syncPolicy });
    const failed = await until(async () => {
      const state = (await get('wide')).status?.operationState;
      return state?.phase === 'Failed' ? state : undefined;
    }, 'wide');
    expect(failed.message).toContain('Resource :Namespace is not permitted in project team.');
    await expect(dataOf('a')).rejects.toThrow(/not found/);
    await create('outside', { project: 'team', source: { repoURL: git(), path: 'other' }, syncPolicy });
    const outside = await until(async () => {
      const state = (await get('outside')).status?.operationState;
      return state?.phase === 'Failed' ? state : undefined;
    }, 'outside');
    expect(outside.message).toContain("namespace kube-system is not permitted in project 'team'");
    const clusterResourceWhitelist = [{ group: '', kind: 'Namespace', name: 'm*' }];
    await client.update(APP_PROJECTS, { ...project, spec: { ...spec, clusterResourceWhitelist } });
    const operation = { operation: { sync: { revision: 'HEAD' } } };
    await client.patch(APPLICATIONS, { namespace: 'argocd', name: 'wide' }, { kind: 'merge', patch: operation });
    await synced('wide');
    expect(await dataOf('a')).toEqual({ a: '1' });
  });

  it('reach for charts of permitted repositories, and those that are of the project alone', async () => {
    const charts = await started(serveCharts('db', ['1.0.0']));
    await commit({
      'app/Chart.yaml': `apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies: [{name: db, version: ^1, repository: "${charts.url}"}]\n`,
    });
    await aProject('team', { sourceRepos: [git()], destinations: [here] });
    await create('chart', { project: 'team', source: { repoURL: git(), path: 'app' } });
    expect(await condition('chart', 'ComparisonError')).toContain(
      `repository ${charts.url} is not permitted in project 'team'`,
    );
    await secret('own', 'repository', { url: charts.url, type: 'helm', project: 'team' });
    await synced('chart');
  });

  it.each<readonly [AppProjectSpec, RegExp]>([
    [{ sourceRepos: ['a', 'a'] }, /spec\.sourceRepos\[1\]: Forbidden: "a" is there already/],
    [{ destinations: [{ server: '!*' }] }, /spec\.destinations\[0\]\.server: Forbidden: "!\*" permits nothing/],
    [{ roles: [] } as AppProjectSpec, /spec\.roles: Forbidden: not supported yet/],
  ])('refuse a project %o', async (spec, message) => {
    await expect(aProject('odd', spec)).rejects.toThrow(message);
  });

  it('are refused by a condition where the cluster let them through', async () => {
    await halt();
    await start({ ...APPLICATION, validate: () => [] });
    await commit({ 'app/a.yaml': aConfigMap('a') });
    await create('odd', {
      sources: [
        { repoURL: git(), path: 'app', ref: 'a b' },
        { repoURL: git(), chart: 'x' },
      ],
    });
    expect(await condition('odd', 'InvalidSpecError')).toBe(
      'spec.sources[0].ref: Forbidden: "a b" may hold letters, digits, - and _ only; spec.sources[1].targetRevision: Required value: a version, or a constraint such as 1.2.*',
    );
    const patch = { spec: { sources: [{ repoURL: git(), path: 'app' }] } };
    await client.patch(APPLICATIONS, { namespace: 'argocd', name: 'odd' }, { kind: 'merge', patch });
    expect((await synced('odd')).status?.conditions).toEqual([]);
  });
});
