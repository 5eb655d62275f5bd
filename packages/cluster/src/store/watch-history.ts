/**
 * The recent changes of each resource and whoever follows them. A watch resumes from a revision without loss, or is
 * told cleanly that the history no longer reaches that far.
 * @upstream kubernetes staging/src/k8s.io/apiserver/pkg/storage/cacher/watch_cache.go
 */
import { ApiStatusError } from '@argosy/kube';

import { textOf } from './object-text.ts';
import type { EarlierChanges, StoreEvent, StoreFollower } from './store.ts';

interface History {
  /** Changes in order; the oldest are dropped in blocks. */
  events: StoreEvent[];
  /** Of these changes, in characters. */
  size: number;
  /** Changes nobody was told of yet. */
  untold: StoreEvent[];
  /** Revision of the newest change that was dropped. */
  droppedThrough: number;
  /** What came before these events can still be asked for. */
  hasEarlier: boolean;
  readonly followers: Set<StoreFollower>;
}

/** Sizes of the history. */
export interface WatchHistoryOptions {
  /** Changes kept per resource; a reconnecting client may have missed this many. */
  readonly capacity: number;
  /** Characters of their objects' JSON, of each resource; default 64 Mi. Twice as many are kept for a while. */
  readonly size?: number;
  /** Revision at which the history begins. */
  readonly start: number;
  /** Changes up to the start. */
  readonly earlier?: ((resource: string) => EarlierChanges) | undefined;
}

/** Recent changes. */
export interface WatchHistory {
  /** Adds a change; followers are told by `announce`. */
  record(resource: string, event: StoreEvent): void;
  /** Tells followers what was recorded since the last time. */
  announce(): void;
  /** Changes after `from`, in order. Throws Expired. */
  since(resource: string, from: number): readonly StoreEvent[];
  /** Adds a follower; returns what ends that. What was recorded before is not told. */
  follow(resource: string, follower: StoreFollower): () => void;
  /** Ends all following. */
  close(): void;
}

const DEFAULT_SIZE = 64 * 1024 * 1024;

/** Creates an empty history. */
export const createWatchHistory = (options: WatchHistoryOptions): WatchHistory => {
  const { size: largest = DEFAULT_SIZE } = options;
  const histories = new Map<string, History>();
  const changed = new Set<History>();
  const historyOf = (resource: string): History => {
    const known = histories.get(resource);
    if (known) return known;
    const created = startHistory(options);
    histories.set(resource, created);
    return created;
  };
  return {
    since: (resource, from) => {
      const history = historyOf(resource);
      if (from < history.droppedThrough && history.hasEarlier)
        reachBack(history, options.earlier?.(resource) ?? { changes: [], after: options.start });
      const { events, droppedThrough } = history;
      if (from < droppedThrough) throw expired(from, droppedThrough);
      return events.slice(firstAfter(events, from));
    },
    record: (resource, event) => {
      const history = historyOf(resource);
      history.events.push(event);
      history.size += sizeOf(event);
      if (history.events.length >= options.capacity * 2) drop(history, options.capacity);
      if (history.size >= largest * 2) drop(history, countOver(history, largest));
      if (history.followers.size === 0) return;
      history.untold.push(event);
      changed.add(history);
    },
    announce: () => {
      for (const history of changed) {
        const { untold } = history;
        history.untold = [];
        for (const follower of history.followers) follower.onChanges(untold);
      }
      changed.clear();
    },
    follow: (resource, follower) => {
      const { followers } = historyOf(resource);
      followers.add(follower);
      return () => void followers.delete(follower);
    },
    close: () => {
      for (const { followers } of histories.values()) {
        for (const follower of followers) follower.onEnd();
        followers.clear();
      }
    },
  };
};

const startHistory = ({ start, earlier }: WatchHistoryOptions): History => ({
  events: [],
  size: 0,
  untold: [],
  droppedThrough: start,
  hasEarlier: earlier !== undefined,
  followers: new Set(),
});

/** Few ask for what was before the start, and reading it takes time: it is not read before somebody does. */
const reachBack = (history: History, { changes, after }: EarlierChanges): void => {
  history.hasEarlier = false;
  history.events = [...changes, ...history.events];
  history.size += changes.reduce((sum, event) => sum + sizeOf(event), 0);
  history.droppedThrough = after;
};

const sizeOf = ({ object }: StoreEvent): number => {
  const { length } = textOf(object);
  return length < LARGE ? length : length * TIMES_ITS_TEXT;
};

/** From here on an object counts for the memory it may take, which of many short fields is several times that of its text. */
const LARGE = 256 * 1024;
const TIMES_ITS_TEXT = 4;

/** Drops that many of the oldest changes. */
const drop = (history: History, count: number): void => {
  const dropped = history.events.splice(0, count);
  history.size -= dropped.reduce((sum, event) => sum + sizeOf(event), 0);
  history.droppedThrough = dropped.at(-1)?.revision ?? history.droppedThrough;
  history.hasEarlier = false;
};

/** How many of the oldest changes are too many for that size. */
const countOver = ({ events, size }: History, largest: number): number => {
  let left = size;
  const first = events.findIndex((event) => {
    if (left <= largest) return true;
    left -= sizeOf(event);
    return false;
  });
  return first < 0 ? events.length : first;
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
