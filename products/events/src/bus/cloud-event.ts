/**
 * Events as they travel: CloudEvents 1.0 with the data as JSON text, so that what a sender wrote is what a sensor
 * reads, digit for digit. @spec EV-ES-08
 */
import type { JsonObject } from '@argosy/base';

/** An event. */
export interface CloudEvent {
  readonly specversion: '1.0';
  /** Unique; a second event with the same id within the window of the bus is dropped. */
  readonly id: string;
  /** Type of the source: `webhook`, `calendar`. */
  readonly type: string;
  /** Name of the EventSource. */
  readonly source: string;
  /** Name of the event within it. */
  readonly subject: string;
  /** RFC 3339. */
  readonly time: string;
  readonly datacontenttype: string;
  /** Text of the data; `undefined` when there is none. */
  readonly data?: string;
  /** W3C trace context the event came with. @deviates upstream carries none */
  readonly traceparent?: string;
}

/** The context of an event as filters and parameters see it: the attributes without the data. */
export const contextOf = (event: CloudEvent): JsonObject => ({
  id: event.id,
  source: event.source,
  specversion: event.specversion,
  type: event.type,
  datacontenttype: event.datacontenttype,
  subject: event.subject,
  time: event.time,
});
