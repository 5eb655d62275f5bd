/**
 * The API over HTTP: what kubectl and other clients talk to. Connections, their limits and their end.
 * @spec https://kubernetes.io/docs/reference/using-api/api-concepts/
 */
import { createServer as createPlainServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { DEFAULT_CIPHERS } from 'node:tls';

import { Failure, messageOf } from '@argosy/base';
import { MESSAGES } from '@argosy/kube';

import type { Access } from '../../access/access.ts';
import { createAuthenticate } from '../../access/authenticate.ts';
import { createWritePermissions } from '../../access/write-permissions.ts';
import type { PodAccess } from '../../kubelet/pod-runtime.ts';
import type { ApiContext } from '../api-context.ts';
import { createOpenApiDocuments } from '../openapi/documents.ts';
import { createUpgradeHandler } from '../streams/upgrade-requests.ts';
import { createRequestHandler } from './answer-request.ts';
import { createBodyBudget } from './bodies/body-budget.ts';
import { createServerMetrics } from './server-metrics.ts';
import { createWatchHub } from './watches/watch-hub.ts';

/** Who is let in, and the server's own certificate. Without it the server speaks plain HTTP to everybody: tests only. */
export interface KubeServerSecurity {
  readonly certificate: string;
  readonly key: string;
  /** Authority that signs the clients' certificates. */
  readonly clientAuthority: string;
  /** Bearer token of the administrator. */
  readonly token: string;
}

/** Where the server listens. */
export interface KubeServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly security?: KubeServerSecurity;
  readonly patience?: KubeServerPatience;
}

/** How long clients may take, in milliseconds. Answers may take as long as they do: watches are never timed. */
export interface KubeServerPatience {
  /** To send the head of a request; default 20,000. */
  readonly headMs: number;
  /** To send all of a request; default 60,000, as the API server's own. */
  readonly requestMs: number;
}

/** A listening server. */
export interface KubeServer {
  readonly url: string;
  /** Ends watches and connections. */
  close(): Promise<void>;
}

const PATIENCE: KubeServerPatience = { headMs: 20_000, requestMs: 60_000 };
/** How often it is looked for clients that take too long, in milliseconds. */
const LOOK_MS = 5_000;
/** How long a connection may idle between requests, in milliseconds, as the API server's own: shaking hands is dear. */
const IDLE_TIMEOUT_MS = 90_000;

/** Watchers are told the same one by one, each encrypted for itself: the shorter key is what Go's servers prefer, too. */
const CIPHERS = `TLS_AES_128_GCM_SHA256:${DEFAULT_CIPHERS}`;

/** Listens. Throws Failure PortInUse, CannotListen. */
export const listenForKubectl = async (
  given: {
    readonly context: ApiContext;
    readonly access: Access;
    readonly podAccess: () => PodAccess | undefined;
  },
  options: KubeServerOptions,
): Promise<KubeServer> => {
  const server = { ...given, context: { ...given.context, permissions: createWritePermissions(given.access) } };
  const authenticate = createAuthenticate(server.access, options.security);
  const listener = createListener(options);
  listener.on('upgrade', createUpgradeHandler({ ...server, authenticate }));
  const sockets = new Set<Socket>();
  listener.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await listen(listener, options);
  // Only now the port is known; who connects is heard after this.
  const address = authorityOf({ host: options.host, port: portOf(listener) });
  const url = `${options.security ? 'https' : 'http'}://${address}`;
  listener.on(
    'request',
    createRequestHandler({
      ...server,
      authenticate,
      address,
      url,
      messages: MESSAGES,
      documents: createOpenApiDocuments(),
      watches: createWatchHub(server.context),
      bodies: createBodyBudget(server.context.clock),
      metrics: createServerMetrics({ clock: server.context.clock, store: server.context.store }),
    }),
  );
  return {
    url,
    close: async () => {
      const closed = new Promise<void>((resolve) => listener.close(() => resolve()));
      listener.closeIdleConnections();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
};

const createListener = ({ security, patience = PATIENCE }: KubeServerOptions): Server => {
  const limits = {
    headersTimeout: patience.headMs,
    requestTimeout: patience.requestMs,
    connectionsCheckingInterval: Math.min(LOOK_MS, patience.headMs),
    keepAliveTimeout: IDLE_TIMEOUT_MS,
  };
  return security
    ? createTlsServer({
        ...limits,
        cert: security.certificate,
        key: security.key,
        ca: security.clientAuthority,
        requestCert: true,
        rejectUnauthorized: false,
        ciphers: CIPHERS,
      })
    : createPlainServer(limits);
};

const portOf = (listener: Server): number => (listener.address() as AddressInfo).port;

const authorityOf = ({ host, port }: Pick<KubeServerOptions, 'host' | 'port'>): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;

const listen = (server: Server, { host, port }: KubeServerOptions): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE')
        return reject(
          new Failure(`port ${port} is in use; stop what uses it or choose another with --kube-port`, {
            code: 'PortInUse',
            cause: error,
          }),
        );
      reject(new Failure(`listen on ${host}:${port}: ${messageOf(error)}`, { code: 'CannotListen', cause: error }));
    });
    server.listen(port, host, () => resolve());
  });
