/**
 * A watch that outlives its connection: after a failure that may pass it begins anew, with what there is then.
 */
import { delay, Failure, type Clock } from '@argosy/base';
import type { Client, WatchOptions } from '@argosy/client';
import { isApiError, type KubeObject, type ResourceType } from '@argosy/kube';

const PAUSE_MS = 500;

/** Changes until the signal aborts. After a new start, objects that are there come again as ADDED. */
export async function* watchAgain<T extends KubeObject>(
  { client, clock }: { readonly client: Client; readonly clock: Clock },
  resource: ResourceType<T>,
  options: WatchOptions & { readonly signal: AbortSignal },
): AsyncGenerator<{ readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }> {
  const { signal } = options;
  while (!signal.aborted) {
    try {
      for await (const event of client.watch(resource, options)) if (event.type !== 'BOOKMARK') yield event;
    } catch (thrown) {
      const mayPass = isApiError(thrown, 'Expired') || (thrown instanceof Failure && thrown.retryable);
      if (!mayPass || signal.aborted) throw thrown;
      await delay(clock, PAUSE_MS, signal);
    }
  }
}
