/**
 * The port between sources and sensors. One bus belongs to one EventBus object; consumers are durable and named.
 */
import type { Json } from '@argosy/base';

import type { CloudEvent } from './cloud-event.ts';

/** Names what a consumer wants: one event of one EventSource. */
export interface Subject {
  readonly source: string;
  readonly event: string;
}

/** An event with its place in the order of the bus. */
export interface Delivery {
  readonly sequence: number;
  readonly event: CloudEvent;
}

/** A consumer's view of the bus. Used by one worker at a time. */
export interface Subscription {
  /** What the consumer kept with its last acknowledgement; `undefined` for a new one. */
  readonly state: Json | undefined;
  /**
   * The next matching events in order, at most `limit` and at least one; none when the signal aborts. They come again,
   * here or after a restart, until they are acknowledged.
   */
  take(limit: number, signal: AbortSignal): Promise<readonly Delivery[]>;
  /**
   * Keeps the consumer's state and, with a sequence, that everything up to it is done with; both or neither. Resolves
   * when durable.
   */
  acknowledge(state: Json, sequence?: number): Promise<void>;
}

/** A bus. */
export interface EventBus {
  readonly namespace: string;
  readonly name: string;
  /** Resolves when the event is durable. An id already published within the window is accepted and dropped. */
  publish(event: CloudEvent): Promise<void>;
  /** Opens a consumer; a new one begins after what is published so far. */
  subscribe(consumer: string, subjects: readonly Subject[]): Promise<Subscription>;
  /** Names of all consumers, also those nobody works for now. */
  consumers(): readonly string[];
  /** Forgets a consumer for good. Forgetting one that is not there is fine. */
  removeConsumer(consumer: string): Promise<void>;
}

/** All buses of a process. */
export interface EventBuses {
  /** The bus of an EventBus object, made at the first call. */
  of(namespace: string, name: string): EventBus;
  /** Every bus that holds anything. */
  all(): readonly EventBus[];
  /** Waits for what is under way and lets go of the storage. */
  close(): Promise<void>;
}
