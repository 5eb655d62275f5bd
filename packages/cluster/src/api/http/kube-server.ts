/**
 * The API over HTTP: what kubectl and other clients talk to. One generic path per verb.
 * @spec https://kubernetes.io/docs/reference/using-api/api-concepts/
 */
import { createServer as createPlainServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

import { Failure, isObject, messageOf } from '@argosy/base';
import type { Client } from '@argosy/client';
import {
  ApiStatusError,
  createMessageTable,
  type Caller,
  type MessageTable,
  type RequestAttributes,
} from '@argosy/kube';

import type { Access } from '../../access/access.ts';
import { createAuthenticate, type Authenticate } from '../../access/authenticate.ts';
import { attributesOf, authorize } from '../../access/authorize.ts';
import { impersonate } from '../../access/impersonate.ts';
import type { PodAccess } from '../../kubelet/pod-runtime.ts';
import type { ApiContext } from '../api-context.ts';
import { createOpenApiDocuments, type OpenApiDocuments } from '../openapi/documents.ts';
import { createUpgradeHandler } from '../streams/upgrade-requests.ts';
import {
  aggregatedDiscovery,
  coreVersions,
  groupDocument,
  groupList,
  KUBERNETES_VERSION,
  resourceList,
} from './discovery.ts';
import { mediaTypeOf, parseBody, readBody } from './read-body.ts';
import { parseResourcePath, type ResourcePath } from './request-path.ts';
import type { ResourceRequest } from './resource-call.ts';
import { answerResource } from './resource-requests.ts';
import { createServerMetrics, type ServerMetrics } from './server-metrics.ts';

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
}

/** A listening server. */
export interface KubeServer {
  readonly url: string;
  /** Ends watches and connections. */
  close(): Promise<void>;
}

/** Longest a client may take to send the head of a request, in milliseconds. */
const HEADERS_TIMEOUT_MS = 20_000;

