/**
 * Answers one request: finds its rule, then redirects, refuses or forwards.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

import { assertNever, messageOf } from '@argosy/base';

import { matchRequest } from '../routes/match-request.ts';
import type { RouteEntry } from '../routes/route.ts';
import { chooseTarget } from './choose-target.ts';
import { sendLine, type Exchange } from './exchange.ts';
import { forwardRequest } from './forward-request.ts';
import { toFlatList, withChanges } from './headers.ts';
import { measuredAs, type ProxyContext } from './proxy-context.ts';
import { readRequestHead, redirectLocation, type RequestHead } from './request-head.ts';

/** Answers; never throws, and a defect costs one request a 500. */
export const answerRequest = (context: ProxyContext, request: IncomingMessage, response: ServerResponse): void => {
  const startedAt = context.clock.now();
  // Whoever goes away while we write is not worth a crash.
  request.on('error', () => undefined);
  response.on('error', () => undefined);
  try {
    const found = findRoute(context, request);
    if (found.kind === 'answer') {
      context.measurements.record(measuredAs(context, undefined, {}), found.code, 0);
      return sendLine(response, found.code, found.message);
    }
    carryOut(context, { ...found, request, response, startedAt });
  } catch (thrown) {
    context.log.error('a request could not be answered', {
      error: messageOf(thrown),
      stack: thrown instanceof Error ? thrown.stack : undefined,
    });
    if (response.headersSent) response.destroy();
    else sendLine(response, 500, 'internal error of the gateway');
  }
};

/** The rule for a request, or what to answer without one. */
export type FoundRoute =
  | { readonly kind: 'route'; readonly head: RequestHead; readonly entry: RouteEntry }
  | { readonly kind: 'answer'; readonly code: number; readonly message: string };

/** Finds the rule for a request. */
export const findRoute = (context: ProxyContext, request: IncomingMessage): FoundRoute => {
  const table = context.table();
  if (!table) return { kind: 'answer', code: 503, message: 'the gateway is starting' };
  const head = readRequestHead(request);
  if (!head.ok) return { kind: 'answer', code: 400, message: head.error };
  const entry = matchRequest(table, head.value);
  if (!entry) return { kind: 'answer', code: 404, message: `no route for ${head.value.host} ${head.value.path}` };
  return { kind: 'route', head: head.value, entry };
};

const carryOut = (context: ProxyContext, exchange: Exchange): void => {
  const { entry, head, response, startedAt } = exchange;
  const { action } = entry.rule;
  const seconds = (): number => (context.clock.now() - startedAt) / 1000;
  switch (action.kind) {
    case 'redirect': {
      context.measurements.record(measuredAs(context, entry.rule, {}), action.statusCode, seconds());
      const location = [['Location', redirectLocation(head, entry, action)]] as const;
      response.writeHead(action.statusCode, toFlatList(withChanges(location, action.responseHeaders)));
      return void response.end();
    }
    case 'refuse':
      context.measurements.record(measuredAs(context, entry.rule, {}), action.code, seconds());
      return sendLine(response, action.code, action.message);
    case 'forward': {
      const target = chooseTarget(action, head, { point: context.pointOf(entry.rule), directory: context.directory });
      if (target.kind === 'endpoints') return forwardRequest(context, { ...exchange, action, target });
      const measured = measuredAs(context, entry.rule, target.backend ? { backend: target.backend } : {});
      context.measurements.record(measured, target.code, seconds());
      return sendLine(response, target.code, target.message);
    }
    default:
      assertNever(action);
  }
};
