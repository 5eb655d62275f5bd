/**
 * An API server and the loops of events in one process, which can be stopped and started over the same objects and log.
 */
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

import { createSystemClock, createSystemRandom, silentLogger, type Clock } from '@argosy/base';
import { createInformerSet, type Client } from '@argosy/client';
import { createApiServer, createMemoryStore } from '@argosy/cluster';
import { createRecorder } from '@argosy/controller';
import {
  AnyObject,
  resourceOf,
  toStructuralSchema,
  type KindDefinition,
  type KubeObject,
  type ResourceType,
} from '@argosy/kube';
import { Type } from 'typebox';

import { createEventLoops, EVENT_KINDS } from '../src/index.ts';

export const NAMESPACE = 'default';

/** A product knows no other: workflows here are objects with any spec. */
export const WORKFLOW: KindDefinition = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  kind: 'Workflow',
  plural: 'workflows',
  singular: 'workflow',
  scope: 'Namespaced',
  statusSubresource: false,
  schema: toStructuralSchema(Type.Object({ spec: AnyObject, status: Type.Optional(AnyObject) })),
};
export interface WorkflowSpec {
  readonly arguments?: { readonly parameters?: readonly { readonly name: string; readonly value?: string }[] };
  readonly suspend?: boolean;
}
export const WORKFLOWS = resourceOf(WORKFLOW) as ResourceType<KubeObject<WorkflowSpec>>;

/** A running platform. */
export interface EmbeddedPlatform {
  readonly client: Client;
  /** Stops the loops, as the end of the process does. */
  stopLoops(): Promise<void>;
  /** Runs new loops over what the old ones left. */
  startLoops(): void;
  /** Waits until a function gives something. */
  until<T>(look: () => Promise<T | undefined>, what: string): Promise<T>;
  stop(): Promise<void>;
}

/** Starts one. */
export const startPlatform = async (options: { readonly clock?: Clock } = {}): Promise<EmbeddedPlatform> => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'argosy-events-'));
  const ports = { clock: options.clock ?? createSystemClock(), random: createSystemRandom(), log: silentLogger };
  const server = await createApiServer({ store: createMemoryStore(), ...ports }, { kinds: [...EVENT_KINDS, WORKFLOW] });
  const { client } = server;
  const recorder = createRecorder({ client, ...ports }, { component: 'events' });
  let stopLoops = (): Promise<void> => Promise.resolve();
  const startLoops = (): void => {
    const stopping = new AbortController();
    const informers = createInformerSet({ client, ...ports });
    const loops = createEventLoops(
      { client, informers, recorder, ...ports },
      { dataDirectory: path.join(directory, 'events'), host: '127.0.0.1', embeddedBus: true },
    );
    const controllers = loops.controllers.map((controller) => controller.run(stopping.signal));
    const running = Promise.all([informers.run(stopping.signal), ...controllers]);
    stopLoops = async () => {
      stopping.abort();
      await running;
      await loops.close();
    };
  };
  startLoops();
  return {
    client,
    startLoops,
    stopLoops: () => stopLoops(),
    until: async (look, what) => {
      const end = Date.now() + 20_000;
      for (;;) {
        const found = await look();
        if (found !== undefined) return found;
        if (Date.now() > end) throw new Error(`${what} did not come about`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    stop: async () => {
      await stopLoops();
      await server.close();
      fs.rmSync(directory, { recursive: true, force: true });
    },
  };
};

/** A port nobody listens on now. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
