/**
 * Logs in a WebSocket, for programs that can read no other stream: the server alone speaks, and what it says is the log.
 * @upstream kubernetes staging/src/k8s.io/apimachinery/pkg/util/httpstream/wsstream/stream.go
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import type { Clock } from '@argosy/base';
import { ApiStatusError } from '@argosy/kube';
import { WebSocketServer, type WebSocket } from 'ws';

import { begunStream } from '../http/watches/begun-stream.ts';

/** A request that is to become a socket, and the log it asks for. */
export interface LogSocket {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly clock: Clock;
  /** Begins to read; the signal aborts when the client is gone. */
  readonly open: (signal: AbortSignal) => AsyncIterable<Uint8Array>;
}

/**
 * Answers with the log until one side ends it. Rejects with BadRequest for another kind of upgrade or protocols nobody
 * knows, and with what cannot be read; nothing has been answered then.
 */
export const serveLogSocket = async ({ request, socket, head, clock, open }: LogSocket): Promise<void> => {
  const protocol = protocolFor(request);
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  socket.once('close', leave);
  const chunks = await begunStream(clock, open(gone.signal));
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_MESSAGE,
    perMessageDeflate: false,
    handleProtocols: () => protocol || false,
  });
  server.handleUpgrade(request, socket, head, (accepted) => {
    accepted.on('error', () => accepted.terminate());
    void send(accepted, chunks, protocol === TEXT);
  });
};

const TEXT = 'base64.binary.k8s.io';
const PROTOCOLS: readonly string[] = ['binary.k8s.io', TEXT];

/** Largest message a client may send, in bytes; what it says is not read. */
const LARGEST_MESSAGE = 64 * 1024;

/** The first the client names that is known; nothing for one that names none. */
const protocolFor = ({ headers }: IncomingMessage): string => {
  const wanted = headers.upgrade ?? '';
  if (wanted.toLowerCase() !== 'websocket')
    throw new ApiStatusError('BadRequest', `unable to upgrade to ${JSON.stringify(wanted)}: logs use WebSocket`);
  const offered = (headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  const protocol = offered.find((one) => PROTOCOLS.includes(one));
  if (protocol !== undefined || offered.length === 0) return protocol ?? '';
  throw new ApiStatusError(
    'BadRequest',
    `unable to negotiate protocol: client supports ${JSON.stringify(offered)}, server accepts ${JSON.stringify(PROTOCOLS)}`,
  );
};

/** Never rejects: a log that breaks off ends, as over plain HTTP. */
const send = async (socket: WebSocket, chunks: AsyncIterable<Uint8Array>, isText: boolean): Promise<void> => {
  try {
    // An empty message says that the log is open, though it may have nothing to tell yet.
    await sent(socket, isText ? '' : new Uint8Array());
    for await (const chunk of chunks) await sent(socket, isText ? Buffer.from(chunk).toString('base64') : chunk);
  } catch {
    // Who is gone is told nothing.
  }
  socket.close(1000);
};

/** Waits for a client that reads slowly. */
const sent = (socket: WebSocket, message: string | Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.send(message, { binary: typeof message !== 'string' }, (error) => (error ? reject(error) : resolve()));
  });
