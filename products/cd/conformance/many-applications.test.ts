import { execFile } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createSystemClock, createSystemRandom, silentLogger } from '@argosy/base';
import { createInformerSet } from '@argosy/client';
import { createApiServer, createMemoryStore, type ApiServer } from '@argosy/cluster';
import { createRecorder } from '@argosy/controller';
import { CONFIG_MAPS, NAMESPACES } from '@argosy/kube';
import {
  createGitRunner,
  createHttpPort,
  createMemoryBlobStore,
  createNetworkSources,
  createRepositories,
  type GitRunner,
} from '@argosy/manifests';

import { APP_PROJECT, APPLICATION, APPLICATIONS, createApplicationLoop, type ApplicationLoop } from '../src/index.ts';

const run = promisify(execFile);
const ports = { clock: createSystemClock(), random: createSystemRandom(), log: silentLogger };
const env = {
  PATH: process.env['PATH'] ?? '',
  HOME: os.tmpdir(),
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@argosy.test',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@argosy.test',
};
const NAMES = Array.from({ length: 60 }, (_, at) => `app-${at}`);
const aConfigMap = (name: string, value: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {a: "${value}"}\n`;

describe('many applications of one repository', () => {
  let folder: string;
  let server: ApiServer;
  let loop: ApplicationLoop;
  let running: Promise<unknown>;
  const stop = new AbortController();
  const commands: string[] = [];

  const commit = async (files: Readonly<Record<string, string>>): Promise<string> => {
    const repository = path.join(folder, 'repo');
    for (const [name, content] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(repository, name)), { recursive: true });
      await writeFile(path.join(repository, name), content);
    }
    await run('git', ['-C', repository, 'add', '-A'], { env });
    await run('git', ['-C', repository, 'commit', '-q', '-m', 'c'], { env });
    return (await run('git', ['-C', repository, 'rev-parse', 'HEAD'], { env })).stdout.trim();
  };
  const revisionsOf = async (): Promise<readonly (string | undefined)[]> =>
    (await server.client.list(APPLICATIONS, { namespace: 'argocd' })).items.map(({ status }) => status?.sync?.revision);
  const until = async (isSo: () => Promise<boolean>): Promise<void> => {
    const end = ports.clock.now() + 40_000;
    while (!(await isSo())) {
      if (ports.clock.now() > end) throw new Error('never happened');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'argosy-many-'));
    await run('git', ['init', '-q', '-b', 'main', path.join(folder, 'repo')], { env });
    server = await createApiServer({ store: createMemoryStore(), ...ports }, { kinds: [APPLICATION, APP_PROJECT] });
    const { client } = server;
    await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'argocd' } });
    setMaxListeners(0, stop.signal);
    const informers = createInformerSet({ client, ...ports });
    const runner = createGitRunner({ env });
    const git: GitRunner = {
      run: (args, options) => {
        commands.push(args.join(' '));
        return runner.run(args, options);
      },
    };
    loop = await createApplicationLoop({
      client,
      informers,
      recorder: createRecorder({ client, ...ports }, { component: 'test' }),
      repositories: createRepositories(
        { git, ...ports },
        { directory: path.join(folder, 'mirrors'), allowLocal: true },
      ),
      network: createNetworkSources({ http: createHttpPort(), blobs: createMemoryBlobStore(), clock: ports.clock }),
      ...ports,
    });
    running = Promise.all([informers.run(stop.signal), loop.controller.run(stop.signal)]);
  });
  afterEach(async () => {
    stop.abort();
    await running;
    await server.close();
    await rm(folder, { recursive: true });
  });

  it('take note of a push with as many git commands as one of them', { timeout: 120_000 }, async () => {
    const first = await commit(
      Object.fromEntries(NAMES.map((name) => [`${name}/a.yaml`, aConfigMap(name, 'old')] as const)),
    );
    for (const name of NAMES)
      await server.client.create(APPLICATIONS, {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        metadata: { name, namespace: 'argocd' },
        spec: {
          project: 'default',
          destination: { server: 'https://kubernetes.default.svc', namespace: 'argocd' },
          source: { repoURL: `file://${folder}/repo`, targetRevision: 'main', path: name },
          syncPolicy: { automated: {} },
        },
      });
    await until(async () => (await revisionsOf()).every((revision) => revision === first));
    const valueOf = async (name: string) =>
      (await server.client.get(CONFIG_MAPS, { namespace: 'argocd', name }).catch(() => undefined))?.data?.['a'];
    await until(async () =>
      (await server.client.list(APPLICATIONS, { namespace: 'argocd' })).items.every(
        ({ status }) => status?.operationState?.phase === 'Succeeded' && status.sync?.status === 'Synced',
      ),
    );
    const second = await commit({ 'app-59/a.yaml': aConfigMap('app-59', 'new') });
    commands.length = 0;
    expect(loop.refreshRepositories(() => true)).toHaveLength(NAMES.length);
    await until(async () => (await valueOf('app-59')) === 'new');
    await until(async () => (await revisionsOf()).every((revision) => revision === second));
    const kinds = ['fetch', 'rev-parse', 'ls-tree', 'diff-tree', 'cat-file'];
    const counts = kinds.map((kind) => commands.filter((command) => command.includes(` ${kind} `)).length);
    // The branch is looked for among heads first; contents are read in one go for the one that is rendered.
    expect([counts.slice(0, 4), commands.length <= 6 ? 'few' : commands]).toEqual([[1, 1, 1, 1], 'few']);
  });
});
