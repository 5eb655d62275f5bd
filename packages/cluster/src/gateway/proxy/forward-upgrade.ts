/**
 * Passes protocol upgrades (WebSocket) through: once the backend agrees, both connections become one pipe.
 */
import { ServerResponse, type IncomingMessage } from 'node:http';
import { pipeline, type Duplex } from 'node:stream';

import { callBackend } from './backend-call.ts';
import { backendHead } from './backend-head.ts';
import { answerRequest, findRoute } from './answer-request.ts';
import { chooseTarget } from './choose-target.ts';
import { toHeaderList, withChanges, withHeader, withoutHopByHop, type HeaderList } from './headers.ts';
import { measuredAs, type ProxyContext } from './proxy-context.ts';

/** A connection that asks for another protocol; `early` are bytes sent right after the head. */
export interface UpgradeRequest {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly early: Buffer;
}

/** Forwards an upgrade. Whatever is not forwarded to a backend is answered as a request without one. */
export const forwardUpgrade = (context: ProxyContext, { request, socket, early }: UpgradeRequest): void => {
  const startedAt = context.clock.now();
  socket.on('error', () => socket.destroy());
  const found = findRoute(context, request);
  const action = found.kind === 'route' ? found.entry.rule.action : undefined;
  if (found.kind !== 'route' || action?.kind !== 'forward') return answerPlainly(context, request, socket);
  const { entry, head } = found;
  const target = chooseTarget(action, head, { point: context.pointOf(entry.rule), directory: context.directory });
  const endpoint =
    target.kind === 'endpoints' ? context.directory.take(target.backend.service, target.endpoints) : undefined;
  if (target.kind !== 'endpoints' || !endpoint) return answerPlainly(context, request, socket);
  const measure = (code: number): void =>
    context.measurements.record(
      measuredAs(context, entry.rule, { backend: target.backend, endpoint }),
      code,
      (context.clock.now() - startedAt) / 1000,
    );
  const plain = backendHead({ head, entry, request, startedAt, action, target }, false);
  const protocol = request.headers.upgrade ?? '';
  const asked = withHeader(withHeader(plain.headers, 'Connection', 'Upgrade'), 'Upgrade', protocol);
  const call = callBackend(context, endpoint, {
    head: { ...plain, headers: asked },
    on: {
      answer: (answer) => {
        measure(answer.statusCode ?? 502);
        const headers = withChanges(withoutHopByHop(toHeaderList(answer.rawHeaders)), action.responseHeaders);
        socket.write(headText(answer, withHeader(headers, 'Connection', 'close')));
        pipeline(answer, socket, () => socket.destroy());
      },
      upgraded: (answer, backend, first) => {
        measure(101);
        socket.write(headText(answer, toHeaderList(answer.rawHeaders)));
        if (first.length > 0) socket.write(first);
        if (early.length > 0) backend.write(early);
        pipeline(backend, socket, () => socket.destroy());
        pipeline(socket, backend, () => backend.destroy());
      },
      failed: ({ message }) => {
        measure(502);
        const name = `${target.backend.service.namespace}/${target.backend.service.name}`;
        if (!socket.destroyed) endWithLine(socket, '502 Bad Gateway', `backend of service ${name}: ${message}`);
      },
    },
  });
  socket.on('close', () => call.destroy());
  call.end();
};

const headText = ({ statusCode, statusMessage }: IncomingMessage, headers: HeaderList): string =>
  [
    `HTTP/1.1 ${statusCode ?? 502} ${statusMessage ?? ''}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    '',
    '',
  ].join('\r\n');

const endWithLine = (socket: Duplex, status: string, line: string): void => {
  const headers = `content-type: text/plain; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(line) + 1}`;
  socket.end(`HTTP/1.1 ${status}\r\n${headers}\r\nconnection: close\r\n\r\n${line}\n`);
};

/** Answers on a connection Node has let go of. */
const answerPlainly = (context: ProxyContext, request: IncomingMessage, socket: Duplex): void => {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  // An upgrade's socket is the client's TCP connection. @upstream node lib/_http_server.js#onParserExecuteCommon
  response.assignSocket(socket as Parameters<ServerResponse['assignSocket']>[0]);
  response.on('finish', () => socket.end());
  answerRequest(context, request, response);
};
