/**
 * A cluster in virtual time: the API server stands, the control plane in front of it may crash and start again.
 */
import { setMaxListeners } from 'node:events';

import {
  createSeededRandom,
  createVirtualClock,
  silentLogger,
  type Logger,
  type Random,
  type VirtualClock,
} from '@argosy/base';
import { createInformerSet, type Client } from '@argosy/client';
import {
  createApiServer,
  createBuiltinLoops,
  createKubelet,
  createMemoryStore,
  createSimulatedRuntime,
} from '@argosy/cluster';
import { createRecorder } from '@argosy/controller';
import { createRolloutLoop, ROLLOUT_KINDS } from '@argosy/rollouts';

import { createFaultyClient, NO_FAULTS, type Faults } from './faulty-client.ts';

/** The cluster. */
export interface World {
  readonly clock: VirtualClock;
  readonly random: Random;
  /** Without faults: for the user and for checks. */
  readonly client: Client;
  setFaults(faults: Faults): void;
  /** Ends the control plane between any two of its steps, and starts it again. */
  crash(): Promise<void>;
  /** Lets time pass, everything that is due happening in order. */
  pass(ms: number): Promise<void>;
  stop(): Promise<void>;
}

/** Turns of the event loop after each timer: enough for a chain of writes to get through. */
const TURNS = 6;

/** Creates it. */
export const createWorld = async (seed: number, log: Logger = silentLogger): Promise<World> => {
  const clock = createVirtualClock();
  const random = createSeededRandom(seed);
  const ports = { clock, random, log };
  const server = await createApiServer({ store: createMemoryStore(), ...ports }, { kinds: ROLLOUT_KINDS });
  let faults = NO_FAULTS;
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const turns = async (): Promise<void> => {
    for (let count = 0; count < TURNS; count += 1) await turn();
  };
  let plane = await startPlane(ports, server, () => faults);
  const pass = async (ms: number): Promise<void> => {
    const end = clock.now() + ms;
    while (clock.now() < end) {
      const next = Math.min(clock.nextDue() ?? end, end);
      clock.advance(Math.max(0, next - clock.now()));
      await turns();
    }
  };
  const endPlane = async (): Promise<void> => {
    const state = { isEnded: false };
    void plane.stop().then(() => (state.isEnded = true));
    while (!state.isEnded) {
      await turns();
      clock.advance(10);
    }
  };
  await turns();
  return {
    clock,
    random,
    client: server.client,
    pass,
    setFaults: (next) => {
      faults = next;
    },
    crash: async () => {
      await endPlane();
      plane = await startPlane(ports, server, () => faults);
      await turns();
    },
    stop: async () => {
      await endPlane();
      await server.close();
    },
  };
};

const startPlane = async (
  ports: { readonly clock: VirtualClock; readonly random: Random; readonly log: Logger },
  server: Awaited<ReturnType<typeof createApiServer>>,
  faults: () => Faults,
): Promise<{ stop(): Promise<unknown> }> => {
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);
  const client = createFaultyClient({ ...ports, client: server.client }, faults);
  const informers = createInformerSet({ client, ...ports });
  const recorder = createRecorder({ client, ...ports }, { component: 'simulation' });
  const deps = { client, informers, recorder, ...ports };
  const kubelet = createKubelet(
    { ...deps, runtime: createSimulatedRuntime(ports, { seed: 1 }), supervisors: [] },
    { nodeName: 'argosy' },
  );
  const loops = [...(await createBuiltinLoops(deps)), createRolloutLoop(deps)];
  const running = Promise.all([
    informers.run(stopping.signal),
    kubelet.run(stopping.signal),
    ...loops.map((loop) => loop.run(stopping.signal)),
  ]);
  return {
    stop: () => {
      stopping.abort();
      return running;
    },
  };
};
