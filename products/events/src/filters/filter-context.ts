/**
 * Context filters: attributes of the event that must be equal. @spec EV-FLT-07
 */
import type { ContextFilterSpec } from '../api/sensor.ts';
import type { CloudEvent } from '../bus/cloud-event.ts';
import { verdictOf, type Verdict } from './verdict.ts';

/** The attributes upstream compares; id, time and specversion are not among them. */
const COMPARED = ['type', 'subject', 'source', 'datacontenttype'] as const;

/** Judges the attributes of an event. */
export const filterContext = (filter: ContextFilterSpec, event: CloudEvent): Verdict =>
  verdictOf(COMPARED.every((name) => (filter[name] ?? '') === '' || filter[name] === event[name]));
