/**
 * A Docker Engine, or what answers as one, over HTTP. @spec https://docs.docker.com/reference/api/engine/
 */
import type { Duplex } from 'node:stream';

import { Agent, request, upgrade, type Dispatcher } from 'undici';

import { Failure, isObject, messageOf } from '@argosy/base';

import { formatEngineAddress, type EngineAddress } from './engine-address.ts';

/** One request to an engine. */
export interface EngineCall {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** Path without version, e.g. `/containers/json`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON, or as it is when it is bytes (an archive). */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Milliseconds until the answer must have begun; 0 waits for ever. One minute when absent. */
  readonly timeoutMs?: number;
}

/** Talks to an engine. Every method throws an EngineFailure when the engine refuses or does not answer. */
export interface Engine {
  /** Sends and reads a JSON answer; `undefined` when there is none. */
  call(call: EngineCall): Promise<unknown>;
  /** Sends and streams the answer; leaving the loop early ends the request. */
  stream(call: EngineCall): Promise<AsyncIterable<Buffer>>;
  /** Sends and hands over the connection, for bytes in both directions. */
  upgrade(call: EngineCall): Promise<Duplex>;
  /** Where it listens, for people. */
  readonly address: string;
}

/** What an engine said instead of what was asked; `status` is its HTTP status, 0 when it did not answer. */
export class EngineFailure extends Failure {
  readonly status: number;

  constructor(message: string, details: { readonly status: number; readonly cause?: unknown }) {
    super(message, { code: 'EngineRefused', retryable: details.status === 0, cause: details.cause });
    this.status = details.status;
  }
}

const USUAL_TIMEOUT_MS = 60_000;

/** Whether the engine answered with one of these HTTP statuses. */
export const isEngineStatus = (thrown: unknown, ...statuses: readonly number[]): boolean =>
  thrown instanceof EngineFailure && statuses.includes(thrown.status);

/** Connects lazily. Idle connections do not keep the program alive. */
export const createEngine = (address: EngineAddress): Engine => {
  const agent = new Agent({
    connect: { timeout: 5000, ...(address.kind === 'socket' ? { socketPath: address.path } : {}) },
    // Waiting for an end and following a log each hold a connection for as long as the container runs.
    connections: null,
    pipelining: 1,
    bodyTimeout: 0,
  });
  const name = formatEngineAddress(address);
  const origin = address.kind === 'socket' ? 'http://engine' : `http://${hostOf(address.host)}:${address.port}`;
  const send = async (call: EngineCall): Promise<Dispatcher.ResponseData> => {
    const response = await sendCall({ agent, origin, name }, call);
    if (response.statusCode < 400) return response;
    const message = await readMessage(response);
    throw new EngineFailure(message, { status: response.statusCode });
  };
  return {
    address: name,
    call: async (call) => {
      const text = await (await send(call)).body.text();
      return text === '' ? undefined : parseJson(text);
    },
    stream: async (call) => (await send(call)).body as AsyncIterable<Buffer>,
    upgrade: (call) => upgradeCall({ agent, origin, name }, call),
  };
};

const hostOf = (host: string): string => (host.includes(':') ? `[${host}]` : host);

interface Target {
  readonly agent: Agent;
  readonly origin: string;
  readonly name: string;
}

const sendCall = async (to: Target, call: EngineCall): Promise<Dispatcher.ResponseData> => {
  try {
    return await request(`${to.origin}${call.path}`, {
      dispatcher: to.agent,
      method: call.method,
      headersTimeout: call.timeoutMs ?? USUAL_TIMEOUT_MS,
      ...contentOf(call),
      ...(call.signal ? { signal: call.signal } : {}),
    });
  } catch (thrown) {
    throw unanswered(to, thrown);
  }
};

const upgradeCall = async (to: Target, call: EngineCall): Promise<Duplex> => {
  // A body goes along, although undici's type of the options has none.
  const options = { dispatcher: to.agent, method: call.method, protocol: 'tcp', ...contentOf(call) };
  try {
    return (await upgrade(`${to.origin}${call.path}`, options)).socket;
  } catch (thrown) {
    throw unanswered(to, thrown);
  }
};

const unanswered = (to: Target, thrown: unknown): EngineFailure =>
  new EngineFailure(`${to.name} does not answer: ${messageOf(thrown)}`, { status: 0, cause: thrown });

const contentOf = (call: EngineCall) => {
  const isBytes = call.body instanceof Uint8Array;
  const query = Object.entries(call.query ?? {}).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, String(value)] as const],
  );
  return {
    query: Object.fromEntries(query),
    headers: {
      ...(call.body === undefined ? {} : { 'content-type': isBytes ? 'application/x-tar' : 'application/json' }),
      ...call.headers,
    },
    body: call.body === undefined ? null : isBytes ? (call.body as Uint8Array) : JSON.stringify(call.body),
  };
};

const readMessage = async (response: Dispatcher.ResponseData): Promise<string> => {
  const text = await response.body.text().catch(() => '');
  const parsed = parseJson(text);
  if (isObject(parsed) && typeof parsed['message'] === 'string') return parsed['message'];
  return text.trim() || `the engine answered ${response.statusCode}`;
};

/** An engine's answer, or the text itself where a proxy put something else in its place. */
const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};
