/**
 * The door: one HTTP port for the pages, the products' routes, server-sent events and webhooks.
 */
import { Readable } from 'node:stream';
import type { AddressInfo } from 'node:net';

import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

import { Failure, messageOf, type Logger, type Random } from '@argosy/base';
import { ApiStatusError } from '@argosy/kube';

import { refuseOrigin } from './origin-check.ts';
import { createPages } from './pages.ts';
import type { Route, RouteRequest, RouteResponse } from './route.ts';

/** Ports of the door. */
export interface DoorDeps {
  readonly log: Logger;
  readonly random: Random;
}

/** Where the door is and what is behind it. */
export interface DoorOptions {
  /** Address to listen on, e.g. `127.0.0.1`. */
  readonly host: string;
  /** Port; 0 takes a free one. */
  readonly port: number;
  readonly routes: readonly Route[];
  /** Folder of the built web pages; without it the door has none. */
  readonly pagesDirectory?: string;
  /** Host names besides loopback ones that requests may ask for. */
  readonly hostNames?: readonly string[];
}

/** An open door. */
export interface Door {
  /** `http://host:port`, without a slash at the end. */
  readonly url: string;
  /** Adds routes later; the same method and path twice is an error. */
  close(): Promise<void>;
}

const DEFAULT_BODY_LIMIT_BYTES = 1024 * 1024;

/** Opens the door. Throws a Failure with code `PortInUse` or `CannotListen`. */
export const openDoor = async (deps: DoorDeps, options: DoorOptions): Promise<Door> => {
  const app = fastify({
    bodyLimit: DEFAULT_BODY_LIMIT_BYTES,
    forceCloseConnections: true,
    exposeHeadRoutes: true,
    routerOptions: { maxParamLength: 2000 },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error, request, reply) => answerError(deps, error, request, reply));
  app.addHook('onRequest', async (request, reply) => {
    reply
      .header('x-content-type-options', 'nosniff')
      .header('x-frame-options', 'DENY')
      .header('referrer-policy', 'same-origin');
    const refusal = isPublicRoute(request) ? undefined : refuseOrigin(originFacts(request), options.hostNames);
    if (refusal) await reply.code(403).send({ error: refusal });
  });
  for (const route of options.routes) addRoute(app, route);
  if (options.pagesDirectory !== undefined) addPages(app, options.pagesDirectory);
  app.setNotFoundHandler(async (request, reply) =>
    reply.code(404).send({ error: `nothing is at ${request.url.split('?')[0] ?? ''}` }),
  );
  await listen(app, options);
  const address = app.server.address() as AddressInfo;
  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${address.port}`,
    close: () => app.close(),
  };
};

const listen = async (app: FastifyInstance, options: DoorOptions): Promise<void> => {
  try {
    await app.listen({ host: options.host, port: options.port });
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    if (code === 'EADDRINUSE')
      throw new Failure(`port ${options.port} is in use; stop what uses it or choose another with --port`, {
        code: 'PortInUse',
        cause: thrown,
      });
    throw new Failure(`listen on ${options.host}:${options.port}: ${messageOf(thrown)}`, {
      code: 'CannotListen',
      cause: thrown,
    });
  }
};

const addRoute = (app: FastifyInstance, route: Route): void => {
  app.route({
    method: route.method,
    url: route.path,
    bodyLimit: route.bodyLimitBytes ?? DEFAULT_BODY_LIMIT_BYTES,
    config: { isPublic: route.isPublic ?? false },
    handler: async (request, reply) => send(await route.handle(toRouteRequest(request, reply)), reply),
  });
};

const addPages = (app: FastifyInstance, directory: string): void => {
  const pages = createPages(directory);
  app.get('/*', async (request, reply) => {
    const page = await pages.find(decodePath(request.url));
    if (!page) return reply.code(404).send({ error: `nothing is at ${request.url.split('?')[0] ?? ''}` });
    return reply
      .header('cache-control', page.immutable ? 'public, max-age=31536000, immutable' : 'no-cache')
      .header(
        'content-security-policy',
        "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
      )
      .type(page.contentType)
      .send(page.content);
  });
};

const isPublicRoute = (request: FastifyRequest): boolean => {
  const config = request.routeOptions.config as { readonly isPublic?: boolean } | undefined;
  return config?.isPublic === true;
};

const originFacts = (request: FastifyRequest) => ({
  method: request.method,
  host: request.headers.host,
  origin: request.headers.origin,
  fetchSite: typeof request.headers['sec-fetch-site'] === 'string' ? request.headers['sec-fetch-site'] : undefined,
});

const toRouteRequest = (request: FastifyRequest, reply: FastifyReply): RouteRequest => {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return {
    method: request.method,
    path: decodePath(request.url),
    params: request.params as Readonly<Record<string, string>>,
    query: Object.fromEntries(new URL(request.url, 'http://door').searchParams),
    headers: request.headers,
    body: request.body instanceof Uint8Array ? request.body : new Uint8Array(),
    remoteAddress: request.ip,
    signal: gone.signal,
  };
};

const decodePath = (url: string): string => {
  const raw = url.split('?')[0] ?? '/';
  try {
    return decodeURIComponent(raw);
  } catch {
    return raw;
  }
};

const send = (response: RouteResponse, reply: FastifyReply): FastifyReply => {
  reply.code(response.status ?? 200);
  switch (response.kind) {
    case 'json':
      return reply.type('application/json; charset=utf-8').send(`${JSON.stringify(response.value)}\n`);
    case 'text':
      return reply.type(response.contentType ?? 'text/plain; charset=utf-8').send(response.text);
    case 'stream':
      return reply
        .headers({ ...response.headers })
        .type(response.contentType)
        .send(Readable.from(response.chunks, { objectMode: false }));
  }
};

const answerError = (deps: DoorDeps, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  if (error instanceof ApiStatusError)
    return reply
      .code(error.httpCode)
      .send({ error: error.message, reason: error.reason, code: error.httpCode, message: error.message });
  const code = statusCodeOf(error);
  if (code < 500) return reply.code(code).send({ error: messageOf(error) });
  // What went wrong inside is for the log: it may hold what the caller must not see.
  const reference = deps.random.uuid().slice(0, 8);
  deps.log.error('request failed', {
    reference,
    method: request.method,
    path: decodePath(request.url),
    error: messageOf(error),
    stack: error instanceof Error ? error.stack : undefined,
  });
  return reply.code(500).send({ error: `something went wrong inside; the log has it under ${reference}` });
};

const statusCodeOf = (error: unknown): number => {
  const code = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof code === 'number' && code >= 400 && code < 600 ? code : 500;
};
