/**
 * Changes on their way to everybody who watches over HTTP. Watchers of the same resource are told together, in batches
 * that they share: what is made of a batch (its lines, as bytes) is made once. Nobody waits when little happens; when
 * much happens, a pause between batches keeps telling from taking the time that writing needs.
 */
import type { Clock } from '@argosy/base';

import { textOf } from '../../store/object-text.ts';
import type { Store, StoreEvent } from '../../store/store.ts';
import type { StreamChunk } from './send-answer.ts';

/** Changes in order, shared by whoever is told of them. */
export interface WatchBatch {
  readonly changes: readonly StoreEvent[];
  /** Of their objects, in characters of JSON. */
  readonly size: number;
  /** What was made of the batch under this key, or what `make` makes now. */
  shared(key: object, make: () => StreamChunk): StreamChunk;
}

/** Somebody who watches. */
export interface WatchSubscriber {
  readonly onBatch: (batch: WatchBatch) => void;
  /** The server closes. */
  readonly onEnd: () => void;
}

/** What to watch. */
export interface WatchSubject {
  readonly resource: string;
  readonly namespace: string | undefined;
  /** Changes after this revision. */
  readonly from: number;
}

/** Tells watchers. One per server. */
export interface WatchHub {
  /** Adds a subscriber. Throws Expired. */
  subscribe(subject: WatchSubject, subscriber: WatchSubscriber): WatchSubscription;
}

/** A subscription. */
export interface WatchSubscription {
  /** What happened before it; everything after comes by the subscriber. */
  readonly missed: WatchBatch;
  /** Ends it. Idempotent. */
  readonly end: () => void;
}

/** Longest pause between two batches, in milliseconds: most of what a watcher may be kept waiting. */
const LONGEST_PAUSE_MS = 7;
const PAUSE_FACTOR = 2.6;

/** Ports of the hub. */
export interface WatchHubDeps {
  readonly store: Store;
  readonly clock: Clock;
}

/** Creates a hub over a store. */
export const createWatchHub = (deps: WatchHubDeps): WatchHub => {
  const groups = new Map<string, Group>();
  return {
    subscribe: ({ resource, namespace, from }, subscriber) => {
      const missed = deps.store.changes(resource, from).filter((change) => concerns(namespace, change));
      const name = `${resource} ${namespace ?? ''}`;
      const group = groups.get(name) ?? createGroup(deps, { resource, namespace }, () => groups.delete(name));
      groups.set(name, group);
      return { missed: createBatch(missed), end: group.join(subscriber) };
    },
  };
};

const concerns = (namespace: string | undefined, { object }: StoreEvent): boolean =>
  namespace === undefined || object.metadata.namespace === namespace;

interface Group {
  join(subscriber: WatchSubscriber): () => void;
}

/** Those who watch the same. It follows the store for as long as somebody is in it. */
const createGroup = ({ store, clock }: WatchHubDeps, of: Omit<WatchSubject, 'from'>, onEmpty: () => void): Group => {
  const subscribers = new Set<WatchSubscriber>();
  let pending: StoreEvent[] = [];
  let isDue = false;
  let notBefore = 0;
  const tell = (): void => {
    isDue = false;
    if (pending.length === 0) return;
    const batch = createBatch(pending);
    pending = [];
    const begun = clock.now();
    for (const subscriber of subscribers) subscriber.onBatch(batch);
    const ended = clock.now();
    // For longer than telling took others have their turn, and what happens meanwhile is told at once.
    notBefore = ended + Math.min(LONGEST_PAUSE_MS, PAUSE_FACTOR * (ended - begun));
  };
  const tellSoon = (): void => {
    if (isDue) return;
    isDue = true;
    const pause = notBefore - clock.now();
    if (pause < 1) setImmediate(tell);
    else clock.setTimer(pause, tell);
  };
  const stopFollowing = store.follow(of.resource, {
    onChanges: (changes) => {
      for (const change of changes) if (concerns(of.namespace, change)) pending.push(change);
      if (pending.length > 0) tellSoon();
    },
    onEnd: () => {
      tell();
      for (const subscriber of subscribers) subscriber.onEnd();
    },
  });
  return {
    join: (subscriber) => {
      // What is pending is among what the newcomer has missed: the others are told now.
      tell();
      subscribers.add(subscriber);
      return () => {
        if (!subscribers.delete(subscriber) || subscribers.size > 0) return;
        stopFollowing();
        onEmpty();
      };
    },
  };
};

const createBatch = (changes: readonly StoreEvent[]): WatchBatch => {
  const made = new Map<object, StreamChunk>();
  return {
    changes,
    size: changes.reduce((sum, { object }) => sum + textOf(object).length, 0),
    shared: (key, make) => {
      const known = made.get(key);
      if (known) return known;
      const chunk = make();
      made.set(key, chunk);
      return chunk;
    },
  };
};
