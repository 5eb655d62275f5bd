/**
 * Copies of requests for services that only watch. Nobody reads their answers, and a slow one never holds the request
 * up: a copy that falls behind is given up.
 */
import type { ClientRequest } from 'node:http';

import { callBackend, type BackendHead } from './backend-call.ts';
import { carriesBody, type Destination, type RoutedExchange } from './exchange.ts';
import type { ProxyContext } from './proxy-context.ts';

/** Copies under way. */
export interface Mirrors {
  /** The body begins to flow: it is copied from here on. */
  begin(): void;
  /** The request is over: copies whose body is not complete are given up. */
  end(): void;
}

/** Bytes of a body a copy may lag behind. */
const MOST_LAG_BYTES = 1024 * 1024;

/** Starts the copies a rule asks for. */
export const startMirrors = (
  context: ProxyContext,
  { action, request }: Pick<RoutedExchange & Destination, 'action' | 'request'>,
  head: BackendHead,
): Mirrors => {
  const chosen = action.mirrors.filter((mirror) => mirror.share >= 1 || context.random.next() < mirror.share);
  const copies = chosen.flatMap(({ service }) => {
    const resolved = context.directory.resolve(service);
    const endpoint = resolved.kind === 'ready' ? context.directory.take(service, resolved.endpoints) : undefined;
    if (!endpoint) return [];
    const on = { answer: (response: { resume(): unknown }) => void response.resume(), failed: () => undefined };
    return [callBackend(context, endpoint, { head, on })];
  });
  const hasBody = carriesBody(request);
  if (!hasBody) for (const copy of copies) copy.end();
  return {
    begin: () => {
      if (!hasBody || copies.length === 0) return;
      request.on('data', (chunk: Buffer) => {
        for (const copy of copies) writeOrGiveUp(copy, chunk);
      });
      request.on('end', () => {
        for (const copy of copies) copy.end();
      });
    },
    end: () => {
      for (const copy of copies) if (!copy.writableEnded) copy.destroy();
    },
  };
};

const writeOrGiveUp = (copy: ClientRequest, chunk: Buffer): void => {
  if (copy.destroyed) return;
  if (copy.writableLength > MOST_LAG_BYTES) copy.destroy();
  else copy.write(chunk);
};
