/** A request on its way, and the simplest answer to one. */
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { RouteEntry } from '../routes/route.ts';
import type { ForwardAction, Target } from './choose-target.ts';
import type { RequestHead } from './request-head.ts';

/** A request with its rule. */
export interface RoutedExchange {
  readonly head: RequestHead;
  readonly entry: RouteEntry;
  readonly request: IncomingMessage;
  readonly startedAt: number;
}

/** A request with its rule and where its answer goes. */
export interface Exchange extends RoutedExchange {
  readonly response: ServerResponse;
}

/** What makes an exchange one that is forwarded. */
export interface Destination {
  readonly action: ForwardAction;
  readonly target: Extract<Target, { kind: 'endpoints' }>;
}

/** Tells whether a body follows. @spec RFC 9112 §6.3 */
export const carriesBody = ({ headers }: Pick<IncomingMessage, 'headers'>): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** Ends a response with one line of text. */
export const sendLine = (response: ServerResponse, code: number, message: string): void => {
  const text = `${message}\n`;
  response.writeHead(code, { 'content-type': 'text/plain; charset=utf-8', 'content-length': Buffer.byteLength(text) });
  response.end(text);
};
