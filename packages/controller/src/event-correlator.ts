/**
 * Keeps events readable: repeats of one event are counted, many alike become one, and an object that does not stop
 * talking is cut short. @upstream kubernetes client-go tools/record/events_cache.go
 */
import type { Clock, Instant } from '@argosy/base';
import type { KubeObject } from '@argosy/kube';

import type { EventDraft } from './recorder.ts';

/** Limits of a correlator. */
export interface CorrelatorOptions {
  /** Events an object may tell at once before it must wait for new ones; default 25, as upstream. */
  readonly burst?: number;
}

/** What is to be done with an event. */
export type Correlation =
  /** The object has told too much: nobody would read it. */
  | { readonly kind: 'dropped' }
  /** Events of one identity are one object with a count. */
  | { readonly kind: 'told'; readonly identity: string; readonly message: string };

/** Decides what becomes of events. */
export interface EventCorrelator {
  correlate(about: KubeObject, draft: EventDraft): Correlation;
}

/** Objects and groups remembered; the oldest are forgotten beyond. Upstream keeps as many. */
const REMEMBERED = 4096;
/** One more event for each of these, up to the burst. */
const REFILL_MS = 5 * 60_000;
/** As many different messages of one reason are told one by one. */
const ALIKE = 10;
/** Messages count as alike within this time. */
const ALIKE_WITHIN_MS = 10 * 60_000;

/** Creates a correlator that remembers nothing. */
export const createEventCorrelator = (clock: Clock, options: CorrelatorOptions = {}): EventCorrelator => {
  const { burst = 25 } = options;
  const buckets = new Map<string, Bucket>();
  const groups = new Map<string, Group>();

  const mayTell = (object: string): boolean => {
    const bucket = refill(buckets.get(object) ?? { tokens: burst, at: clock.now() }, clock.now(), burst);
    remember(buckets, object, bucket.tokens >= 1 ? { ...bucket, tokens: bucket.tokens - 1 } : bucket);
    return bucket.tokens >= 1;
  };
  const groupOf = (key: string): Group => {
    const known = groups.get(key);
    const now = clock.now();
    const current = known && now - known.at <= ALIKE_WITHIN_MS ? known : { messages: new Set<string>(), at: now };
    const group = { ...current, at: now };
    remember(groups, key, group);
    return group;
  };
  return {
    correlate: (about, { type, reason, message, fieldPath }) => {
      const object = JSON.stringify([about.kind, about.metadata.namespace, about.metadata.name, about.metadata.uid]);
      const alike = JSON.stringify([object, type, reason]);
      const { messages } = groupOf(alike);
      messages.add(message);
      const isCombined = messages.size >= ALIKE;
      // A set of all messages would grow with them: ten are enough to know.
      if (messages.size > ALIKE) messages.delete(message);
      if (!mayTell(object)) return { kind: 'dropped' };
      return isCombined
        ? { kind: 'told', identity: alike, message: `(combined from similar events): ${message}` }
        : { kind: 'told', identity: JSON.stringify([alike, message, fieldPath]), message };
    },
  };
};

interface Bucket {
  readonly tokens: number;
  readonly at: Instant;
}

interface Group {
  readonly messages: Set<string>;
  readonly at: Instant;
}

const refill = (bucket: Bucket, now: Instant, burst: number): Bucket => ({
  tokens: Math.min(burst, bucket.tokens + (now - bucket.at) / REFILL_MS),
  at: now,
});

const remember = <T>(map: Map<string, T>, key: string, value: T): void => {
  map.delete(key);
  map.set(key, value);
  const oldest = map.keys().next();
  if (map.size > REMEMBERED && !oldest.done) map.delete(oldest.value);
};
