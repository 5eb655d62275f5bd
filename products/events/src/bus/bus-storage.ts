/**
 * What the embedded bus needs of a disk: everything back at the start, and batches written whole or not at all.
 */
import type { Json } from '@argosy/base';

import type { CloudEvent } from './cloud-event.ts';

/** An event in the log. Sequences grow over all buses and are never used twice. */
export interface LogEntry {
  readonly bus: string;
  readonly sequence: number;
  /** When it was published, in milliseconds since the epoch. */
  readonly publishedAt: number;
  readonly event: CloudEvent;
}

/** How far a consumer is, and what it keeps. */
export interface ConsumerRecord {
  /** Everything up to this sequence is done with. */
  readonly cursor: number;
  readonly state?: Json;
}

/** Everything that was kept. */
export interface StoredBuses {
  /** By sequence. */
  readonly entries: readonly LogEntry[];
  readonly consumers: readonly { readonly bus: string; readonly name: string; readonly record: ConsumerRecord }[];
  /** The highest sequence ever given out. */
  readonly lastSequence: number;
}

/** A change of one batch. */
export type BusChange =
  | { readonly kind: 'append'; readonly entry: LogEntry }
  | { readonly kind: 'drop'; readonly sequence: number }
  | { readonly kind: 'putConsumer'; readonly bus: string; readonly name: string; readonly record: ConsumerRecord }
  | { readonly kind: 'removeConsumer'; readonly bus: string; readonly name: string };

/** The disk of the embedded bus. */
export interface BusStorage {
  /** Reads everything; called once, before any commit. */
  load(): StoredBuses;
  /** Writes a batch atomically; resolves when it would survive a power cut. One call at a time. */
  commit(changes: readonly BusChange[]): Promise<void>;
  close(): Promise<void>;
}
