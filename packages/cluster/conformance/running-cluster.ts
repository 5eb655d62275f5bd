/**
 * A cluster in this process and in memory: an API server, alone or with whatever a test runs beside it.
 */
import { setMaxListeners } from 'node:events';

import { createSeededRandom, createSystemClock, silentLogger } from '@argosy/base';
import { createInformerSet, type Client, type InformerSet } from '@argosy/client';
import { createRecorder, type Recorder } from '@argosy/controller';

import {
  createApiServer,
  createKubelet,
  createMemoryStore,
  createSimulatedRuntime,
  type ApiServer,
} from '../src/index.ts';

/** The machine's clock, and names that are the same in each run. */
export const PORTS = { clock: createSystemClock(), random: createSeededRandom(1), log: silentLogger };

/** What all that runs beside an API server has in common. */
export type ClusterDeps = typeof PORTS & {
  readonly client: Client;
  readonly informers: InformerSet;
  readonly recorder: Recorder;
};

/** Something that runs until it is told to stop. */
export interface Runnable {
  run(signal: AbortSignal): Promise<void>;
}

/** A cluster with something running beside its API server. */
export interface RunningCluster {
  readonly server: ApiServer;
  readonly client: Client;
  /** Ends what runs, then the server. */
  close(): Promise<void>;
}

/** Starts an API server that has nothing in it but what every cluster has. Other ports replace the usual ones. */
export const startApiServer = (ports: Partial<Parameters<typeof createApiServer>[0]> = {}): Promise<ApiServer> =>
  createApiServer({ store: createMemoryStore(), ...PORTS, ...ports }, { kinds: [] });

/** Starts an API server and what `create` makes beside it. */
export const startCluster = async (
  create: (deps: ClusterDeps, server: ApiServer) => readonly Runnable[] | Promise<readonly Runnable[]>,
): Promise<RunningCluster> => {
  const server = await startApiServer();
  const { client } = server;
  const deps = clusterDeps(client);
  const end = runAll(deps, await create(deps, server));
  return {
    server,
    client,
    close: async () => {
      await end();
      await server.close();
    },
  };
};

/** What one process beside an API server has. */
export const clusterDeps = (client: Client): ClusterDeps => ({
  ...PORTS,
  client,
  informers: createInformerSet({ ...PORTS, client }),
  recorder: createRecorder({ ...PORTS, client }, { component: 'test' }),
});

/** Runs what was created with these deps; gives what ends it. */
export const runAll = ({ informers }: ClusterDeps, runnables: readonly Runnable[]): (() => Promise<void>) => {
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const running = Promise.all([informers, ...runnables].map((one) => one.run(stop.signal)));
  return async () => {
    stop.abort();
    await running;
  };
};

/** A kubelet whose pods are simulated. */
export const simulatedKubelet = (deps: ClusterDeps) =>
  createKubelet(
    { ...deps, runtime: createSimulatedRuntime(deps, { seed: 1 }), supervisors: [] },
    { nodeName: 'argosy' },
  );
