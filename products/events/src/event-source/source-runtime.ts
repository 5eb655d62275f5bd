/**
 * The sources that run in this process. The loop starts and stops them; what runs is memory, never status.
 */
import { messageOf, toTimestamp, type Clock, type Instant, type Logger, type Random } from '@argosy/base';
import type { ObjectKey } from '@argosy/kube';
import { formatKey } from '@argosy/kube';

import type { Publish, RunningSource, SourceAdapter } from '../adapters/source-adapter.ts';
import type { SourceFilter, SourceType } from '../api/event-source.ts';
import type { EventBuses } from '../bus/event-bus.ts';
import type { SourceState } from './decide.ts';
import { passesSourceFilter } from './source-filter.ts';

/** Ports of the runtime. */
export interface SourceRuntimeDeps {
  readonly buses: EventBuses;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly adapters: Readonly<Record<SourceType, SourceAdapter>>;
}

/** Starts and stops sources. */
export interface SourceRuntime {
  /** What runs of an EventSource, and what failed to. */
  statesOf(key: ObjectKey): readonly SourceState[];
  /** Starts a source; a failure becomes its state. */
  start(key: ObjectKey, source: Omit<SourceState, 'failure'>): Promise<void>;
  /** Stops a source; fine when it does not run. */
  stop(key: ObjectKey, eventName: string): Promise<void>;
  /** Stops everything. */
  close(): Promise<void>;
}

/** Waits between attempts to start: 1 s doubling to 30 s. */
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 30_000;

interface Entry {
  readonly state: SourceState;
  readonly running?: RunningSource;
}

/** Creates a runtime in which nothing runs. */
export const createSourceRuntime = (deps: SourceRuntimeDeps): SourceRuntime => {
  const entries = new Map<string, Map<string, Entry>>();
  const attempts = createAttempts();
  const entriesOf = (key: ObjectKey): Map<string, Entry> => {
    const known = entries.get(formatKey(key)) ?? new Map<string, Entry>();
    entries.set(formatKey(key), known);
    return known;
  };
  const stop = async (key: ObjectKey, eventName: string): Promise<void> => {
    const known = entries.get(formatKey(key));
    const entry = known?.get(eventName);
    known?.delete(eventName);
    if (known?.size === 0) entries.delete(formatKey(key));
    await entry?.running?.stop();
  };
  return {
    statesOf: (key) => [...(entries.get(formatKey(key))?.values() ?? [])].map((entry) => entry.state),
    start: async (key, source) => {
      const id = `${formatKey(key)}/${source.eventName}`;
      try {
        const running = await deps.adapters[source.type].start(planOf(key, source), publisher(deps, key, source));
        entriesOf(key).set(source.eventName, { state: source, running });
        attempts.succeeded(id);
      } catch (thrown) {
        const failure = attempts.failed(id, thrown, deps.clock.now());
        deps.log.warn('an event source did not start', { key: id, error: failure.message });
        entriesOf(key).set(source.eventName, { state: { ...source, failure } });
      }
    },
    stop,
    close: async () => {
      for (const [key, sources] of entries) for (const eventName of sources.keys()) await stop(toKey(key), eventName);
    },
  };
};

interface Attempts {
  /** When a source may be tried again that did not start; each time later. */
  failed(id: string, thrown: unknown, now: Instant): NonNullable<SourceState['failure']>;
  succeeded(id: string): void;
}

const createAttempts = (): Attempts => {
  const failures = new Map<string, number>();
  return {
    failed: (id, thrown, now) => {
      const count = (failures.get(id) ?? 0) + 1;
      failures.set(id, count);
      const waitMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(count - 1, 10));
      return { message: messageOf(thrown), retryAt: now + waitMs };
    },
    succeeded: (id) => void failures.delete(id),
  };
};

const planOf = (key: ObjectKey, source: Omit<SourceState, 'failure'>) => ({
  type: source.type,
  namespace: key.namespace ?? '',
  sourceName: key.name,
  eventName: source.eventName,
  config: source.config,
});

const toKey = (text: string): ObjectKey => ({
  namespace: text.slice(0, text.indexOf('/')),
  name: text.slice(text.indexOf('/') + 1),
});

const publisher = (deps: SourceRuntimeDeps, key: ObjectKey, source: Omit<SourceState, 'failure'>): Publish => {
  // The schema has been checked by the API server. A resource source has a filter of its own, without expression.
  const { filter } = source.config as { readonly filter?: SourceFilter };
  return async (content) => {
    if (!passesSourceFilter(filter?.expression, content.data)) return;
    await deps.buses.of(key.namespace ?? '', source.busName).publish({
      specversion: '1.0',
      id: content.id ?? deps.random.uuid().replaceAll('-', ''),
      type: source.type,
      source: key.name,
      subject: source.eventName,
      time: toTimestamp(content.happenedAt ?? deps.clock.now()),
      datacontenttype: 'application/json',
      data: content.data,
      ...(content.traceparent === undefined ? {} : { traceparent: content.traceparent }),
    });
  };
};
