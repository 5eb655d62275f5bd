/**
 * The port of event sources: an adapter turns something of the world into events and hands them to the bus.
 */
import type { Clock, Logger } from '@argosy/base';
import type { Client } from '@argosy/client';

import type { SourceType } from '../api/event-source.ts';

/** One event of an EventSource, as it is to be run. */
export interface SourcePlan<Config = unknown> {
  readonly type: SourceType;
  readonly namespace: string;
  /** Name of the EventSource. */
  readonly sourceName: string;
  readonly eventName: string;
  readonly config: Config;
}

/** What an adapter says about one thing that happened. */
export interface EventContent {
  /** JSON text of the data. */
  readonly data: string;
  /** When it happened; now when absent. */
  readonly happenedAt?: number;
  /** Same id, same event: for adapters that can tell. A random one when absent. */
  readonly id?: string;
  readonly traceparent?: string;
}

/** Resolves when the event is durable, or when the source's filter dropped it. */
export type Publish = (content: EventContent) => Promise<void>;

/** What adapters need. */
export interface AdapterDeps {
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A running source. */
export interface RunningSource {
  /** Ends it; resolves when nothing more will be published. */
  stop(): Promise<void>;
}

/** A type of source. `start` resolves when events are being taken, and throws a Failure that says what is in the way. */
export interface SourceAdapter<Config = unknown> {
  start(plan: SourcePlan<Config>, publish: Publish): Promise<RunningSource>;
}
