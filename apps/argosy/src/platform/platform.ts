/**
 * The composition root of the embedded platform: ports to the machine, the cluster, its loops, the door.
 */
import { setMaxListeners } from 'node:events';
import path from 'node:path';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { createSystemClock, createSystemRandom, type Logger } from '@argosy/base';
import { createInformerSet } from '@argosy/client';
import { createBuiltinLoops, createApiServer, createMemoryStore, openLmdbStore } from '@argosy/cluster';
import { createRecorder } from '@argosy/controller';
import { openDoor } from '@argosy/server';

/** What the platform is started with. */
export interface PlatformOptions {
  readonly host: string;
  readonly port: number;
  readonly kubePort: number;
  readonly inMemory: boolean;
  readonly dataDirectory: string;
}

/** A running platform. */
export interface Platform {
  /** What to tell the user: addresses and files. */
  readonly lines: readonly string[];
  /** Drains and ends; resolves when everything is on disk. */
  stop(): Promise<void>;
}

/** Starts the platform; resolves when it is ready. Throws a Failure with one clear line. */
export const startPlatform = async (deps: { readonly log: Logger }, options: PlatformOptions): Promise<Platform> => {
  const { log } = deps;
  const clock = createSystemClock();
  const random = createSystemRandom();
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);

  const store = options.inMemory
    ? createMemoryStore()
    : openLmdbStore({ directory: path.join(options.dataDirectory, 'store') });
  const server = await createApiServer({ store, clock, random, log }, { kinds: [] });
  const { client } = server;
  const informers = createInformerSet({ client, clock, random, log });
  const recorder = createRecorder({ client, clock, random, log }, { component: 'argosy' });
  const loops = await createBuiltinLoops({ client, informers, recorder, clock, random, log });
  const running = Promise.all([informers.run(stopping.signal), ...loops.map((loop) => loop.run(stopping.signal))]);

  const stop = async (): Promise<void> => {
    stopping.abort();
    await running;
    await recorder.flush();
    await server.close();
  };
  try {
    const door = await openDoor({ log, random }, { host: options.host, port: options.port, routes: [], ...pages() });
    return {
      lines: [
        `  platform    ${door.url}`,
        options.inMemory ? '  data        in memory, gone at the end' : `  data        ${options.dataDirectory}`,
      ],
      stop: async () => {
        await door.close();
        await stop();
      },
    };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
};

/** The built pages lie beside the built command; a checkout without them has none. */
const pages = (): { readonly pagesDirectory?: string } => {
  const directory = fileURLToPath(new URL('../../web/dist', import.meta.url));
  return existsSync(directory) ? { pagesDirectory: directory } : {};
};
