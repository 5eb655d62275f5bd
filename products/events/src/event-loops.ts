/**
 * Argo Events as loops: everything wired to the ports it is given.
 */
import type { Clock, Logger, Random } from '@argosy/base';
import type { Client, InformerSet } from '@argosy/client';
import type { Controller, Recorder } from '@argosy/controller';

import { createCalendarAdapter } from './adapters/calendar/calendar-adapter.ts';
import { createFileAdapter } from './adapters/file/file-adapter.ts';
import { createNodeDirectories } from './adapters/file/node-directories.ts';
import { createGithubAdapter } from './adapters/github/github-adapter.ts';
import { createHttpRequests } from './adapters/http-requests.ts';
import { createResourceAdapter } from './adapters/resource/resource-adapter.ts';
import type { SourceAdapter } from './adapters/source-adapter.ts';
import type { HttpServers } from './adapters/webhook/http-port.ts';
import { createNodeHttpServers } from './adapters/webhook/node-http.ts';
import { createWebhookAdapter } from './adapters/webhook/webhook-adapter.ts';
import { createWebhookServers } from './adapters/webhook/webhook-servers.ts';
import { createEventBuses } from './bus/embedded-bus.ts';
import { openLmdbStorage } from './bus/lmdb-storage.ts';
import { createMemoryStorage } from './bus/memory-storage.ts';
import { createEventBusLoop } from './event-bus/controller.ts';
import { createEventSourceLoop } from './event-source/controller.ts';
import { createSourceRuntime } from './event-source/source-runtime.ts';
import { createSensorLoop } from './sensor/controller.ts';
import { createSensorRuntime } from './sensor/sensor-runtime.ts';
import { createResourceFinder } from './triggers/resource-finder.ts';
import type { HttpRequests } from './triggers/trigger-context.ts';

/** Ports of the loops. */
export interface EventLoopsDeps {
  readonly client: Client;
  readonly informers: InformerSet;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Servers webhook sources listen with; this machine's when absent. */
  readonly servers?: HttpServers;
  /** Requests http triggers send; this machine's when absent. */
  readonly requests?: HttpRequests;
}

/** How the loops run. */
export interface EventLoopsOptions {
  /** Where events are kept; in memory when absent. */
  readonly dataDirectory?: string;
  /** Address webhook sources listen on; 127.0.0.1 when absent. */
  readonly host?: string;
  /** Whether the EventBus `default` exists without an object; default true. */
  readonly embeddedBus?: boolean;
}

/** The loops, ready to run. */
export interface EventLoops {
  readonly controllers: readonly Controller[];
  /** Stops sources and sensors and closes the log. Call when the controllers have ended. */
  close(): Promise<void>;
}

/** Creates the loops; nothing listens before their controllers run. Throws Failure `StoreCorrupt`. */
export const createEventLoops = (deps: EventLoopsDeps, options: EventLoopsOptions = {}): EventLoops => {
  const { client, clock } = deps;
  const storage =
    options.dataDirectory === undefined ? createMemoryStorage() : openLmdbStorage({ directory: options.dataDirectory });
  const buses = createEventBuses({ clock, storage });
  const sources = createSourceRuntime({ ...deps, buses, adapters: createAdapters(deps, options) });
  const sensors = createSensorRuntime({
    ...deps,
    buses,
    resources: createResourceFinder(client),
    requests: deps.requests ?? createHttpRequests(),
  });
  const loopOptions = { embeddedBus: options.embeddedBus ?? true };
  return {
    controllers: [
      createEventBusLoop(deps),
      createSensorLoop({ ...deps, runtime: sensors }, loopOptions),
      createEventSourceLoop({ ...deps, runtime: sources }, loopOptions),
    ],
    close: async () => {
      await sources.close();
      await sensors.close();
      await buses.close();
    },
  };
};

const createAdapters = (deps: EventLoopsDeps, options: EventLoopsOptions) => {
  const { client, clock, log, random } = deps;
  const ports = { client, clock, log };
  const http = deps.servers ?? createNodeHttpServers();
  const servers = createWebhookServers({ http }, { host: options.host ?? '127.0.0.1' });
  return {
    webhook: createWebhookAdapter(ports, servers) as SourceAdapter,
    github: createGithubAdapter(ports, servers) as SourceAdapter,
    calendar: createCalendarAdapter(ports) as SourceAdapter,
    file: createFileAdapter(ports, createNodeDirectories()) as SourceAdapter,
    resource: createResourceAdapter({ ...ports, random }) as SourceAdapter,
  };
};
