/**
 * Passes protocol upgrades (WebSocket) through: once the backend agrees, both connections become one pipe.
 */
import { ServerResponse, type IncomingMessage } from 'node:http';
import { pipeline, type Duplex } from 'node:stream';

import type { BackendEndpoint } from '../backends/resolve-endpoints.ts';
import { callBackend, type BackendHead, type CallHandlers } from './backend-call.ts';
import { backendHead } from './backend-head.ts';
import { answerRequest, findRoute } from './answer-request.ts';
import { chooseTarget } from './choose-target.ts';
import type { Destination, RoutedExchange } from './exchange.ts';
import { toHeaderList, withChanges, withHeader, withoutHopByHop, type HeaderList } from './headers.ts';
import { measuredAs, type ProxyContext } from './proxy-context.ts';

/** A connection that asks for another protocol; `early` are bytes sent right after the head. */
export interface UpgradeRequest {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly early: Buffer;
}

/** Forwards an upgrade. Whatever is not forwarded to a backend is answered as a request without one. */
export const forwardUpgrade = (context: ProxyContext, upgrade: UpgradeRequest): void => {
  const { request, socket } = upgrade;
  const startedAt = context.clock.now();
  socket.on('error', () => socket.destroy());
  const found = findRoute(context, request);
  const action = found.kind === 'route' ? found.entry.rule.action : undefined;
  if (found.kind !== 'route' || action?.kind !== 'forward') return answerPlainly(context, request, socket);
  const { entry, head } = found;
  const target = chooseTarget(action, head, { point: context.pointOf(entry.rule), directory: context.directory });
  if (target.kind !== 'endpoints') return answerPlainly(context, request, socket);
  const endpoint = context.directory.take(target.backend.service, target.endpoints);
  if (endpoint) callForUpgrade(context, { ...upgrade, head, entry, startedAt, action, target, endpoint });
};

type Upgrading = UpgradeRequest & RoutedExchange & Destination & { readonly endpoint: BackendEndpoint };

const callForUpgrade = (context: ProxyContext, upgrading: Upgrading): void => {
  const { request, socket, early, entry, startedAt, action, target, endpoint } = upgrading;
  const measure = (code: number): void =>
    context.measurements.record(
      measuredAs(context, entry.rule, { backend: target.backend, endpoint }),
      code,
      (context.clock.now() - startedAt) / 1000,
    );
  const head = upgradeHead(upgrading, request.headers.upgrade ?? '');
  const on: CallHandlers = {
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
      const { namespace, name } = target.backend.service;
      if (!socket.destroyed)
        endWithLine(socket, '502 Bad Gateway', `backend of service ${namespace}/${name}: ${message}`);
    },
  };
  const call = callBackend(context, endpoint, { head, on });
  socket.on('close', () => call.destroy());
  call.end();
};

const upgradeHead = (upgrading: Upgrading, protocol: string): BackendHead => {
  const plain = backendHead(upgrading, false);
  return { ...plain, headers: withHeader(withHeader(plain.headers, 'Connection', 'Upgrade'), 'Upgrade', protocol) };
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
