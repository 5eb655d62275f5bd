/**
 * Forwards one request to an endpoint and its answer back, as streams: bodies are never held in memory.
 */
import type { ClientRequest, IncomingMessage } from 'node:http';

import type { BackendEndpoint } from '../backends/resolve-endpoints.ts';
import { callBackend, type BackendHead, type CallFailure } from './backend-call.ts';
import { backendHead } from './backend-head.ts';
import { carriesBody, sendLine, type Destination, type Exchange } from './exchange.ts';
import { toFlatList, toHeaderList, withChanges, withoutHopByHop } from './headers.ts';
import { startMirrors, type Mirrors } from './mirror-request.ts';
import { measuredAs, type ProxyContext } from './proxy-context.ts';

/** Methods that may be tried twice. @spec RFC 9110 §9.2.2 */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);
/** A request that may have been acted on is sent to two endpoints at most, and no more than three are asked to connect. */
const MOST_SENDS = 2;
const MOST_CONNECTS = 3;
/** Code for who left before there was an answer, as nginx counts it. */
const CLIENT_CLOSED = 499;

/**
 * Forwards. When an endpoint cannot be reached, another is tried if that is harmless: nothing was sent, or it was a
 * request without a body that may be repeated.
 */
export const forwardRequest = (context: ProxyContext, forwarding: Exchange & Destination): void => {
  const { request, response, target, action, entry, startedAt } = forwarding;
  const hasBody = carriesBody(request);
  const head = backendHead(forwarding, hasBody);
  const mirrors = startMirrors(context, forwarding, head);
  const flight: Flight = { context, forwarding, hasBody, head, mirrors, code: CLIENT_CLOSED };
  const cancel = startTimer(context, action.requestTimeoutMs, () =>
    answerFailure(flight, 504, 'the request took too long'),
  );
  response.on('close', () => {
    cancel();
    if (!response.writableFinished) flight.call?.destroy();
    mirrors.end();
    const { code, endpoint } = flight;
    const measured = measuredAs(context, entry.rule, { backend: target.backend, ...(endpoint ? { endpoint } : {}) });
    context.measurements.record(measured, code, (context.clock.now() - startedAt) / 1000);
  });
  const first = context.directory.take(target.backend.service, target.endpoints);
  if (first) attempt(flight, first, 1);
};

/** A request under way; what changes is whom it is with and what came of it. */
interface Flight {
  readonly context: ProxyContext;
  readonly forwarding: Exchange & Destination;
  readonly hasBody: boolean;
  readonly head: BackendHead;
  readonly mirrors: Mirrors;
  endpoint?: BackendEndpoint;
  call?: ClientRequest;
  code: number;
}

const attempt = (flight: Flight, to: BackendEndpoint, turn: number): void => {
  const { context, forwarding, hasBody, head } = flight;
  const { action, request } = forwarding;
  const cancel = startTimer(context, action.backendTimeoutMs, () =>
    answerFailure(flight, 504, 'the backend took too long'),
  );
  const call = callBackend(context, to, {
    head,
    on: {
      connected: () => sendBody(flight),
      answer: (answer) => {
        flight.code = answer.statusCode ?? 502;
        passAnswer(forwarding, answer);
      },
      failed: (why) => {
        cancel();
        tryAnother(flight, to, { why, turn });
      },
    },
  });
  flight.endpoint = to;
  flight.call = call;
  call.on('close', () => {
    cancel();
    // What is left of a body nobody reads any more must not block the connection.
    if (hasBody && flight.call === call) request.unpipe().resume();
  });
  if (!hasBody) call.end();
};

/** A body flows only once there is a connection, so that it is still there for another endpoint when there is none. */
const sendBody = ({ hasBody, mirrors, call, forwarding: { request } }: Flight): void => {
  if (!hasBody || !call) return;
  mirrors.begin();
  request.pipe(call);
};

const tryAnother = (
  flight: Flight,
  failed: BackendEndpoint,
  { why, turn }: { readonly why: CallFailure; readonly turn: number },
): void => {
  const { context, forwarding, hasBody, head } = flight;
  const { response, target } = forwarding;
  if (why.isUnsent) context.directory.avoid(failed);
  if (response.headersSent || response.destroyed) return;
  const isHarmless = why.isUnsent || (!hasBody && IDEMPOTENT.has(head.method));
  const mayTry = turn < (why.isUnsent ? MOST_CONNECTS : MOST_SENDS);
  const { service } = target.backend;
  const other =
    mayTry && why.code === 'unreachable' && isHarmless
      ? (context.directory.take(service, target.endpoints, failed) ?? (why.isStale ? failed : undefined))
      : undefined;
  if (other) return attempt(flight, other, turn + 1);
  const message = `backend of service ${service.namespace}/${service.name}: ${why.message}`;
  answerFailure(flight, why.code === 'timeout' ? 504 : 502, message);
};

const answerFailure = (flight: Flight, code: number, message: string): void => {
  const { response } = flight.forwarding;
  flight.code = code;
  if (response.headersSent) response.destroy();
  else if (!response.destroyed) sendLine(response, code, message);
  flight.call?.destroy();
};

const passAnswer = ({ response, action, target }: Exchange & Destination, answer: IncomingMessage): void => {
  const headers = withChanges(withoutHopByHop(toHeaderList(answer.rawHeaders)), [
    ...target.backend.responseHeaders,
    ...action.responseHeaders,
  ]);
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage ?? '', toFlatList(headers));
  // What streams (server-sent events) must see the head before the first event.
  response.flushHeaders();
  // An answer that breaks off breaks off for our client too.
  answer.on('error', () => response.destroy());
  answer.on('close', () => {
    if (!answer.complete) response.destroy();
  });
  answer.pipe(response);
};

const startTimer = (
  { clock }: Pick<ProxyContext, 'clock'>,
  afterMs: number | undefined,
  callback: () => void,
): (() => void) => (afterMs === undefined ? () => undefined : clock.setTimer(afterMs, callback));
