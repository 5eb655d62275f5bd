/**
 * The gateway of the embedded cluster: a reverse proxy for Ingress and HTTPRoute that measures what it forwards.
 */
import { Failure } from '@argosy/base';

import { createBackendDirectory } from './backends/backend-directory.ts';
import type { GatewayDeps, GatewayOptions } from './gateway-deps.ts';
import { listenOn, type Listening } from './listen.ts';
import { createMeasurements } from './measure/measurements.ts';
import { answerMetrics } from './measure/metrics-server.ts';
import { answerRequest } from './proxy/answer-request.ts';
import { createBackendAgent } from './proxy/backend-call.ts';
import { forwardUpgrade } from './proxy/forward-upgrade.ts';
import { createPoints, type ProxyContext } from './proxy/proxy-context.ts';
import { createStatusLoops, ensureGatewayClass } from './status/status-loops.ts';
import { createFollowedRoutes, watchRouteObjects } from './routes/follow-routes.ts';

/** Where the gateway is to be found. */
export interface GatewayAddresses {
  /** Where requests go. */
  readonly url: string;
  /** Prometheus' text exposition and query API. */
  readonly metricsUrl: string;
}

/** The gateway. */
export interface Gateway {
  /** Follows routes and writes their status until the signal aborts. Call once. */
  run(signal: AbortSignal): Promise<void>;
  /** Opens both ports. Throws Failure PortInUse, CannotListen. Until `run` knows the routes, answers are 503. */
  listen(): Promise<GatewayAddresses>;
  /** Closes the ports and every connection. */
  close(): Promise<void>;
}

/** The ports: 2746 is the door, 2747 the Kubernetes API. */
const DEFAULT_PORT = 2748;
const DEFAULT_METRICS_PORT = 2749;

/** Creates the gateway; nothing happens before `run` and `listen`. */
export const createGateway = (deps: GatewayDeps, options: GatewayOptions = {}): Gateway => {
  const { host = '127.0.0.1', port = DEFAULT_PORT, metricsPort = DEFAULT_METRICS_PORT } = options;
  const directory = createBackendDirectory(deps);
  const objects = watchRouteObjects(deps.informers);
  const routes = createFollowedRoutes(objects);
  const loops = createStatusLoops({ deps, objects, routes, address: reachableAt(host) });
  const agent = createBackendAgent();
  const context: ProxyContext = {
    ...deps,
    agent,
    directory,
    measurements: createMeasurements(deps),
    table: () => routes.table(),
    pointOf: createPoints(deps.random),
  };
  let open: readonly Listening[] = [];
  return {
    run: async (signal) => {
      const stopped = whenAborted(signal);
      await Promise.race([directory.synced, stopped]);
      if (signal.aborted) return;
      const backends = directory.follow();
      const followed = await Promise.race([routes.follow(), stopped]);
      await Promise.all([ensureGatewayClass(deps), ...loops.map((loop) => loop.run(signal))]);
      backends[Symbol.dispose]();
      followed?.[Symbol.dispose]();
    },
    listen: async () => {
      if (open.length > 0) throw new Failure('the gateway listens already', { code: 'AlreadyListening' });
      const proxy = await listenOn({ host, port, flag: '--gateway-port' }, (request, response) =>
        answerRequest(context, request, response),
      );
      proxy.server.on('upgrade', (request, socket, early) => forwardUpgrade(context, { request, socket, early }));
      open = [proxy];
      try {
        const metrics = await listenOn(
          { host, port: metricsPort, flag: '--gateway-metrics-port' },
          (request, response) => void answerMetrics(context, request, response),
        );
        open = [proxy, metrics];
        return { url: proxy.url, metricsUrl: metrics.url };
      } catch (thrown) {
        await proxy.close();
        open = [];
        throw thrown;
      }
    },
    close: async () => {
      await Promise.all(open.map((listening) => listening.close()));
      open = [];
      agent.destroy();
    },
  };
};

/** A server that listens everywhere is reached on this machine. */
const reachableAt = (host: string): string => (['0.0.0.0', '::', 'localhost'].includes(host) ? '127.0.0.1' : host);

const whenAborted = (signal: AbortSignal): Promise<undefined> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