/** Listens. Throws Failure PortInUse, CannotListen. */
export const listenForKubectl = async (
  server: {
    readonly context: ApiContext;
    readonly access: Access;
    readonly client: Client;
    readonly podAccess: () => PodAccess | undefined;
  },
  options: KubeServerOptions,
): Promise<KubeServer> => {
  const scope: ServerScope = {
    ...server,
    options,
    messages: createMessageTable(),
    documents: createOpenApiDocuments(),
    metrics: createServerMetrics({ clock: server.context.clock, store: server.context.store }),
    authenticate: createAuthenticate(server.access, options.security),
  };
  const handle = (request: IncomingMessage, response: ServerResponse): void => void answer(scope, request, response);
  const { security } = options;
  const listener: Server = security
    ? createTlsServer(
        {
          cert: security.certificate,
          key: security.key,
          ca: security.clientAuthority,
          requestCert: true,
          rejectUnauthorized: false,
          headersTimeout: HEADERS_TIMEOUT_MS,
        },
        handle,
      )
    : createPlainServer({ headersTimeout: HEADERS_TIMEOUT_MS }, handle);
  // A watch is one long request: only its head is timed.
  listener.requestTimeout = 0;
  listener.on('upgrade', createUpgradeHandler({ ...server, authenticate: scope.authenticate }));
  const sockets = new Set<Socket>();
  listener.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await listen(listener, options);
  const { port } = listener.address() as AddressInfo;
  return {
    url: `${security ? 'https' : 'http'}://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    close: async () => {
      const closed = new Promise<void>((resolve) => listener.close(() => resolve()));
      listener.closeIdleConnections();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
};

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

interface ServerScope {
  readonly context: ApiContext;
  readonly access: Access;
  readonly client: Client;
  readonly podAccess: () => PodAccess | undefined;
  readonly options: KubeServerOptions;
  readonly messages: MessageTable;
  readonly documents: OpenApiDocuments;
  readonly metrics: ServerMetrics;
  readonly authenticate: Authenticate;
}

const answer = async (scope: ServerScope, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  try {
    const url = new URL(request.url ?? '/', 'http://server');
    if (isHealthPath(url.pathname)) return sendText(response, 'ok');
    const real = scope.authenticate(request);
    const caller = impersonate(scope.access, real, request.headers);
    const path = parseResourcePath(url.pathname);
    const attributes = attributesOfRequest(url, path, request.method ?? 'GET');
    scope.metrics.watch(attributes, response);
    authorize(scope.access, caller, attributes);
    if (url.pathname === '/metrics') return sendText(response, await scope.metrics.text());
    const document = path ? undefined : describeServer(scope, url, request);
    if (document !== undefined) return sendJson(response, 200, document, { contentType: contentTypeOf(document) });
    if (!path) throw new ApiStatusError('NotFound', 'the server could not find the requested resource');
    await answerApi(scope, { url, path, caller, request, response });
  } catch (thrown) {
    sendError(scope, response, thrown);
  }
};

/** Paths that name no resource are asked for as they are. */
const attributesOfRequest = (url: URL, path: ResourcePath | undefined, method: string): RequestAttributes =>
  path
    ? attributesOf(method, path, url.searchParams)
    : { kind: 'path', verb: method.toLowerCase(), path: url.pathname };

const isHealthPath = (path: string): boolean => path === '/healthz' || path === '/readyz' || path === '/livez';

/** Documents about the server itself; `undefined` when the path is none. */
const describeServer = ({ context, options, documents }: ServerScope, url: URL, request: IncomingMessage): unknown => {
  const kinds = context.registry.all();
  const parts = url.pathname.split('/').filter((part) => part !== '');
  const isAggregated = (request.headers.accept ?? '').includes('as=APIGroupDiscoveryList');
  if (url.pathname === '/version') return KUBERNETES_VERSION;
  if (url.pathname === '/api')
    return isAggregated ? aggregatedDiscovery(kinds, true) : coreVersions(`${options.host}:${options.port}`);
  if (url.pathname === '/apis') return isAggregated ? aggregatedDiscovery(kinds, false) : groupList(kinds);
  if (url.pathname === '/openapi/v2') return documents.swagger(kinds);
  if (url.pathname === '/openapi/v3') return documents.index(kinds);
  if (parts[0] === 'openapi' && parts[1] === 'v3') return documents.document(kinds, parts.slice(2).join('/'));
  if (parts[0] === 'api' && parts.length === 2) return resourceList(kinds, '', parts[1] ?? '');
  if (parts[0] === 'apis' && parts.length === 2) return groupDocument(kinds, parts[1] ?? '');
  if (parts[0] === 'apis' && parts.length === 3) return resourceList(kinds, parts[1] ?? '', parts[2] ?? '');
  return undefined;
};

const answerApi = async (
  scope: ServerScope,
  of: {
    readonly url: URL;
    readonly path: ResourcePath;
    readonly caller: Caller;
    readonly request: IncomingMessage;
    readonly response: ServerResponse;
  },
): Promise<void> => {
  const { url, path, caller, request, response } = of;
  const mediaType = mediaTypeOf(request);
  const method = request.method ?? 'GET';
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const body = hasBody ? parseBody(await readBody(request), mediaType, scope.messages) : undefined;
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const asked: ResourceRequest = {
    method,
    path,
    query: url.searchParams,
    accept: request.headers.accept ?? '',
    mediaType,
    body,
    signal: gone.signal,
    caller,
  };
  const outcome = await scope.context.webhooks.as(caller, () => answerResource(scope, asked));
  if (outcome.kind === 'json')
    return sendJson(response, outcome.status, outcome.value, { warnings: outcome.warnings ?? [] });
  await sendStream(response, outcome.contentType, outcome.chunks);
};

const sendText = (response: ServerResponse, text: string): void => {
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
};

/** Clients tell the aggregated form of discovery from the older one by its content type alone. */
const contentTypeOf = (document: unknown): string =>
  isObject(document) && document['kind'] === 'APIGroupDiscoveryList'
    ? 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
    : 'application/json';

const sendJson = (
  response: ServerResponse,
  status: number,
  value: unknown,
  how: { readonly contentType?: string; readonly warnings?: readonly string[] } = {},
): void => {
  const warnings = (how.warnings ?? []).map(warningHeader);
  if (warnings.length > 0) response.setHeader('warning', warnings);
  const bytes = Buffer.from(`${typeof value === 'string' ? value : JSON.stringify(value)}\n`, 'utf8');
  response
    .writeHead(status, {
      'content-type': how.contentType ?? 'application/json',
      'content-length': bytes.byteLength,
      'cache-control': 'no-cache, private',
    })
    .end(bytes);
};

/** @spec https://www.rfc-editor.org/rfc/rfc7234#section-5.5, as kubectl prints it */
const warningHeader = (text: string): string => `299 - ${JSON.stringify(text.replaceAll(/[^\x20-\x7e]/g, '?'))}`;

const sendStream = async (
  response: ServerResponse,
  contentType: string,
  chunks: AsyncIterable<string | Uint8Array>,
): Promise<void> => {
  response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-cache, private' });
  response.flushHeaders();
  for await (const chunk of chunks) {
    // A slow client holds its own stream back, not the server's memory.
    if (!response.write(chunk))
      await new Promise<void>((resolve) =>
        response.destroyed ? resolve() : void response.once('drain', resolve).once('close', resolve),
      );
    if (response.destroyed) return;
  }
  response.end();
};

const sendError = (scope: ServerScope, response: ServerResponse, thrown: unknown): void => {
  const error =
    thrown instanceof ApiStatusError
      ? thrown
      : new ApiStatusError('InternalError', 'Internal error occurred; the log of the server has it');
  if (!(thrown instanceof ApiStatusError))
    scope.context.log.error('request failed', {
      error: messageOf(thrown),
      stack: thrown instanceof Error ? thrown.stack : undefined,
    });
  // Within a stream the status is an event of its own.
  if (response.headersSent) {
    if (!response.destroyed) response.end(`${JSON.stringify({ type: 'ERROR', object: error.toStatus() })}\n`);
    return;
  }
  // What is left of a body that is too large is not read: the connection cannot be used again.
  if (error.reason === 'RequestEntityTooLarge') response.setHeader('connection', 'close');
  sendJson(response, error.httpCode, error.toStatus());
};
