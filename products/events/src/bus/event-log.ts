/**
 * The log behind the embedded buses: in memory, over a storage. Publishing and acknowledging gather into batches (group
 * commit); nothing is answered or delivered before its batch is durable.
 *
 * An entry stays until every consumer has passed it, and its id until the window is over.
 */
import type { Clock, Json } from '@argosy/base';

import type { BusChange, BusStorage, ConsumerRecord, LogEntry } from './bus-storage.ts';
import type { CloudEvent } from './cloud-event.ts';
import type { Delivery, Subject, Subscription } from './event-bus.ts';

/** Limits of the log. */
export interface BusLimits {
  /** Entries kept over all buses; the oldest go first, consumed or not. */
  readonly maxEntries: number;
  readonly maxAgeMs: number;
  readonly duplicateWindowMs: number;
}

/** A consumer in memory: what is durable of it, and where its reader stands. */
interface Consumer {
  readonly bus: string;
  readonly name: string;
  record: ConsumerRecord;
  /** Entries up to here are acknowledged or of no interest. */
  position: number;
}

interface Pending {
  readonly changes: readonly BusChange[];
  readonly resolve: () => void;
  readonly reject: (thrown: unknown) => void;
}

/** Entries looked at per commit when making room; keeps a commit short. */
const SWEEP = 512;

/** The log of all buses of a process. */
export class EventLog {
  readonly #storage: BusStorage;
  readonly #clock: Clock;
  readonly #limits: BusLimits;
  /** In order of sequence; from `#first` on. */
  #entries: LogEntry[] = [];
  /** Publications by bus and id, resolved when durable. */
  readonly #published = new Map<string, Promise<void>>();
  readonly #consumers = new Map<string, Consumer>();
  readonly #waiters = new Set<() => void>();
  #queue: Pending[] = [];
  #flushing: Promise<void> | undefined;
  #lastSequence: number;

  constructor(storage: BusStorage, clock: Clock, limits: BusLimits) {
    this.#storage = storage;
    this.#clock = clock;
    this.#limits = limits;
    const stored = storage.load();
    this.#entries = [...stored.entries];
    this.#lastSequence = stored.lastSequence;
    for (const { bus, event } of stored.entries) this.#published.set(idKey(bus, event.id), Promise.resolve());
    for (const { bus, name, record } of stored.consumers)
      this.#consumers.set(consumerKey(bus, name), { bus, name, record, position: record.cursor });
  }

