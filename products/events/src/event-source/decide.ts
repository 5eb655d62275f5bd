/**
 * Which sources of an EventSource are to run. Pure: the running ones are part of what is observed.
 */
import { isEqual, type Instant } from '@argosy/base';
import type { Next } from '@argosy/controller';

import type { EventSource, SourceType } from '../api/event-source.ts';
import type { ConditionsStatus } from '../api/shared-schema.ts';
import { deployed, withoutBus } from '../conditions/bus-condition.ts';
import { statusWith, type ConditionDraft } from '../conditions/status-conditions.ts';
import type { BusState } from '../event-bus/resolve-bus.ts';
import * as reasons from './reasons.ts';
import { listSources, validateEventSource } from './validate-event-source.ts';

/** A source as it runs, or as it last failed to. */
export interface SourceState {
  readonly type: SourceType;
  readonly eventName: string;
  readonly busName: string;
  readonly config: unknown;
  readonly failure?: { readonly message: string; readonly retryAt: Instant };
}

/** What a decision is made from. */
export interface ObservedEventSource {
  readonly object: EventSource;
  readonly bus: BusState;
  readonly running: readonly SourceState[];
  readonly now: Instant;
}

/** Something to do. */
export type EventSourceAction =
  | { readonly kind: 'stop'; readonly eventName: string }
  | { readonly kind: 'start'; readonly source: Omit<SourceState, 'failure'> };

/** What is to run, and what the status says unless starting fails. */
export interface EventSourceDecision {
  readonly actions: readonly EventSourceAction[];
  readonly conditions: readonly ConditionDraft[];
}

/** Decides. Stops come before starts, so that a source may take the port of another. */
export const decideEventSource = (observed: ObservedEventSource): EventSourceDecision => {
  const { object, bus, running, now } = observed;
  const findings = validateEventSource(object);
  const stopAll: readonly EventSourceAction[] = running.map(({ eventName }) => ({ kind: 'stop', eventName }));
  if (findings.length > 0) {
    const message = findings.map((one) => one.message).join('; ');
    return {
      actions: stopAll,
      conditions: [
        { type: reasons.SOURCES_PROVIDED, status: 'False', reason: reasons.INVALID_EVENT_SOURCE, message },
        { type: reasons.DEPLOYED, status: 'False', reason: reasons.INVALID_EVENT_SOURCE, message },
      ],
    };
  }
  if (bus.kind !== 'ready') return { actions: stopAll, conditions: [PROVIDED, withoutBus(bus)] };
  const desired = listSources(object).map((source) => ({ ...source, busName: bus.name }));
  const isKept = (state: SourceState): boolean =>
    (state.failure === undefined || state.failure.retryAt > now) && desired.some((one) => isSame(one, state));
  return {
    actions: [
      ...running.filter((state) => !isKept(state)).map(({ eventName }) => ({ kind: 'stop', eventName }) as const),
      ...desired
        .filter((source) => !running.some((state) => isSame(source, state) && isKept(state)))
        .map((source) => ({ kind: 'start', source }) as const),
    ],
    conditions: [PROVIDED, deployed(object.spec, bus, ['service', 'template', 'replicas'])],
  };
};

/** The status after acting: sources that could not start say why, and when it is tried again. */
export const concludeEventSource = (
  object: EventSource,
  decision: EventSourceDecision,
  states: readonly SourceState[],
  now: Instant,
): { readonly status: ConditionsStatus; readonly next: Next } => {
  const failed = states.flatMap(({ eventName, type, failure }) =>
    failure ? [{ message: `${type} ${eventName}: ${failure.message}`, retryAt: failure.retryAt }] : [],
  );
  if (failed.length === 0)
    return { status: statusWith(object.status, decision.conditions, now), next: { kind: 'settled' } };
  const others = states.length - failed.length;
  const message = `${failed.map((one) => one.message).join('; ')}; it is tried again${others > 0 ? `; ${others} other running` : ''}`;
  const conditions = decision.conditions.map((draft) =>
    draft.type === reasons.DEPLOYED
      ? ({ type: reasons.DEPLOYED, status: 'False', reason: reasons.SOURCE_NOT_STARTED, message } as const)
      : draft,
  );
  const afterMs = Math.max(0, Math.min(...failed.map((one) => one.retryAt)) - now);
  return { status: statusWith(object.status, conditions, now), next: { kind: 'recheck', afterMs } };
};

const PROVIDED: ConditionDraft = { type: reasons.SOURCES_PROVIDED, status: 'True' };

const isSame = (desired: Omit<SourceState, 'failure'>, state: SourceState): boolean =>
  desired.type === state.type &&
  desired.eventName === state.eventName &&
  desired.busName === state.busName &&
  isEqual(desired.config, state.config);
