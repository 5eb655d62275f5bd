/**
 * Events of a watch: one JSON document on each line.
 */
import type { Dispatcher } from 'undici';

import { deepFreeze, Failure, messageOf } from '@argosy/base';
import { ApiStatusError, type KubeObject, type StatusObject } from '@argosy/kube';

import type { WatchEvent } from '../client.ts';
import type { HttpCall } from './http-call.ts';

/** Longest line of a watch: an object and some air. */
const LONGEST_LINE = 32 * 1024 * 1024;

/** Reads them until the server ends the watch or the call's signal aborts. Throws ApiStatusError, Failure WatchFailed. */
export async function* watchLines<T extends KubeObject>(
  send: (call: HttpCall) => Promise<Dispatcher.ResponseData>,
  call: HttpCall,
): AsyncGenerator<WatchEvent<T>> {
  const { signal } = call;
  try {
    const response = await send(call);
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      rest += decoder.decode(chunk, { stream: true });
      if (rest.length > LONGEST_LINE)
        throw new Failure('a line of the watch is too long', { code: 'WatchFailed', retryable: true });
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.trim() !== '') yield toEvent<T>(line);
    }
  } catch (thrown) {
    if (signal?.aborted) return;
    if (thrown instanceof Failure) throw thrown;
    throw new Failure(`watch: ${messageOf(thrown)}`, { code: 'WatchFailed', retryable: true, cause: thrown });
  }
}

const toEvent = <T extends KubeObject>(line: string): WatchEvent<T> => {
  const { type, object } = JSON.parse(line) as { readonly type: string; readonly object: T & StatusObject };
  if (type === 'BOOKMARK') return { type, resourceVersion: object.metadata.resourceVersion ?? '' };
  if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') return { type, object: deepFreeze(object) };
  throw new ApiStatusError(
    object.reason ?? 'Unknown',
    object.message ?? 'the watch ended with an error',
    object.details,
    object.code,
  );
};
