/** The loop of applications, running on an API server of this process. */
import { setMaxListeners } from 'node:events';
import path from 'node:path';

import { createSystemClock, createSystemRandom, silentLogger } from '@argosy/base';
import { createInformerSet, type Client, type InformerSet } from '@argosy/client';
import { createApiServer, createMemoryStore, type ApiServer } from '@argosy/cluster';
import { createRecorder, type Recorder } from '@argosy/controller';
import { NAMESPACES } from '@argosy/kube';
import {
  createGitRunner,
  createHttpPort,
  createMemoryBlobStore,
  createNetworkSources,
  createRepositories,
  type GitRunner,
} from '@argosy/manifests';

import { APP_PROJECT, APPLICATION, createApplicationLoop, type ApplicationLoop } from '../src/index.ts';
import { GIT_ENVIRONMENT } from './git-repository.ts';

/** The ports of the machine. */
export const PORTS = { clock: createSystemClock(), random: createSystemRandom(), log: silentLogger };

/** What runs beside the API server has these. */
export type RunningDeps = typeof PORTS & {
  readonly client: Client;
  readonly informers: InformerSet;
  readonly recorder: Recorder;
};

/** The loop, and what ends it together with all that runs beside it. */
export interface RunningApplications {
  readonly loop: ApplicationLoop;
  end(): Promise<void>;
}

/** Starts an API server that serves these kinds and has the namespace of applications. */
export const startServer = async (
  kinds: Parameters<typeof createApiServer>[1]['kinds'] = [APPLICATION, APP_PROJECT],
): Promise<ApiServer> => {
  const server = await createApiServer({ store: createMemoryStore(), ...PORTS }, { kinds });
  await server.client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'argocd' } });
  return server;
};

/** Runs the loop; mirrors lie in the folder. `beside` gives what runs along, each until the signal aborts. */
export const runApplications = async (
  client: Client,
  of: {
    readonly folder: string;
    readonly git?: GitRunner;
    readonly beside?: (deps: RunningDeps) => Promise<readonly ((signal: AbortSignal) => Promise<void>)[]>;
  },
): Promise<RunningApplications> => {
  const { folder, git = createGitRunner({ env: GIT_ENVIRONMENT }), beside } = of;
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const informers = createInformerSet({ client, ...PORTS });
  const recorder = createRecorder({ client, ...PORTS }, { component: 'test' });
  const deps = { client, informers, recorder, ...PORTS };
  const options = { directory: path.join(folder, 'mirrors'), allowLocal: true };
  const loop = await createApplicationLoop({
    ...deps,
    repositories: createRepositories({ git, ...PORTS }, options),
    network: createNetworkSources({ http: createHttpPort(), blobs: createMemoryBlobStore(), clock: PORTS.clock }),
  });
  const others = (await beside?.(deps)) ?? [];
  const running = Promise.all([
    informers.run(stop.signal),
    loop.controller.run(stop.signal),
    ...others.map((run) => run(stop.signal)),
  ]);
  return {
    loop,
    end: async () => {
      stop.abort();
      await running;
    },
  };
};

/** Looks again and again until there is something; `what` says what never came. */
export const until = async <T>(
  look: () => Promise<T | undefined>,
  what: () => unknown,
  patienceMs = 15_000,
): Promise<T> => {
  const end = PORTS.clock.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (PORTS.clock.now() > end) throw new Error(`never happened: ${JSON.stringify(await what(), null, 1)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};
