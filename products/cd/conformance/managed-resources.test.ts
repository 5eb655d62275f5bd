import { setMaxListeners } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

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
} from '@argosy/manifests';
import { openDoor, type Door } from '@argosy/server';

import {
  APPLICATION,
  APPLICATIONS,
  createApplicationLoop,
  createApplicationRoutes,
  diffApplication,
  type DiffDeps,
} from '../src/index.ts';
import { createRepository, GIT_ENVIRONMENT } from './git-repository.ts';

const ports = { clock: createSystemClock(), random: createSystemRandom(), log: silentLogger };

describe('managed resources at the door', () => {
  let folder: string;
  let server: ApiServer;
  let door: Door;
  const stop = new AbortController();
  let running: Promise<unknown>;
  const diff = async (name: string) => {
    const lines: string[] = [];
    const deps: DiffDeps = {
      namespace: 'argocd',
      print: (line) => void lines.push(line),
      ask: async (asked) => {
        const response = await fetch(`${door.url}${asked}`);
        return { status: response.status, body: await response.json() };
      },
    };
    return { code: await diffApplication(deps, name), lines };
  };
  const anApplication = (name: string, at: string) => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace: 'argocd' },
    spec: {
      project: 'default',
      destination: { server: 'https://kubernetes.default.svc', namespace: 'default' },
      source: { repoURL: `file://${folder}/repo`, path: at, targetRevision: 'main' },
    },
  });

  beforeAll(async () => {
    setMaxListeners(0, stop.signal);
    folder = await mkdtemp(path.join(os.tmpdir(), 'argosy-diff-'));
    const repository = await createRepository(path.join(folder, 'repo'));
    await repository.commit({
      'app/c.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: "1"}\n',
    });
    server = await createApiServer({ store: createMemoryStore(), ...ports }, { kinds: [APPLICATION] });
    const { client } = server;
    await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'argocd' } });
    const informers = createInformerSet({ client, ...ports });
    const recorder = createRecorder({ client, ...ports }, { component: 'test' });
    const repositories = createRepositories(
      { git: createGitRunner({ env: GIT_ENVIRONMENT }), ...ports },
      { directory: path.join(folder, 'mirrors'), allowLocal: true },
    );
    const network = createNetworkSources({
      http: createHttpPort(),
      blobs: createMemoryBlobStore(),
      clock: ports.clock,
    });
    const loop = await createApplicationLoop({ client, informers, recorder, repositories, network, ...ports });
    running = Promise.all([informers.run(stop.signal), loop.controller.run(stop.signal)]);
    door = await openDoor(ports, { host: '127.0.0.1', port: 0, routes: createApplicationRoutes(loop) });
    await client.create(APPLICATIONS, anApplication('shop', 'app'));
    await client.create(APPLICATIONS, anApplication('broken', '../outside'));
  });
  afterAll(async () => {
    stop.abort();
    await running;
    await door.close();
    await server.close();
    await rm(folder, { recursive: true });
  });

  it('tell what a sync would do, until it has been done', async () => {
    await expect.poll(() => diff('shop'), { timeout: 10_000 }).toMatchObject({ code: 1 });
    expect((await diff('shop')).lines).toEqual(
      expect.arrayContaining(['===== /ConfigMap default/c ======', '+kind: ConfigMap']),
    );
    const { client } = server;
    await client.patch(
      APPLICATIONS,
      { namespace: 'argocd', name: 'shop' },
      { kind: 'merge', patch: { operation: { sync: { revision: 'main' } } } },
    );
    await expect.poll(() => diff('shop'), { timeout: 10_000 }).toEqual({ code: 0, lines: [] });
    await client.patch(
      CONFIG_MAPS,
      { namespace: 'default', name: 'c' },
      { kind: 'merge', patch: { data: { a: '2' } } },
    );
    await expect
      .poll(async () => (await diff('shop')).lines.filter((line) => /^[-+] /.test(line)), { timeout: 10_000 })
      .toEqual(["-  a: '2'", "+  a: '1'"]);
  });

  it('say why there is no comparison', async () => {
    expect((await diff('nope')).code).toBe(20);
    await expect(diff('broken')).rejects.toThrow(/^cannot compare broken: Failed to load target state/);
  });
});
