/**
 * When a calendar source is due: cron or interval, without excluded days. @spec EV-SRC-20
 */
import {
  createZoneClock,
  fail,
  nextAfter,
  ok,
  parseCron,
  parseGoDuration,
  type Instant,
  type Result,
} from '@argosy/base';

import type { CalendarSource } from '../../api/event-source.ts';

/** A compiled calendar. */
export interface CalendarSchedule {
  /** IANA name; UTC when the source names none. */
  readonly zone: string;
  /** The next instant after one; `undefined` when there is none within five years. */
  next(after: Instant): Instant | undefined;
}

/** Reads schedule (which wins) or interval, timezone and exclusions. */
export const compileCalendar = (source: CalendarSource): Result<CalendarSchedule> => {
  const zone = source.timezone === undefined || source.timezone === '' ? 'UTC' : source.timezone;
  const clock = createZoneClock(zone);
  if (!clock.ok) return fail(`timezone: ${clock.error}`);
  const steps = stepsOf(source, zone);
  if (!steps.ok) return steps;
  const excluded = new Set((source.exclusionDates ?? []).flatMap(toDay));
  const isExcluded = (instant: Instant): boolean => {
    const wall = clock.value.wallAt(instant);
    return excluded.has(`${wall.year}-${wall.month}-${wall.day}`);
  };
  return ok({
    zone,
    next: (after) => {
      let at = steps.value(after);
      while (at !== undefined && isExcluded(at)) at = steps.value(at);
      return at;
    },
  });
};

const stepsOf = (source: CalendarSource, zone: string): Result<(after: Instant) => Instant | undefined> => {
  if ((source.schedule ?? '') !== '') {
    const schedule = parseCron(source.schedule ?? '', { zone });
    return schedule.ok ? ok((after) => nextAfter(schedule.value, after)) : fail(`schedule: ${schedule.error}`);
  }
  const interval = source.interval ?? '';
  if (interval === '') return fail('schedule or interval must be given');
  const intervalMs = parseGoDuration(interval);
  if (intervalMs === undefined || intervalMs <= 0)
    return fail(`interval: ${JSON.stringify(interval)} is not a duration such as 10s`);
  return ok((after) => after + intervalMs);
};

/** Of an `EXDATE:` line the day alone counts; other texts are ignored, upstream too. */
const toDay = (text: string): readonly string[] => {
  const parts = /^EXDATE:(\d{4})(\d{2})(\d{2})T\d{6}Z$/.exec(text);
  return parts ? [`${Number(parts[1])}-${Number(parts[2])}-${Number(parts[3])}`] : [];
};
