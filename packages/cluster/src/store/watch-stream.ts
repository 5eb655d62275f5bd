/**
 * Following a resource as a stream that is read at the reader's own pace.
 */
import { onAbort } from '@argosy/base';
import { ApiStatusError } from '@argosy/kube';

import type { StoreEvent, StoreWatchOptions } from './store.ts';
import type { WatchHistory } from './watch-history.ts';

/** Changes a slow reader may be behind before its watch ends with Expired; it then lists again. */
const BACKLOG = 100_000;

/** Streams changes in order, all there are at once, until the signal aborts or the history closes. Throws Expired at once. */
export const watchHistory = (
  history: WatchHistory,
  resource: string,
  watch: StoreWatchOptions,
): AsyncIterable<readonly StoreEvent[]> => {
  const concerns = (event: StoreEvent): boolean =>
    watch.namespace === undefined || event.object.metadata.namespace === watch.namespace;
  // Missed changes are taken and the follower enrolled in one step, so that no change falls between.
  let queue = history.since(resource, watch.from).filter(concerns);
  let ended = watch.signal?.aborted ?? false;
  let failure: Error | undefined;
  let wake: (() => void) | undefined;
  const stir = (): void => {
    wake?.();
    wake = undefined;
  };
  const end = (thrown?: Error): void => {
    failure ??= thrown;
    ended = true;
    stopFollowing?.();
    stopListening?.();
    stir();
  };
  const onChanges = (events: readonly StoreEvent[]): void => {
    for (const event of events) if (concerns(event)) queue.push(event);
    if (queue.length > BACKLOG) end(tooSlow());
    else if (queue.length > 0) stir();
  };
  const stopFollowing = ended ? undefined : history.follow(resource, { onChanges, onEnd: () => end() });
  const stopListening = ended || !watch.signal ? undefined : onAbort(watch.signal, () => end());
  async function* drain(): AsyncGenerator<readonly StoreEvent[]> {
    try {
      for (;;) {
        if (watch.signal?.aborted) return;
        const batch = queue;
        queue = [];
        if (batch.length > 0) yield batch;
        if (queue.length > 0) continue;
        if (failure) throw failure;
        if (ended) return;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      end();
    }
  }
  return drain();
};

const tooSlow = (): ApiStatusError =>
  new ApiStatusError('Expired', 'too old resource version: the watch fell too far behind and was ended');
