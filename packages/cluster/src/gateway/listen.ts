/** Opens the gateway's ports. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

import { Failure, messageOf } from '@argosy/base';

/** A server that listens. */
export interface Listening {
  readonly server: Server;
  readonly url: string;
  readonly port: number;
  /** Ends the server and its connections. */
  close(): Promise<void>;
}

/** Longest a client may take to send the head of a request, in milliseconds. */
const HEADERS_TIMEOUT_MS = 20_000;
/** Largest head of a request; more is answered with 431. */
const MOST_HEADER_BYTES = 32 * 1024;

/** Listens. Throws Failure PortInUse, CannotListen, each with one line that says what to do. */
export const listenOn = async (
  { host, port, flag }: { readonly host: string; readonly port: number; readonly flag: string },
  handle: RequestListener,
): Promise<Listening> => {
  const server = createServer(
    // Uploads and streams take as long as they take: only the head is timed.
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: 0,
      maxHeaderSize: MOST_HEADER_BYTES,
      keepAliveTimeout: 65_000,
    },
    handle,
  );
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(toFailure(error, { host, port, flag })));
    server.listen(port, host, () => resolve());
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    server,
    port: bound,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
};

const toFailure = (
  error: NodeJS.ErrnoException,
  { host, port, flag }: { readonly host: string; readonly port: number; readonly flag: string },
): Failure =>
  error.code === 'EADDRINUSE'
    ? new Failure(`port ${port} is in use; stop what uses it or choose another with ${flag}`, {
        code: 'PortInUse',
        cause: error,
      })
    : new Failure(`listen on ${host}:${port}: ${messageOf(error)}`, { code: 'CannotListen', cause: error });
