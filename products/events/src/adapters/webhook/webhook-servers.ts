/**
 * The servers of all webhook sources: one per port, shared; requests are told apart by path.
 * @spec EV-SRC-01, EV-SRC-03
 */
import { Failure } from '@argosy/base';

import type { HttpServers, IncomingRequest, ListeningServer, OutgoingResponse } from './http-port.ts';

/** Who takes the requests for one path. */
export interface WebhookRoute {
  readonly port: number;
  /** Begins with a slash. */
  readonly path: string;
  /** Shown when somebody else wants the same place. */
  readonly owner: string;
  readonly handle: (request: IncomingRequest) => Promise<OutgoingResponse>;
}

/** Hands out places on ports. */
export interface WebhookServers {
  /** Takes a place; resolves when requests arrive. Throws Failure: PortInUse, ListenRefused, EndpointTaken. */
  add(route: WebhookRoute): Promise<{ remove(): Promise<void> }>;
}

interface SharedServer {
  readonly routes: Map<string, WebhookRoute>;
  readonly listening: Promise<ListeningServer>;
}

/** Creates an empty set of servers on one host. */
export const createWebhookServers = (
  deps: { readonly http: HttpServers },
  options: { readonly host: string },
): WebhookServers => {
  const ports = createOpenPorts(deps.http, options.host);
  return {
    add: async (route) => {
      const server = await ports.open(route.port);
      const taken = server.routes.get(route.path);
      if (taken)
        throw new Failure(`endpoint ${route.path} on port ${route.port} is taken by ${taken.owner}`, {
          code: 'EndpointTaken',
          retryable: true,
        });
      server.routes.set(route.path, route);
      try {
        await server.listening;
      } catch (thrown) {
        ports.giveUp(route.port);
        throw thrown;
      }
      return {
        remove: async () => {
          server.routes.delete(route.path);
          await ports.closeIfUnused(route.port, server);
        },
      };
    },
  };
};

/** Servers by their ports: one for all routes of a port, for as long as there is one. */
interface OpenPorts {
  open(port: number): Promise<SharedServer>;
  closeIfUnused(port: number, server: SharedServer): Promise<void>;
  /** The server did not come to listen: the next who wants the port tries anew. */
  giveUp(port: number): void;
}

const createOpenPorts = (http: HttpServers, host: string): OpenPorts => {
  const servers = new Map<number, SharedServer>();
  const closing = new Map<number, Promise<void>>();
  return {
    open: async (port) => {
      await closing.get(port);
      const known = servers.get(port);
      if (known) return known;
      const routes = new Map<string, WebhookRoute>();
      const handle = (request: IncomingRequest) => answer(routes, request);
      const opened: SharedServer = { routes, listening: http.listen({ host, port, handle }) };
      servers.set(port, opened);
      return opened;
    },
    closeIfUnused: async (port, server) => {
      if (server.routes.size > 0 || servers.get(port) !== server) return;
      servers.delete(port);
      const closed = server.listening.then((listening) => listening.close());
      // The same port may be wanted again at once: whoever wants it waits until it is free.
      closing.set(port, closed);
      await closed.finally(() => closing.delete(port));
    },
    giveUp: (port) => void servers.delete(port),
  };
};

const answer = async (
  routes: ReadonlyMap<string, WebhookRoute>,
  request: IncomingRequest,
): Promise<OutgoingResponse> => {
  const route = routes.get(request.path);
  if (route) return route.handle(request);
  if (request.path === '/health' && request.method === 'GET') return { status: 200, text: 'OK' };
  return { status: 404, text: `no event source listens at ${request.path}` };
};
