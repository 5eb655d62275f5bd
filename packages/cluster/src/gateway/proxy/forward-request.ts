/**
 * Forwards one request to an endpoint and its answer back, as streams: bodies are never held in memory.
 */
import type { ClientRequest, IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream';

import type { BackendEndpoint } from '../backends/resolve-endpoints.ts';
import { callBackend } from './backend-call.ts';
import { backendHead } from './backend-head.ts';
import { carriesBody, sendLine, type Destination, type Exchange } from './exchange.ts';
import { toFlatList, toHeaderList, withChanges, withoutHopByHop } from './headers.ts';
import { startMirrors } from './mirror-request.ts';
import { measuredAs, type ProxyContext } from './proxy-context.ts';

/** Methods that may be tried twice. @spec RFC 9110 §9.2.2 */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);
/** Code for who left before there was an answer, as nginx counts it. */
const CLIENT_CLOSED = 499;

/** Forwards. When the first endpoint cannot be reached, another is tried once if that is harmless. */
export const forwardRequest = (context: ProxyContext, forwarding: Exchange & Destination): void => {
  const { request, response, target, action, entry, startedAt } = forwarding;
  const hasBody = carriesBody(request);
  const head = backendHead(forwarding, hasBody);
  const mirrors = startMirrors(context, forwarding, head);
  let endpoint: BackendEndpoint | undefined;
  let call: ClientRequest | undefined;
  let code = CLIENT_CLOSED;

  const answerFailure = (status: number, message: string): void => {
    code = status;
    if (response.headersSent) response.destroy();
    else if (!response.destroyed) sendLine(response, status, message);
    call?.destroy();
  };
  const attempt = (to: BackendEndpoint, isRetry: boolean): void => {
    endpoint = to;
    const deadline = startTimer(context, action.backendTimeoutMs, () =>
      answerFailure(504, 'the backend took too long'),
    );
    call = callBackend(context, to, {
      head,
      on: {
        answer: (answer) => {
          code = answer.statusCode ?? 502;
          passAnswer(forwarding, answer);
        },
        failed: ({ code: sort, message, stale }) => {
          deadline();
          if (response.headersSent || response.destroyed) return;
          const isHarmless = sort === 'unreachable' && !isRetry && !hasBody && IDEMPOTENT.has(head.method);
          const other = isHarmless ? nextEndpoint(to, stale) : undefined;
          if (other) attempt(other, true);
          else answerFailure(sort === 'timeout' ? 504 : 502, `backend of service ${nameOf(forwarding)}: ${message}`);
        },
      },
    });
    call.on('close', () => {
      deadline();
      // What is left of a body nobody reads any more must not block the connection.
      if (hasBody) request.unpipe().resume();
    });
    if (hasBody) request.pipe(call);
    else call.end();
  };
  const nextEndpoint = (failed: BackendEndpoint, stale: boolean): BackendEndpoint | undefined =>
    context.directory.take(target.backend.service, target.endpoints, failed) ?? (stale ? failed : undefined);

  const deadline = startTimer(context, action.requestTimeoutMs, () => answerFailure(504, 'the request took too long'));
  response.on('close', () => {
    deadline();
    if (!response.writableFinished) call?.destroy();
    mirrors.end();
    const measured = measuredAs(context, entry.rule, { backend: target.backend, ...(endpoint ? { endpoint } : {}) });
    context.measurements.record(measured, code, (context.clock.now() - startedAt) / 1000);
  });
  const first = context.directory.take(target.backend.service, target.endpoints);
  if (first) attempt(first, false);
};

const nameOf = ({ target: { backend } }: Destination): string => `${backend.service.namespace}/${backend.service.name}`;

const passAnswer = ({ response, action, target }: Exchange & Destination, answer: IncomingMessage): void => {
  const headers = withChanges(withoutHopByHop(toHeaderList(answer.rawHeaders)), [
    ...target.backend.responseHeaders,
    ...action.responseHeaders,
  ]);
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage ?? '', toFlatList(headers));
  // What streams (server-sent events) must see the head before the first event.
  response.flushHeaders();
  // An answer that breaks off breaks off for our client too: `pipeline` destroys the other side.
  pipeline(answer, response, () => undefined);
};

const startTimer = (
  { clock }: Pick<ProxyContext, 'clock'>,
  afterMs: number | undefined,
  callback: () => void,
): (() => void) => (afterMs === undefined ? () => undefined : clock.setTimer(afterMs, callback));