  buses(): readonly string[] {
    return [...new Set([...this.#consumers.values(), ...this.#entries].map(({ bus }) => bus))];
  }

  consumersOf(bus: string): readonly string[] {
    return [...this.#consumers.values()].filter((consumer) => consumer.bus === bus).map(({ name }) => name);
  }

  publish(bus: string, event: CloudEvent): Promise<void> {
    const key = idKey(bus, event.id);
    const known = this.#published.get(key);
    if (known) return known;
    this.#lastSequence += 1;
    const entry: LogEntry = { bus, sequence: this.#lastSequence, publishedAt: this.#clock.now(), event };
    const written = this.#commit([{ kind: 'append', entry }]);
    this.#published.set(key, written);
    // An event that could not be kept may be published again.
    written.catch(() => this.#published.delete(key));
    return written;
  }

  async subscribe(bus: string, name: string, subjects: readonly Subject[]): Promise<Subscription> {
    const key = consumerKey(bus, name);
    const known = this.#consumers.get(key);
    const consumer = known ?? { bus, name, record: { cursor: this.#lastSequence }, position: this.#lastSequence };
    this.#consumers.set(key, consumer);
    consumer.position = consumer.record.cursor;
    if (!known) await this.#commit([{ kind: 'putConsumer', bus, name, record: consumer.record }]);
    const wanted = new Set(subjects.map(({ source, event }) => `${source}/${event}`));
    return {
      state: consumer.record.state,
      take: (limit, signal) => this.#take({ consumer, wanted, limit }, signal),
      acknowledge: (state, sequence) => this.#acknowledge(consumer, state, sequence),
    };
  }

  async removeConsumer(bus: string, name: string): Promise<void> {
    if (this.#consumers.delete(consumerKey(bus, name))) await this.#commit([{ kind: 'removeConsumer', bus, name }]);
  }

  async close(): Promise<void> {
    await this.#flushing;
    await this.#storage.close();
  }

  async #take(
    of: { readonly consumer: Consumer; readonly wanted: ReadonlySet<string>; readonly limit: number },
    signal: AbortSignal,
  ): Promise<readonly Delivery[]> {
    while (!signal.aborted) {
      const found = this.#find(of);
      if (found.length > 0) return found;
      await this.#changed(signal);
    }
    return [];
  }

  #find(of: {
    readonly consumer: Consumer;
    readonly wanted: ReadonlySet<string>;
    readonly limit: number;
  }): readonly Delivery[] {
    const { consumer, wanted, limit } = of;
    const found: Delivery[] = [];
    for (let at = this.#indexAfter(consumer.position); at < this.#entries.length && found.length < limit; at += 1) {
      const entry = this.#entries[at];
      if (!entry) break;
      if (entry.bus === consumer.bus && wanted.has(`${entry.event.source}/${entry.event.subject}`))
        found.push({ sequence: entry.sequence, event: entry.event });
      // What is of no interest is passed, but never past something that is not acknowledged.
      else if (found.length === 0) consumer.position = entry.sequence;
    }
    return found;
  }

  #acknowledge(consumer: Consumer, state: Json, sequence: number | undefined): Promise<void> {
    if (sequence !== undefined) consumer.position = Math.max(consumer.position, sequence);
    consumer.record = { cursor: consumer.position, state };
    const { bus, name, record } = consumer;
    // Removed meanwhile: it must not come back to life.
    if (this.#consumers.get(consumerKey(bus, name)) !== consumer) return Promise.resolve();
    return this.#commit([{ kind: 'putConsumer', bus, name, record }]);
  }

  #commit(changes: readonly BusChange[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ changes, resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  async #flush(): Promise<void> {
    // Lets everybody who is ready now join the first batch.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const batch = this.#queue;
      this.#queue = [];
      const changes = batch.flatMap((pending) => pending.changes);
      try {
        await this.#storage.commit([...changes, ...this.#makeRoom()]);
      } catch (thrown) {
        for (const pending of batch) pending.reject(thrown);
        continue;
      }
      for (const change of changes) if (change.kind === 'append') this.#entries.push(change.entry);
      for (const pending of batch) pending.resolve();
      for (const wake of this.#waiters) wake();
    }
    // Set in the same turn as the last look at the queue: whoever comes later must start a new flush.
    this.#flushing = undefined;
  }

  /** Takes the oldest entries out that nobody needs any more. */
  #makeRoom(): readonly BusChange[] {
    const now = this.#clock.now();
    const passed = new Map<string, number>();
    for (const { bus, position } of this.#consumers.values())
      passed.set(bus, Math.min(passed.get(bus) ?? Number.POSITIVE_INFINITY, position));
    const isDone = (entry: LogEntry): boolean =>
      now - entry.publishedAt > this.#limits.maxAgeMs ||
      (now - entry.publishedAt > this.#limits.duplicateWindowMs &&
        entry.sequence <= (passed.get(entry.bus) ?? Number.POSITIVE_INFINITY));
    const excess = this.#entries.length - this.#limits.maxEntries;
    let count = 0;
    while (count < SWEEP && count < this.#entries.length) {
      const entry = this.#entries[count];
      if (!entry || (count >= excess && !isDone(entry))) break;
      count += 1;
    }
    if (count === 0) return [];
    const gone = this.#entries.slice(0, count);
    this.#entries = this.#entries.slice(count);
    for (const { bus, event } of gone) this.#published.delete(idKey(bus, event.id));
    return gone.map(({ sequence }) => ({ kind: 'drop', sequence }));
  }

  /** Index of the first entry behind a sequence. */
  #indexAfter(sequence: number): number {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#entries[middle]?.sequence ?? 0) <= sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #changed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiters.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiters.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}

const idKey = (bus: string, id: string): string => `${bus} ${id}`;
const consumerKey = (bus: string, name: string): string => `${bus} ${name}`;
