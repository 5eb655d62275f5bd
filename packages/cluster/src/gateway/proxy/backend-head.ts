/**
 * The head of a request as its backend gets it. Pure.
 */
import type { BackendHead } from './backend-call.ts';
import type { Destination, RoutedExchange } from './exchange.ts';
import {
  headerOf,
  toHeaderList,
  withChanges,
  withForwarded,
  withHeader,
  withoutHopByHop,
  type HeaderList,
} from './headers.ts';
import { forwardedTarget } from './request-head.ts';

/** Without what concerns our client's connection only, with who asked, with what the filters say. */
export const backendHead = (exchange: RoutedExchange & Destination, hasBody: boolean): BackendHead => {
  const { head, entry, request, action, target } = exchange;
  const sent = withoutHopByHop(toHeaderList(request.rawHeaders)).filter(([name]) => name.toLowerCase() !== 'expect');
  const told = withForwarded(sent, {
    remoteAddress: request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '',
    authority: head.authority,
  });
  const hosted = withHeader(told, 'Host', action.hostname ?? head.authority);
  const changed = withChanges(hosted, [...action.requestHeaders, ...target.backend.requestHeaders]);
  return {
    method: head.method,
    target: forwardedTarget(head, entry, action.path),
    headers: withFraming(changed, hasBody),
  };
};

/** Exactly one of the two ways to say where a body ends, whatever filters did. */
const withFraming = (headers: HeaderList, hasBody: boolean): HeaderList =>
  !hasBody || headerOf(headers, 'content-length') !== undefined
    ? headers
    : withHeader(headers, 'Transfer-Encoding', 'chunked');
