import { cp, mkdtemp, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Client } from '@argosy/client';
import { createBuiltinLoops, type ApiServer } from '@argosy/cluster';
import { CONFIG_MAPS, DEPLOYMENTS, isApiError, JOBS, PODS, SERVICES, type ResourceType } from '@argosy/kube';
import { APPLICATION, APPLICATIONS, type Application, type ApplicationSpec } from '../src/index.ts';
import { createRepository, type GitRepository } from './git-repository.ts';
import { runApplications, startServer, until as patiently, type RunningApplications } from './running-applications.ts';

const examples = new URL('../../../../shared/conformance/cd/example-apps/', import.meta.url).pathname;

const until = <T>(look: () => Promise<T | undefined>, what: string): Promise<T> => patiently(look, () => what);
const aConfigMap = (
  name: string,
  data: Record<string, string> = { a: '1' },
  annotations: Record<string, string> = {},
): string => JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, annotations }, data });
const aHook = (name: string, phase: string, extra: Record<string, string> = {}): string =>
  JSON.stringify({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, annotations: { 'argocd.argoproj.io/hook': phase, ...extra } },
    spec: {
      completions: 1,
      backoffLimit: 0,
      template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } },
    },
  });

describe('an application', () => {
  let folder: string;
  let repository: GitRepository;
  let server: ApiServer;
  let client: Client;
  let running: RunningApplications;
  let ended: string[];

  const start = async (): Promise<void> => {
    running = await runApplications(client, {
      folder,
      beside: async (deps) => [
        ...(await createBuiltinLoops(deps)).map((loop) => (signal: AbortSignal) => loop.run(signal)),
        playKubelet,
      ],
    });
  };
  /** Plays the kubelet: pods of jobs end as told, others become ready. */
  const playKubelet = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      for (const pod of (await client.list(PODS)).items) {
        if (pod.status?.phase !== 'Pending') continue;
        const job = pod.metadata.labels?.['job-name'];
        const status = job
          ? { phase: job.includes('fail') ? ('Failed' as const) : ('Succeeded' as const) }
          : {
              phase: 'Running' as const,
              podIP: '127.0.9.9',
              conditions: [{ type: 'Ready', status: 'True' as const, lastTransitionTime: '2026-01-01T00:00:00Z' }],
            };
        await client.update(PODS, { ...pod, status }, { subresource: 'status' }).catch(() => undefined);
        if (job) ended.push(job);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'argosy-cd-'));
    ended = [];
    repository = await createRepository(path.join(folder, 'repo'));
    // Without projects: they are not everywhere.
    server = await startServer([APPLICATION]);
    client = server.client;
    await start();
  });
  afterEach(async () => {
    await running.end();
    await server.close();
    await rm(folder, { recursive: true });
  });

  const commit = (files: Readonly<Record<string, string | undefined>>): Promise<string> => repository.commit(files);
  const anApplication = (name: string, spec: Partial<ApplicationSpec> = {}): Application => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace: 'argocd' },
    spec: {
      project: 'default',
      destination: { server: 'https://kubernetes.default.svc', namespace: 'default' },
      source: { repoURL: repository.url, path: 'app', targetRevision: 'main' },
      ...spec,
    },
  });
  const automated = (extra = {}): Partial<ApplicationSpec> => ({
    syncPolicy: { automated: { prune: true, selfHeal: true }, ...extra },
  });
  const get = (name: string) => client.get(APPLICATIONS, { namespace: 'argocd', name });
  const settled = (name: string, sync = 'Synced', health = 'Healthy', revision?: string) =>
    until(async () => {
      const app = await get(name);
      const isThere =
        app.status?.sync?.status === sync &&
        app.status.health?.status === health &&
        app.status.operationState?.phase !== 'Running';
      return isThere && (revision === undefined || app.status?.sync?.revision === revision) ? app : undefined;
    }, `${name} ${sync} and ${health}`).catch(async (thrown: unknown) => {
      throw new Error(`${String(thrown)}: ${JSON.stringify((await get(name)).status, null, 1)}`);
    });
  const pushed = (): readonly unknown[] => running.loop.refreshRepositories(() => true);
  const exists = async (resource: ResourceType, name: string): Promise<boolean> =>
    client.get(resource, { namespace: 'default', name }).then(
      () => true,
      (thrown: unknown) => {
        if (isApiError(thrown, 'NotFound')) return false;
        throw thrown;
      },
    );

  it('without automation says what differs and waits to be asked', async () => {
    const revision = await commit({ 'app/c.yaml': aConfigMap('c') });
    await client.create(APPLICATIONS, anApplication('manual'));
    await settled('manual', 'OutOfSync', 'Missing', revision);
    expect(await exists(CONFIG_MAPS, 'c')).toBe(false);
    await client.patch(
      APPLICATIONS,
      { namespace: 'argocd', name: 'manual' },
      { kind: 'merge', patch: { operation: { sync: { revision: 'main' }, initiatedBy: { username: 'me' } } } },
    );
    const app = await settled('manual');
    expect(app.operation).toBeUndefined();
    expect(app.status?.operationState).toMatchObject({
      phase: 'Succeeded',
      syncResult: {
        revision,
        resources: [{ kind: 'ConfigMap', name: 'c', status: 'Synced', message: 'configmaps/c created' }],
      },
    });
    expect(app.status?.history).toMatchObject([{ id: 0, revision, initiatedBy: { username: 'me' } }]);
  });

  it('follows commits, prunes what left Git and heals what others change', async () => {
    await commit({ 'app/a.yaml': aConfigMap('a'), 'app/b.yaml': aConfigMap('b') });
    await client.create(APPLICATIONS, anApplication('auto', automated()));
    await settled('auto');
    const second = await commit({ 'app/a.yaml': aConfigMap('a', { a: '2' }), 'app/b.yaml': undefined });
    pushed();
    await settled('auto', 'Synced', 'Healthy', second);
    expect([
      (await client.get(CONFIG_MAPS, { namespace: 'default', name: 'a' })).data,
      await exists(CONFIG_MAPS, 'b'),
    ]).toEqual([{ a: '2' }, false]);
    await client.patch(
      CONFIG_MAPS,
      { namespace: 'default', name: 'a' },
      { kind: 'merge', patch: { data: { a: 'changed' } } },
    );
    await until(
      async () =>
        (await client.get(CONFIG_MAPS, { namespace: 'default', name: 'a' })).data?.['a'] === '2' ? true : undefined,
      'healing',
    );
    await client.delete(CONFIG_MAPS, { namespace: 'default', name: 'a' });
    await until(async () => ((await exists(CONFIG_MAPS, 'a')) ? true : undefined), 'healing after a deletion');
    expect((await settled('auto')).status?.history?.length).toBe(2);
  });

  it('leaves alone what it did not make, and what differs only in writing', async () => {
    await client.create(CONFIG_MAPS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'foreign', namespace: 'default' },
    });
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 's' },
      spec: { ports: [{ port: 80 }], selector: { app: 'x' } },
    };
    await commit({
      'app/s.yaml': JSON.stringify(service),
      'app/secret.yaml': JSON.stringify({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'sec' },
        stringData: { a: 'text' },
      }),
    });
    await client.create(APPLICATIONS, anApplication('quiet', automated()));
    const app = await settled('quiet');
    expect([await exists(CONFIG_MAPS, 'foreign'), await exists(SERVICES, 's'), app.status?.resources?.length]).toEqual([
      true,
      true,
      2,
    ]);
  });

  it('runs hooks and waves in order, once', async () => {
    await commit({
      'app/pre.yaml': aHook('pre', 'PreSync'),
      'app/post.yaml': aHook('post', 'PostSync', { 'argocd.argoproj.io/hook-delete-policy': 'HookSucceeded' }),
      'app/late.yaml': aConfigMap('late', {}, { 'argocd.argoproj.io/sync-wave': '5' }),
      'app/early.yaml': aConfigMap('early', {}, { 'argocd.argoproj.io/sync-wave': '-1' }),
    });
    await client.create(APPLICATIONS, anApplication('ordered', automated()));
    const app = await settled('ordered');
    const results = app.status?.operationState?.syncResult?.resources?.map(
      (result) => `${result.syncPhase} ${result.name} ${result.hookPhase}`,
    );
    expect(results).toEqual([
      'PreSync pre Succeeded',
      'Sync early Succeeded',
      'Sync late Succeeded',
      'PostSync post Succeeded',
    ]);
    expect(ended).toEqual(['pre', 'post']);
    await until(async () => ((await exists(JOBS, 'post')) ? undefined : true), 'removal of the succeeded hook');
    expect(await exists(JOBS, 'pre')).toBe(true);
  });

  it('stops at a failing hook, runs what is there for that, and retries as told', async () => {
    await commit({
      'app/pre.yaml': aHook('pre-fail', 'PreSync'),
      'app/c.yaml': aConfigMap('c'),
      'app/rescue.yaml': aHook('rescue', 'SyncFail'),
    });
    await client.create(
      APPLICATIONS,
      anApplication('failing', automated({ retry: { limit: 1, backoff: { duration: '100ms' } } })),
    );
    const app = await until(async () => {
      const now = await get('failing');
      return now.status?.operationState?.phase === 'Failed' ? now : undefined;
    }, 'failure');
    expect([
      app.status?.operationState?.retryCount,
      await exists(CONFIG_MAPS, 'c'),
      ended.filter((job) => job === 'rescue').length,
    ]).toEqual([1, false, 2]);
    const condition = await until(
      async () => (await get('failing')).status?.conditions?.find((one) => one.type === 'SyncError'),
      'condition',
    );
    expect(condition.message).toMatch(/^Failed last sync attempt to \[[0-9a-f]{40}\]/);
  });

  it('refuses everything when a trial of one object fails', async () => {
    await commit({
      'app/good.yaml': aConfigMap('good'),
      'app/unknown.yaml': JSON.stringify({ apiVersion: 'example.com/v1', kind: 'Nothing', metadata: { name: 'x' } }),
    });
    await client.create(APPLICATIONS, anApplication('refused', automated({ retry: { limit: 0 } })));
    const app = await until(async () => {
      const now = await get('refused');
      return now.status?.operationState?.phase === 'Failed' ? now : undefined;
    }, 'failure');
    expect(app.status?.operationState?.message).toMatch(/dry run.*no kind Nothing/);
    expect(await exists(CONFIG_MAPS, 'good')).toBe(false);
  });

  it('says what is wrong with a source and goes on when it is mended', async () => {
    await commit({ 'app/c.yaml': 'apiVersion: v1\nkind: [' });
    await client.create(APPLICATIONS, anApplication('broken', automated()));
    const broken = await until(
      async () => (await get('broken')).status?.conditions?.find((one) => one.type === 'ComparisonError'),
      'condition',
    );
    expect(broken.message).toMatch(/app\/c\.yaml: line/);
    const mended = await commit({ 'app/c.yaml': aConfigMap('c') });
    await client.patch(
      APPLICATIONS,
      { namespace: 'argocd', name: 'broken' },
      { kind: 'merge', patch: { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'normal' } } } },
    );
    const app = await settled('broken', 'Synced', 'Healthy', mended);
    expect([app.status?.conditions, app.metadata.annotations?.['argocd.argoproj.io/refresh']]).toEqual([[], undefined]);
  });

  it('goes on after a restart in the middle of a sync', async () => {
    await commit({
      'app/pre.yaml': aHook('pre', 'PreSync'),
      'app/c.yaml': aConfigMap('c', {}, { 'argocd.argoproj.io/sync-wave': '1' }),
    });
    await client.create(APPLICATIONS, anApplication('restarted', automated()));
    await until(async () => ((await exists(JOBS, 'pre')) ? true : undefined), 'the hook');
    await running.end();
    await start();
    const app = await settled('restarted');
    expect([app.status?.history?.length, await exists(CONFIG_MAPS, 'c')]).toEqual([1, true]);
  });

  it('takes its objects along when it goes, if told so', async () => {
    await commit({ 'app/c.yaml': aConfigMap('c') });
    const app = anApplication('leaving', automated());
    await client.create(APPLICATIONS, {
      ...app,
      metadata: { ...app.metadata, finalizers: ['resources-finalizer.argocd.argoproj.io'] },
    });
    await settled('leaving');
    await client.delete(APPLICATIONS, { namespace: 'argocd', name: 'leaving' });
    await until(async () => ((await exists(CONFIG_MAPS, 'c')) ? undefined : true), 'deletion of its objects');
    await until(
      async () =>
        await get('leaving').then(
          () => undefined,
          () => true,
        ),
      'its own end',
    );
  });

  it('will not wipe out everything because a folder became empty', async () => {
    await commit({ 'app/c.yaml': aConfigMap('c'), 'app/README.md': 'x' });
    await client.create(APPLICATIONS, anApplication('careful', automated()));
    await settled('careful');
    await commit({ 'app/c.yaml': undefined });
    pushed();
    const condition = await until(
      async () => (await get('careful')).status?.conditions?.find((one) => one.type === 'SyncError'),
      'condition',
    );
    expect([condition.message, await exists(CONFIG_MAPS, 'c')]).toEqual([
      expect.stringContaining('will wipe out all resources'),
      true,
    ]);
  });

  it.each([
    [
      'a field it does not act on',
      { source: { repoURL: 'https://x', path: 'p' }, sourceHydrator: { drySource: {} } },
      /spec\.sourceHydrator\S*: Forbidden: not supported yet/,
    ],
    [
      'two tools at once',
      { source: { repoURL: 'https://x', path: 'p', helm: {}, directory: {} } },
      /multiple application sources defined: Helm,Directory/,
    ],
    ['another cluster', { destination: { server: 'https://elsewhere' } }, /spec\.destination\.server/],
    ['a missing path', { source: { repoURL: 'https://x' } }, /spec\.source\.path: Required/],
  ])('refuses %s by name', async (_reason, spec, message) => {
    await expect(client.create(APPLICATIONS, anApplication('bad', spec as Partial<ApplicationSpec>))).rejects.toThrow(
      message,
    );
  });

  it('renders a chart with all that its source says, and says what the chart refuses', async () => {
    await commit({
      'app/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
      'app/values.yaml': 'from: chart\nlow: chart\nkeep: chart\n',
      'app/templates/c.yaml': [
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Release.Name }}"}\ndata:',
        '  values: {{ .Values | toJson | quote }}',
        '  place: "{{ .Release.Namespace }} {{ .Capabilities.APIVersions.Has "apps/v1/Deployment" }}"',
        '  kube: {{ required "no version, no map" .Values.version | quote }}\n',
      ].join('\n'),
      'app/templates/test.yaml': aHook('never', 'Skip').replace('argocd.argoproj.io/hook', 'helm.sh/hook'),
      'app/text.txt': 'a,b',
      'envs/one.yaml': 'from: one\nlow: one',
      'envs/two.yaml': 'from: two',
    });
    const app = anApplication('charted', automated());
    const source = { repoURL: repository.url, path: 'app', targetRevision: 'main' };
    await client.create(APPLICATIONS, app);
    const refused = await until(
      async () => (await get('charted')).status?.conditions?.find((one) => one.type === 'ComparisonError'),
      'condition',
    );
    expect(refused.message).toMatch(
      /^Failed to load target state: helm template: execution error at \(web\/templates\/c\.yaml:7:11\): no version, no map$/,
    );
    const helm = {
      releaseName: 'named',
      valueFiles: ['/envs/*.yaml', '../envs/$ARGOCD_APP_NAME.yaml'],
      ignoreMissingValueFiles: true,
      values: 'inline: text',
      valuesObject: { inline: 'object', version: 'v$ARGOCD_APP_NAME' },
      parameters: [
        { name: 'list[1]', value: 'b' },
        { name: 'text', value: '1', forceString: true },
        { name: 'app', value: '$ARGOCD_APP_NAME, ${ARGOCD_APP_NAMESPACE}' },
      ],
      fileParameters: [{ name: 'file', path: 'text.txt' }],
    };
    await client.patch(
      APPLICATIONS,
      { namespace: 'argocd', name: 'charted' },
      { kind: 'merge', patch: { spec: { source: { ...source, helm } } } },
    );
    const synced = await settled('charted');
    const map = await client.get(CONFIG_MAPS, { namespace: 'default', name: 'named' });
    expect([synced.status?.sourceType, JSON.parse(map.data?.['values'] ?? ''), map.data?.['place']]).toEqual([
      'Helm',
      {
        from: 'two',
        low: 'one',
        keep: 'chart',
        inline: 'object',
        version: 'v$ARGOCD_APP_NAME',
        list: [null, 'b'],
        text: '1',
        app: 'charted, default',
        file: 'a,b',
      },
      'default true',
    ]);
    expect(await exists(JOBS, 'never')).toBe(false);
    // What the repository says wins over the application.
    await commit({ 'app/.argocd-source-charted.yaml': 'helm: {releaseName: renamed}\nrepoURL: elsewhere' });
    pushed();
    await until(async () => ((await exists(CONFIG_MAPS, 'renamed')) ? true : undefined), 'the override');
  });

  it.skipIf(!existsSync(examples)).each(['guestbook', 'helm-guestbook', 'pre-post-sync', 'sync-waves'])(
    'brings the upstream example %s to Synced and Healthy (skipped where the conformance data is absent)',
    async (name) => {
      await cp(path.join(examples, name), path.join(folder, 'repo', name), { recursive: true });
      await commit({ 'app/keep.txt': 'x' });
      // That folder is a Kustomize one; its plain part are the two hooks.
      const directory = name === 'pre-post-sync' ? { directory: { include: '*-job.yaml' } } : {};
      await client.create(
        APPLICATIONS,
        anApplication(name, { source: { repoURL: repository.url, path: name, ...directory }, ...automated() }),
      );
      await settled(name);
      const [deployment] = (await client.list(DEPLOYMENTS)).items;
      if (!deployment) return;
      const key = { namespace: 'default', name: deployment.metadata.name ?? '' };
      const replicas = deployment.spec?.replicas ?? 1;
      await client.patch(DEPLOYMENTS, key, { kind: 'merge', patch: { spec: { replicas: replicas + 2 } } });
      await until(
        async () => ((await client.get(DEPLOYMENTS, key)).spec?.replicas === replicas ? true : undefined),
        'healing',
      );
      await settled(name);
    },
  );
});
