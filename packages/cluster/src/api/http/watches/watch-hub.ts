/**
 * Changes on their way to everybody who watches over HTTP. Watchers of the same resource are told together, in batches
 * that they share: what is made of a batch (its lines, as bytes) is made once. Nobody waits when little happens; when
 * much happens, pauses between batches keep telling from taking the time that writing needs. Many watchers of the same are
 * told some at a time, in turns: a write that arrives meanwhile waits for some of them and not for all.
 */
import { nextTick } from 'node:process';

import type { Clock } from '@argosy/base';

import { textOf } from '../../../store/object-text.ts';
import type { Store, StoreEvent } from '../../../store/store.ts';
import type { StreamChunk } from '../answers/send-answer.ts';

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

/** Subscribers that are told in one go: a hundred at once would keep who writes from the one thread there is. */
const PART = 25;
/** Longest pause between two batches of the same subscribers, in milliseconds: most of what a watcher may be kept waiting. */
const LONGEST_PAUSE_MS = 7;
/** For so many times as long as telling took, others have their turn. */
const PAUSE_FACTOR = 2;
/** What was not needed of those pauses is saved up to so many milliseconds: after a quiet time nobody waits. */
const MOST_SAVED_MS = 2;
/** Who is behind tells one part after the other for so long, in milliseconds, before everything else has its turn. */
const LONGEST_TURN_MS = 1;
/** How much the newest measurement counts in the mean: a clock of whole milliseconds says little of one. */
const NEWEST_COUNTS = 0.1;

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

/** Some subscribers of a group, who are told in one go, and what they were not told yet. */
interface Part {
  readonly subscribers: Set<WatchSubscriber>;
  pending: StoreEvent[];
}

/** Those who watch the same. It follows the store for as long as somebody is in it. */
const createGroup = ({ store, clock }: WatchHubDeps, of: Omit<WatchSubject, 'from'>, onEmpty: () => void): Group => {
  const parts: Part[] = [];
  const rounds = createRounds(clock, parts);
  const stopFollowing = store.follow(of.resource, {
    onChanges: (changes) => {
      const news = changes.filter((change) => concerns(of.namespace, change));
      if (news.length === 0) return;
      // One by one: many changes may come at once, and a call takes only so many arguments.
      for (const { pending } of parts) for (const change of news) pending.push(change);
      rounds.begin();
    },
    onEnd: () => {
      for (const part of parts) tell(part);
      for (const { subscribers } of parts) for (const subscriber of subscribers) subscriber.onEnd();
    },
  });
  const leave = (part: Part, subscriber: WatchSubscriber): void => {
    if (!part.subscribers.delete(subscriber) || part.subscribers.size > 0) return;
    parts.splice(parts.indexOf(part), 1);
    if (parts.length > 0) return;
    stopFollowing();
    onEmpty();
  };
  return {
    join: (subscriber) => {
      const part = parts.find(({ subscribers }) => subscribers.size < PART) ?? { subscribers: new Set(), pending: [] };
      if (part.subscribers.size === 0) parts.push(part);
      // What is pending is among what the newcomer has missed: the others are told now.
      tell(part);
      part.subscribers.add(subscriber);
      return () => leave(part, subscriber);
    },
  };
};

const tell = (part: Part): void => {
  if (part.pending.length === 0) return;
  const batch = createBatch(part.pending);
  part.pending = [];
  for (const subscriber of part.subscribers) subscriber.onBatch(batch);
};

/** Tells one part after the other, for as long as there is something to tell, with pauses in between. */
const createRounds = (clock: Clock, parts: readonly Part[]): { readonly begin: () => void } => {
  const pace = createPace(clock);
  let isDue = false;
  let next = 0;
  /** Answers whether there was anybody to tell. */
  const tellNext = (): boolean => {
    const at = parts.findIndex((_, from) => isUntold(parts[(next + from) % parts.length]));
    const part = parts[(next + at) % parts.length];
    if (at < 0 || !part) return false;
    next = (next + at + 1) % parts.length;
    pace.measure(parts.length, () => tell(part));
    return true;
  };
  const tellSome = (): void => {
    isDue = false;
    const until = clock.now() + LONGEST_TURN_MS;
    while (tellNext()) if (pace.pause() > 0 || clock.now() >= until) return schedule(setImmediate);
  };
  const schedule = (soon: (callback: () => void) => void): void => {
    isDue = true;
    const pause = Math.round(pace.pause());
    if (pause < 1) soon(tellSome);
    else clock.setTimer(pause, tellSome);
  };
  const begin = (): void => {
    // Soon is after those who wrote are answered, and before whatever else happened meanwhile.
    if (!isDue) schedule(nextTick);
  };
  return { begin };
};

const isUntold = (part: Part | undefined): boolean => part !== undefined && part.pending.length > 0;

interface Pace {
  /** How long to wait, in milliseconds; none when it is not positive. */
  pause(): number;
  /** Runs what tells one of so many parts. */
  measure(parts: number, tellOne: () => void): void;
}

/** Keeps telling from taking more than its share of the time. */
const createPace = (clock: Clock): Pace => {
  let cost = 0;
  let notBefore = 0;
  return {
    // The clock of a machine may be set back: that keeps nobody waiting.
    pause: () => Math.min(LONGEST_PAUSE_MS, notBefore - clock.now()),
    measure: (parts, tellOne) => {
      const begun = clock.now();
      tellOne();
      cost += NEWEST_COUNTS * (Math.max(0, clock.now() - begun) - cost);
      // Once around, everybody's pauses add up.
      const pause = Math.min(LONGEST_PAUSE_MS / parts, PAUSE_FACTOR * cost);
      const from = Math.min(Math.max(notBefore, begun - MOST_SAVED_MS), begun + LONGEST_PAUSE_MS);
      notBefore = from + cost + pause;
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
