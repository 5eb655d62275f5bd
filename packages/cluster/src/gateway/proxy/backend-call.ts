/**
 * One call to one endpoint: connects (or takes a kept connection), sends the head, and tells what came of it.
 */
import { Agent, request as sendRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import type { Clock } from '@argosy/base';

import type { BackendEndpoint } from '../backends/resolve-endpoints.ts';
import { toFlatList, type HeaderList } from './headers.ts';

/** What is asked. */
export interface BackendHead {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: HeaderList;
}

/** What a call may end in before there is an answer. */
export interface CallHandlers {
  answer(response: IncomingMessage): void;
  /** The backend agreed to another protocol; without this handler a call never asks for one. */
  upgraded?(response: IncomingMessage, socket: Duplex, first: Buffer): void;
  /** There is no answer. `stale`: the connection had been kept from an earlier request. */
  failed(why: { readonly code: 'unreachable' | 'timeout'; readonly message: string; readonly stale: boolean }): void;
}

/** Longest wait for a connection: backends are on this machine. */
const CONNECT_TIMEOUT_MS = 5000;
/** Longest wait for the head of an answer, as nginx' proxy_read_timeout. */
const HEAD_TIMEOUT_MS = 60_000;
/** Longest silence within a stream. */
const IDLE_TIMEOUT_MS = 10 * 60_000;
/** Idle connections end before the five seconds after which Node's own servers close them, so none is lost in between. */
const KEPT_MS = 4000;

/** Creates the pool of connections. */
export const createBackendAgent = (): Agent =>
  new Agent({ keepAlive: true, maxFreeSockets: 256, maxSockets: Infinity, timeout: KEPT_MS });

/** Starts a call; the caller writes the body and ends it. Exactly one handler is called, once. */
export const callBackend = (
  deps: { readonly clock: Clock; readonly agent: Agent },
  endpoint: BackendEndpoint,
  { head, on }: { readonly head: BackendHead; readonly on: CallHandlers },
): ClientRequest => {
  const call = sendRequest({
    agent: deps.agent,
    host: endpoint.address,
    port: endpoint.port,
    method: head.method,
    path: head.target,
    headers: toFlatList(head.headers),
    timeout: IDLE_TIMEOUT_MS,
    maxHeaderSize: 64 * 1024,
  });
  const where = `${endpoint.address}:${endpoint.port}`;
  let isOver = false;
  const fail = (code: 'unreachable' | 'timeout', message: string): void => {
    if (isOver) return;
    isOver = true;
    cancelHead();
    on.failed({ code, message, stale: call.reusedSocket });
    call.destroy();
  };
  const cancelHead = deps.clock.setTimer(HEAD_TIMEOUT_MS, () => fail('timeout', `${where} did not answer in time`));
  call.on('socket', (socket) => {
    if (!socket.connecting) return;
    const cancel = deps.clock.setTimer(CONNECT_TIMEOUT_MS, () => fail('unreachable', `connect ${where}: no answer`));
    socket.once('connect', cancel);
    socket.once('close', cancel);
  });
  call.on('timeout', () => call.destroy(new Error('idle for too long')));
  call.on('error', (error) => fail('unreachable', `${where}: ${error.message}`));
  call.on('close', () => fail('unreachable', `${where}: connection closed`));
  const succeed = (): void => {
    isOver = true;
    cancelHead();
  };
  call.on('response', (response) => {
    if (isOver) return void response.destroy();
    succeed();
    on.answer(response);
  });
  if (on.upgraded)
    call.on('upgrade', (response, socket, first) => {
      if (isOver) return void socket.destroy();
      succeed();
      on.upgraded?.(response, socket, first);
    });
  return call;
};
