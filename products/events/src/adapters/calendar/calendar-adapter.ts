/**
 * Calendar sources: an event at each tick, and on demand those missed while nobody ran. @spec EV-SRC-20, EV-SRC-21
 */
import { delay, Failure, messageOf, parseGoDuration, type Instant } from '@argosy/base';
import { GoTime } from '@argosy/expressions';

import type { CalendarSource } from '../../api/event-source.ts';
import type { AdapterDeps, Publish, SourceAdapter, SourcePlan } from '../source-adapter.ts';
import { compileCalendar, type CalendarSchedule } from './calendar-schedule.ts';
import { createTickRecord, type TickRecord } from './tick-record.ts';

/** Wait between attempts to publish a tick that must not be lost. */
const RETRY_MS = 100;
/** How far back missed ticks are made up for when the source does not say. */
const DEFAULT_CATCHUP_MS = 24 * 3_600_000;

/** Creates the adapter. */
export const createCalendarAdapter = (deps: AdapterDeps): SourceAdapter<CalendarSource> => ({
  start: (plan, publish) => {
    const schedule = compileCalendar(plan.config);
    if (!schedule.ok) return Promise.reject(new Failure(schedule.error, { code: 'InvalidEventSource' }));
    const stopping = new AbortController();
    const running = run({ deps, plan, publish, schedule: schedule.value, signal: stopping.signal });
    return Promise.resolve({
      stop: async () => {
        stopping.abort();
        await running;
      },
    });
  },
});

interface Run {
  readonly deps: AdapterDeps;
  readonly plan: SourcePlan<CalendarSource>;
  readonly publish: Publish;
  readonly schedule: CalendarSchedule;
  readonly signal: AbortSignal;
}

const run = async (of: Run): Promise<void> => {
  const { clock } = of.deps;
  const record = createTickRecord(of.deps.client, of.plan);
  let last = await startingPoint(of, record);
  while (!of.signal.aborted) {
    const next = of.schedule.next(last);
    if (next === undefined) {
      // Deviates: upstream fires in a tight loop on a date that never comes (EV-SE-13).
      of.deps.log.warn('a calendar source has no next tick', nameOf(of.plan));
      return;
    }
    await delay(clock, Math.max(0, next - clock.now()), of.signal);
    if (of.signal.aborted) return;
    await fire(of, record, next);
    last = next;
  }
};

/** The instant after which ticks are due: now, or the last tick that was recorded. */
const startingPoint = async ({ deps, plan, signal }: Run, record: TickRecord | undefined): Promise<Instant> => {
  const now = deps.clock.now();
  const catchup = plan.config.persistence?.catchup;
  if (!record || catchup?.enabled !== true) return now;
  const longest = parseGoDuration(catchup.maxDuration ?? '') ?? DEFAULT_CATCHUP_MS;
  while (!signal.aborted) {
    try {
      const last = await record.read();
      return last === undefined ? now : Math.max(last, now - longest);
    } catch (thrown) {
      deps.log.warn('the last tick of a calendar source cannot be read', { ...nameOf(plan), error: messageOf(thrown) });
      await delay(deps.clock, RETRY_MS * 10, signal);
    }
  }
  return now;
};

const fire = async ({ deps, plan, publish, schedule, signal }: Run, record: TickRecord | undefined, at: Instant) => {
  const { metadata } = plan.config;
  const data = JSON.stringify({ eventTime: String(new GoTime(at, schedule.zone)), ...(metadata ? { metadata } : {}) });
  while (!signal.aborted) {
    try {
      // The tick names the event: after a crash between publishing and recording, the bus knows it again.
      await publish({ data, ...(record ? { id: `${plan.sourceName}:${plan.eventName}:${at}` } : {}) });
      await record?.write(data);
      return;
    } catch (thrown) {
      deps.log.warn('a tick of a calendar source could not be kept', { ...nameOf(plan), error: messageOf(thrown) });
      if (!record) return;
      await delay(deps.clock, RETRY_MS, signal);
    }
  }
};

const nameOf = (plan: SourcePlan) => ({ namespace: plan.namespace, source: plan.sourceName, event: plan.eventName });
