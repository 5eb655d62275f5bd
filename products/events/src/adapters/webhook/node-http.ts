/**
 * HTTP servers on Node's own.
 */
import http from 'node:http';

import { Failure, messageOf } from '@argosy/base';

import type { HttpServers, IncomingRequest, ListeningServer, OutgoingResponse } from './http-port.ts';

/** Longest time a client may take for headers and body. */
const REQUEST_TIMEOUT_MS = 60_000;

/** Creates servers of this machine. */
export const createNodeHttpServers = (): HttpServers => ({
  listen: async ({ host, port, handle }) => {
    const server = http.createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
      void answer(request, response, handle);
    });
    await listening(server, host, port);
    const address = server.address();
    return {
      port: typeof address === 'object' && address ? address.port : port,
      close: () => closed(server),
    } satisfies ListeningServer;
  },
});

const listening = (server: http.Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Failure(`port ${port} is in use by another program`, {
              code: 'PortInUse',
              retryable: true,
              cause: error,
            })
          : new Failure(`cannot listen on ${host}:${port}: ${error.message}`, { code: 'ListenRefused', cause: error }),
      ),
    );
    server.listen(port, host, resolve);
  });

const closed = (server: http.Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });

const answer = async (
  request: http.IncomingMessage,
  response: http.ServerResponse,
  handle: (request: IncomingRequest) => Promise<OutgoingResponse>,
): Promise<void> => {
  let answered: OutgoingResponse;
  try {
    answered = await handle(toIncoming(request));
  } catch (thrown) {
    answered = { status: 500, text: messageOf(thrown) };
  }
  // A body nobody read would keep the connection busy.
  if (!request.complete) response.setHeader('Connection', 'close');
  response.writeHead(answered.status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(answered.text);
};

const toIncoming = (request: http.IncomingMessage): IncomingRequest => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const query = new Map<string, string[]>();
  for (const [name, value] of url.searchParams) query.set(name, [...(query.get(name) ?? []), value]);
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: Object.fromEntries(query),
    headers: canonicalHeaders(request.rawHeaders),
    readBody: (limitBytes) => readBody(request, limitBytes),
  };
};

/** As Go's net/http shows them: `Content-Type`, without Host. */
const canonicalHeaders = (raw: readonly string[]): Readonly<Record<string, readonly string[]>> => {
  const headers = new Map<string, string[]>();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase().replace(/(^|-)[a-z]/g, (part) => part.toUpperCase());
    if (name !== 'Host') headers.set(name, [...(headers.get(name) ?? []), raw[index + 1] ?? '']);
  }
  return Object.fromEntries(headers);
};

const readBody = async (request: http.IncomingMessage, limitBytes: number): Promise<Uint8Array | undefined> => {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limitBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};
