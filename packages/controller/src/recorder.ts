/**
 * Tells Kubernetes events. Repeats of one event raise its count instead of making a new object, many alike become one.
 * @upstream kubernetes client-go tools/record/events_cache.go
 */
import { messageOf, toTimestamp, type Clock, type Logger, type Random } from '@argosy/base';
import type { Writer } from '@argosy/client';
import { CORE_EVENTS, isApiError, type CoreEvent, type KubeObject } from '@argosy/kube';

import { createEventCorrelator, type Correlation, type CorrelatorOptions } from './event-correlator.ts';

/** Something worth telling about an object. */
export interface EventDraft {
  readonly type: 'Normal' | 'Warning';
  /** Machine-readable, CamelCase. */
  readonly reason: string;
  readonly message: string;
  /** The part of the object it is about, e.g. `spec.containers{main}`; the whole of it when absent. */
  readonly fieldPath?: string;
}

/** Tells events without making anybody wait; what cannot be told is logged. */
export interface Recorder {
  event(about: KubeObject, draft: EventDraft): void;
  /** The same recorder speaking as another component (what `kubectl describe` shows under From), with limits of its own. */
  as(component: string, options?: SpeakerOptions): Recorder;
  /** Resolves when everything told so far has been written. */
  flush(): Promise<void>;
}

/** Ports of a recorder. */
export interface RecorderDeps {
  readonly client: Writer;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** Distinct events remembered for counting; the oldest is forgotten beyond. Upstream keeps as many. */
const REMEMBERED = 4096;
/** Events waiting to be written; more are dropped, since events are hints and must not exhaust memory. */
const LONGEST_BACKLOG = 10_000;
/** Longest message Kubernetes accepts, in characters. */
const LONGEST_MESSAGE = 1024;

/** From where somebody speaks, and how much about one object. */
export interface SpeakerOptions extends CorrelatorOptions {
  /** The node the speaker runs on, where that matters. */
  readonly host?: string;
}

/** Who speaks. */
export interface RecorderOptions extends SpeakerOptions {
  readonly component: string;
}

/** Creates a recorder that speaks as `component`. */
export const createRecorder = (deps: RecorderDeps, options: RecorderOptions): Recorder => {
  const backlog = createBacklog(deps.log);
  const nextSuffix = createNameSuffixes(deps);
  const speakAs = (component: string, speaker: SpeakerOptions): Recorder => {
    const correlator = createEventCorrelator(deps.clock, speaker);
    const write = createEventWriter({ ...deps, nextSuffix }, { ...speaker, component });
    return {
      event: (about, draft) => {
        const correlation = correlator.correlate(about, draft);
        if (correlation.kind === 'told') backlog.add(draft.reason, () => write(about, draft, correlation));
      },
      as: (other, otherOptions = options) => speakAs(other, otherOptions),
      flush: () => backlog.flush(),
    };
  };
  return speakAs(options.component, options);
};

/**
 * What makes names of events different: the time in nanoseconds, as upstream, so that a list is in the order of telling.
 * No clock here is as fine: chance keeps apart who speaks in the same millisecond elsewhere.
 */
const createNameSuffixes = ({ clock, random }: RecorderDeps): (() => string) => {
  let last = 0n;
  return () => {
    const now = BigInt(clock.now()) * 1_000_000n;
    last = (last > now ? last : now) + 1n + BigInt(Math.floor(random.next() * 10_000));
    return last.toString(16).padStart(16, '0');
  };
};

interface Backlog {
  add(reason: string, write: () => Promise<void>): void;
  flush(): Promise<void>;
}

/** Writes one after the other: what is told first is read first. */
const createBacklog = (log: Logger): Backlog => {
  let waiting = 0;
  let dropped = 0;
  let tail: Promise<void> = Promise.resolve();
  const settle = (): void => {
    waiting -= 1;
    if (waiting > 0 || dropped === 0) return;
    log.warn('events were dropped', { count: dropped });
    dropped = 0;
  };
  return {
    add: (reason, write) => {
      if (waiting >= LONGEST_BACKLOG) {
        // Said once for a burst: a line for each would cost more than the events.
        if (dropped === 0) log.warn('events are dropped: too many wait to be written', { reason });
        dropped += 1;
        return;
      }
      waiting += 1;
      tail = tail
        .then(write)
        .catch((thrown: unknown) => log.debug('event not told', { reason, error: messageOf(thrown) }))
        .finally(settle);
    },
    flush: () => tail,
  };
};

type WriteEvent = (about: KubeObject, draft: EventDraft, correlation: Told) => Promise<void>;

interface WriterDeps extends RecorderDeps {
  readonly nextSuffix: () => string;
}

const createEventWriter = (deps: WriterDeps, speaker: RecorderOptions): WriteEvent => {
  const counted = new Map<string, CoreEvent>();
  return async (about, draft, { identity, message }) => {
    const known = counted.get(identity);
    const now = toTimestamp(deps.clock.now());
    const written =
      (known && (await countAgain(deps, known, now, message.slice(0, LONGEST_MESSAGE)))) ??
      (await tellFirst(deps, describeEvent(about, { ...draft, message }, speaker, now)));
    counted.delete(identity);
    counted.set(identity, written);
    const oldest = counted.keys().next();
    if (counted.size > REMEMBERED && !oldest.done) counted.delete(oldest.value);
  };
};

type Told = Extract<Correlation, { readonly kind: 'told' }>;

const countAgain = async (
  deps: RecorderDeps,
  known: CoreEvent,
  now: string,
  message: string,
): Promise<CoreEvent | undefined> => {
  try {
    const key = { namespace: known.metadata.namespace ?? 'default', name: known.metadata.name ?? '' };
    return await deps.client.patch(CORE_EVENTS, key, {
      kind: 'merge',
      patch: {
        count: (known.count ?? 1) + 1,
        lastTimestamp: now,
        ...(known.message === message ? {} : { message }),
      },
    });
  } catch (thrown) {
    if (isApiError(thrown, 'NotFound')) return undefined;
    throw thrown;
  }
};

const tellFirst = (deps: WriterDeps, event: CoreEvent): Promise<CoreEvent> =>
  deps.client.create(CORE_EVENTS, {
    ...event,
    metadata: { ...event.metadata, name: `${event.metadata.name}.${deps.nextSuffix()}` },
  });

const describeEvent = (
  about: KubeObject,
  draft: EventDraft,
  { component, host }: RecorderOptions,
  now: string,
): CoreEvent => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: {
    name: (about.metadata.name ?? 'unnamed').slice(0, 230),
    namespace: about.metadata.namespace ?? 'default',
  },
  involvedObject: {
    apiVersion: about.apiVersion,
    kind: about.kind,
    name: about.metadata.name,
    namespace: about.metadata.namespace,
    uid: about.metadata.uid,
    resourceVersion: about.metadata.resourceVersion,
    ...(draft.fieldPath === undefined ? {} : { fieldPath: draft.fieldPath }),
  },
  type: draft.type,
  reason: draft.reason,
  message: draft.message.slice(0, LONGEST_MESSAGE),
  count: 1,
  firstTimestamp: now,
  lastTimestamp: now,
  source: { component, ...(host === undefined ? {} : { host }) },
  reportingComponent: component,
  ...(host === undefined ? {} : { reportingInstance: host }),
});
