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

/** Why there is no answer. */
export interface CallFailure {
  readonly code: 'unreachable' | 'timeout';
  readonly message: string;
  /** No connection came about: nothing was sent. */
  readonly isUnsent: boolean;
  /** The connection had been kept from an earlier request, and may have ended in the meantime. */
  readonly isStale: boolean;
}

/** What a call may end in before there is an answer. */
export interface CallHandlers {
  answer(response: IncomingMessage): void;
  /** The backend agreed to another protocol; without this handler a call never asks for one. */
  upgraded?(response: IncomingMessage, socket: Duplex, first: Buffer): void;
  /** There is a connection: from now on something may have been sent. */
  connected?(): void;
  /** There is no answer. */
  failed(why: CallFailure): void;
}

/** Longest wait for a connection: backends are on this machine. */
const CONNECT_TIMEOUT_MS = 5000;
/** Longest wait for the head of an answer, as nginx' proxy_read_timeout. */
const HEAD_TIMEOUT_MS = 60_000;
/** Longest silence within a stream. */
const IDLE_TIMEOUT_MS = 10 * 60_000;
/** Largest head of an answer. */
const MOST_HEADER_BYTES = 64 * 1024;
/** Idle connections end before the five seconds after which Node's own servers close them, so none is lost in between. */
const KEPT_MS = 4000;

/** Creates the pool of connections. */
export const createBackendAgent = (): Agent =>
  new Agent({ keepAlive: true, maxFreeSockets: 256, maxSockets: Infinity, timeout: KEPT_MS });

/** Starts a call; the caller writes the body and ends it. One of `answer`, `upgraded`, `failed` is called, once. */
export const callBackend = (
  deps: { readonly clock: Clock; readonly agent: Agent },
  endpoint: BackendEndpoint,
  { head, on }: { readonly head: BackendHead; readonly on: CallHandlers },
): ClientRequest => {
  const call = openCall(deps.agent, endpoint, head);
  const where = `${endpoint.address}:${endpoint.port}`;
  let isUnsent = true;
  let cancelTimer = (): void => undefined;
  /** Runs the first end of the call and no other. */
  let end = (then: () => void): boolean => {
    end = () => false;
    cancelTimer();
    then();
    return true;
  };
  const fail = (code: CallFailure['code'], message: string): void => {
    const why = { code, message: `${where}: ${message}`, isUnsent, isStale: call.reusedSocket };
    if (end(() => on.failed(why))) call.destroy();
  };
  const failAfter = (ms: number, code: CallFailure['code'], message: string): void => {
    cancelTimer();
    cancelTimer = deps.clock.setTimer(ms, () => fail(code, message));
  };
  const connected = (): void => {
    isUnsent = false;
    cancelTimer();
    if (!call.destroyed) on.connected?.();
  };
  call.on('socket', (socket) => {
    if (!socket.connecting) return connected();
    failAfter(CONNECT_TIMEOUT_MS, 'unreachable', 'no connection in time');
    socket.once('connect', connected);
  });
  // The backend's time runs once it has the whole request.
  call.on('finish', () => {
    if (!isUnsent) failAfter(HEAD_TIMEOUT_MS, 'timeout', 'no answer in time');
  });
  call.on('timeout', () => call.destroy(new Error('idle for too long')));
  call.on('error', (error) => fail('unreachable', error.message));
  call.on('close', () => fail('unreachable', 'connection closed'));
  call.on('response', (response) => {
    if (!end(() => on.answer(response))) response.destroy();
  });
  if (on.upgraded)
    call.on('upgrade', (response, socket, first) => {
      if (!end(() => on.upgraded?.(response, socket, first))) socket.destroy();
    });
  return call;
};

const openCall = (agent: Agent, endpoint: BackendEndpoint, head: BackendHead): ClientRequest =>
  sendRequest({
    agent,
    host: endpoint.address,
    port: endpoint.port,
    method: head.method,
    path: head.target,
    headers: toFlatList(head.headers),
    timeout: IDLE_TIMEOUT_MS,
    maxHeaderSize: MOST_HEADER_BYTES,
  });
