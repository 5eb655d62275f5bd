/**
 * An API server, a kubelet that simulates pods, and the loops of rollouts, in one process.
 */
import { createSystemClock, createSystemRandom, silentLogger, type Logger } from '@argosy/base';
import { createInformerSet, type Client } from '@argosy/client';
import {
  createApiServer,
  createBuiltinLoops,
  createKubelet,
  createMemoryStore,
  createSimulatedRuntime,
} from '@argosy/cluster';
import { createRecorder } from '@argosy/controller';
import { CORE_EVENTS, type KubeObject, type ResourceType } from '@argosy/kube';

import {
  createAnalysisRunLoop,
  createRolloutLoop,
  ROLLOUT_KINDS,
  ROLLOUTS,
  sendRequest,
  type Rollout,
} from '../src/index.ts';

export const NAMESPACE = 'default';

/** A running cluster. */
export interface EmbeddedCluster {
  readonly client: Client;
  /** Waits until an object satisfies a condition. */
  until<T extends KubeObject>(
    resource: ResourceType<T>,
    name: string,
    holds: (object: T) => boolean,
    seconds?: number,
  ): Promise<T>;
  /** Reasons of the events told about an object, oldest first. */
  eventsOf(name: string): Promise<readonly string[]>;
  /** Stops the rollout loops only; the next call of `startLoops` goes on. */
  stopLoops(): Promise<void>;
  startLoops(): void;
  stop(): Promise<void>;
}

/** Starts one. */
export const startCluster = async (
  options: { readonly prometheusAddress?: string; readonly log?: Logger } = {},
): Promise<EmbeddedCluster> => {
  const log = options.log ?? silentLogger;
  const ports = { clock: createSystemClock(), random: createSystemRandom(), log };
  const server = await createApiServer({ store: createMemoryStore(), ...ports }, { kinds: ROLLOUT_KINDS });
  const { client } = server;
  const informers = createInformerSet({ client, ...ports });
  const recorder = createRecorder({ client, ...ports }, { component: 'rollouts-controller' });
  const runtime = createSimulatedRuntime(ports, { seed: 7 });
  const kubelet = createKubelet(
    { client, informers, recorder, runtime, supervisors: [], ...ports },
    { nodeName: 'argosy' },
  );
  const stopping = new AbortController();
  const builtin = await createBuiltinLoops({ client, informers, recorder, ...ports });
  const running = Promise.all([
    informers.run(stopping.signal),
    kubelet.run(stopping.signal),
    ...builtin.map((loop) => loop.run(stopping.signal)),
  ]);
  let loops: { readonly stopping: AbortController; readonly ended: Promise<unknown> } | undefined;
  const startLoops = (): void => {
    const own = new AbortController();
    const deps = { client, informers, recorder, send: sendRequest, ...ports };
    const controllers = [
      createRolloutLoop(deps),
      createAnalysisRunLoop(deps, { prometheusAddress: options.prometheusAddress }),
    ];
    loops = { stopping: own, ended: Promise.all(controllers.map((loop) => loop.run(own.signal))) };
  };
  const stopLoops = async (): Promise<void> => {
    loops?.stopping.abort();
    await loops?.ended;
  };
  startLoops();
  return {
    client,
    startLoops,
    stopLoops,
    until: async (resource, name, holds, seconds = 30) => {
      const end = Date.now() + seconds * 1000;
      for (;;) {
        const object = await client.get(resource, { namespace: NAMESPACE, name });
        if (holds(object)) return object;
        if (Date.now() > end) throw new Error(`${name} did not get there: ${JSON.stringify(object.status, null, 1)}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    eventsOf: async (name) => {
      await recorder.flush();
      const { items } = await client.list(CORE_EVENTS, { namespace: NAMESPACE });
      return items
        .filter((event) => event.involvedObject.name === name)
        .sort((left, right) => Number(left.metadata.resourceVersion) - Number(right.metadata.resourceVersion))
        .map((event) => event.reason ?? '');
    },
    stop: async () => {
      await stopLoops();
      stopping.abort();
      await running;
      await server.close();
    },
  };
};

/** Changes the image of a rollout's first container. */
export const setImage = async (cluster: EmbeddedCluster, name: string, image: string): Promise<Rollout> =>
  cluster.client.patch(
    ROLLOUTS,
    { namespace: NAMESPACE, name },
    {
      kind: 'json',
      operations: [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: image }],
    },
  );

/** Writes control flags as clients do. */
export const patchStatus = (cluster: EmbeddedCluster, name: string, status: object): Promise<Rollout> =>
  cluster.client.patch(
    ROLLOUTS,
    { namespace: NAMESPACE, name },
    { kind: 'merge', patch: { status } },
    { subresource: 'status' },
  );
