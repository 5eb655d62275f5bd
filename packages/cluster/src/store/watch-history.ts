/**
 * The recent changes of each resource and whoever follows them. A watch resumes from a revision without loss, or is
 * told cleanly that the history no longer reaches that far.
 * @upstream kubernetes staging/src/k8s.io/apiserver/pkg/storage/cacher/watch_cache.go
 */
import { ApiStatusError } from '@argosy/kube';

import type { StoreEvent, StoreWatchOptions } from './store.ts';

interface History {
  /** Changes in order; the oldest are dropped in blocks. */
  events: StoreEvent[];
  /** Revision of the newest change that was dropped. */
  droppedThrough: number;
  readonly followers: Set<Follower>;
}

interface Follower {
  readonly offer: (event: StoreEvent) => void;
  readonly end: (thrown?: Error) => void;
}

/** Sizes of the history. */
export interface WatchHistoryOptions {
  /** Changes kept per resource; a reconnecting client may have missed this many. */
  readonly capacity: number;
  /** Revision at which the history begins. */
  readonly start: number;
}

/** Changes a slow follower may be behind before its watch ends with Expired; it then lists again. */
const FOLLOWER_BACKLOG = 100_000;

/** Recent changes. */
export interface WatchHistory {
  record(resource: string, event: StoreEvent): void;
  /** Changes after `from`, in order. Throws Expired. */
  since(resource: string, from: number): readonly StoreEvent[];
  follow(resource: string, options: StoreWatchOptions): AsyncIterable<StoreEvent>;
  /** Ends all watches. */
  close(): void;
}

/** Creates an empty history. */
export const createWatchHistory = (options: WatchHistoryOptions): WatchHistory => {
  const histories = new Map<string, History>();
  const historyOf = (resource: string): History => {
    const known = histories.get(resource);
    if (known) return known;
    const created: History = { events: [], droppedThrough: options.start, followers: new Set() };
    histories.set(resource, created);
    return created;
  };
  const since = (resource: string, from: number): readonly StoreEvent[] => {
    const history = historyOf(resource);
    if (from < history.droppedThrough) throw expired(from, history.droppedThrough);
    return history.events.slice(firstAfter(history.events, from));
  };
  return {
    since,
    record: (resource, event) => {
      const history = historyOf(resource);
      history.events.push(event);
      if (history.events.length >= options.capacity * 2) {
        const dropped = history.events.splice(0, options.capacity);
        history.droppedThrough = dropped.at(-1)?.revision ?? history.droppedThrough;
      }
      for (const follower of history.followers) follower.offer(event);
    },
    follow: (resource, watch) => {
      // Missed changes are taken and the follower enrolled in one step, so that no change falls between.
      const missed = since(resource, watch.from);
      return followHistory(historyOf(resource), missed, watch);
    },
    close: () => {
      for (const history of histories.values()) for (const follower of history.followers) follower.end();
    },
  };
};

const followHistory = (
  history: History,
  missed: readonly StoreEvent[],
  watch: StoreWatchOptions,
): AsyncIterable<StoreEvent> => {
  const concerns = (event: StoreEvent): boolean =>
    watch.namespace === undefined || event.object.metadata.namespace === watch.namespace;
  let queue = missed.filter(concerns);
  let ended = watch.signal?.aborted ?? false;
  let failure: Error | undefined;
  let wake: (() => void) | undefined;
  const stir = (): void => {
    wake?.();
    wake = undefined;
  };
  const follower: Follower = {
    offer: (event) => {
      if (!concerns(event)) return;
      queue.push(event);
      if (queue.length > FOLLOWER_BACKLOG) follower.end(tooSlow());
      else stir();
    },
    end: (thrown) => {
      failure ??= thrown;
      ended = true;
      history.followers.delete(follower);
      watch.signal?.removeEventListener('abort', onAbort);
      stir();
    },
  };
  const onAbort = (): void => follower.end();
  if (!ended) {
    history.followers.add(follower);
    watch.signal?.addEventListener('abort', onAbort, { once: true });
  }
  async function* drain(): AsyncGenerator<StoreEvent> {
    try {
      for (;;) {
        const batch = queue;
        queue = [];
        for (const event of batch) {
          if (watch.signal?.aborted) return;
          yield event;
        }
        if (queue.length > 0) continue;
        if (failure) throw failure;
        if (ended) return;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      follower.end();
    }
  }
  return drain();
};

const firstAfter = (events: readonly StoreEvent[], revision: number): number => {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((events[middle]?.revision ?? 0) <= revision) low = middle + 1;
    else high = middle;
  }
  return low;
};

const expired = (from: number, oldest: number): ApiStatusError =>
  new ApiStatusError('Expired', `too old resource version: ${from} (${oldest})`);

const tooSlow = (): ApiStatusError =>
  new ApiStatusError('Expired', 'too old resource version: the watch fell too far behind and was ended');
