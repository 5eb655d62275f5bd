/**
 * What an event does to a trigger: pass by, be remembered, or fire it. Pure; time is the event's own.
 *
 *   event ── filters ──> conditions without `&&` ──> fires alone
 *                  └───> conditions with `&&`    ──> remembered (newest per dependency) ── hold? ──> fires, all forgotten
 *
 * @spec EV-SEN-03, EV-SEN-06, EV-SEN-07, EV-SEN-08, EV-WEX-01 … EV-WEX-07
 */
import { parseTimestamp, previousBefore, sha256Hex } from '@argosy/base';

import type { CloudEvent } from '../bus/cloud-event.ts';
import { holds, isAlternatives } from '../conditions/parse-conditions.ts';
import { filterEvent } from '../filters/filter-event.ts';
import { transformEvent } from '../transforms/transform-event.ts';
import type { FiringEvents } from '../parameters/resolve-parameter.ts';
import type { NamedDependency, TriggerPlan } from './sensor-plan.ts';

/** A trigger that fired and has not been executed to its end. */
export interface Firing {
  /** The same for the same trigger and events: names of what is created come from it. */
  readonly id: string;
  /** The event that completed the conditions. */
  readonly eventId: string;
  readonly events: FiringEvents;
}

/** What came of an event. */
export interface FiringDecision {
  /** Newest event per dependency, waiting for the others. */
  readonly remembered: FiringEvents;
  /** In the order of the dependencies; one event may be two of them. */
  readonly firings: readonly Firing[];
  /** Why filters could not judge, or transforms gave nothing. */
  readonly filterErrors: readonly string[];
}

/** Decides about one event of the bus. */
export const decideFirings = (plan: TriggerPlan, remembered: FiringEvents, received: CloudEvent): FiringDecision => {
  let kept = forgetBefore(lastReset(plan, received), remembered);
  const firings: Firing[] = [];
  const filterErrors: string[] = [];
  for (const dependency of plan.dependencies) {
    if (!concerns(dependency, received)) continue;
    const transformed = transformEvent(dependency.transform, received);
    if (!transformed.ok) {
      filterErrors.push(`dependency ${dependency.name}: ${transformed.error}`);
      continue;
    }
    const event = transformed.value;
    const verdict = filterEvent(dependency.filters, dependency.filtersLogicalOperator, event);
    if (verdict.kind === 'error') filterErrors.push(`dependency ${dependency.name}: ${verdict.message}`);
    if (verdict.kind !== 'pass') continue;
    if (isAlternatives(plan.conditions)) {
      firings.push(aFiring(event, { [dependency.name]: event }));
      continue;
    }
    kept = { ...kept, [dependency.name]: event };
    if (!holds(plan.conditions, new Set(Object.keys(kept)))) continue;
    firings.push(aFiring(event, kept));
    kept = {};
  }
  return { remembered: kept, firings, filterErrors };
};

/** What may still be remembered after the sensor's spec changed: changed conditions or dependencies start afresh. */
export const adaptRemembered = (
  remembered: FiringEvents,
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): FiringEvents => {
  if (before[CONDITIONS] !== now[CONDITIONS]) return {};
  return Object.fromEntries(Object.entries(remembered).filter(([name]) => before[name] === now[name]));
};

/** Texts that tell whether conditions or dependencies changed. @spec EV-BUS-09 */
export const fingerprintsOf = (plan: TriggerPlan): Readonly<Record<string, string>> => ({
  [CONDITIONS]: JSON.stringify(plan.conditions),
  ...Object.fromEntries(plan.dependencies.map((dependency) => [dependency.name, JSON.stringify(dependency)])),
});

/** No dependency has the empty name. */
const CONDITIONS = '';

const concerns = (dependency: NamedDependency, event: CloudEvent): boolean =>
  dependency.eventSourceName === event.source && dependency.eventName === event.subject;

const aFiring = (event: CloudEvent, events: FiringEvents): Firing => ({
  id: sha256Hex(
    JSON.stringify(
      Object.keys(events)
        .sort()
        .map((name) => [name, events[name]?.id]),
    ),
  ).slice(0, 32),
  eventId: event.id,
  events,
});

/** The latest tick at or before an event's time. */
const lastReset = (plan: TriggerPlan, event: CloudEvent): number => {
  const at = parseTimestamp(event.time) ?? 0;
  return Math.max(0, ...plan.resets.map((schedule) => previousBefore(schedule, at + 1) ?? 0));
};

const forgetBefore = (reset: number, remembered: FiringEvents): FiringEvents =>
  Object.fromEntries(Object.entries(remembered).filter(([, event]) => (parseTimestamp(event.time) ?? 0) >= reset));
