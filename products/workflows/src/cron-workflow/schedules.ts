/**
 * When a cron workflow is due. @spec WF-CRON-01, WF-CRON-02, WF-CRON-04
 */
import { fail, nextAfter, ok, parseCron, type CronSchedule, type Instant, type Result } from '@argosy/base';

import type { CronWorkflowSpec } from '../api/cron-workflow.ts';

/** Reads the schedules in their zone; the error names the one that is wrong. */
export const readSchedules = (
  spec: Pick<CronWorkflowSpec, 'schedules' | 'timezone'>,
): Result<readonly CronSchedule[]> => {
  const schedules: CronSchedule[] = [];
  for (const text of spec.schedules) {
    const read = parseCron(text, { zone: spec.timezone || 'UTC' });
    if (!read.ok) return fail(`cron schedule ${text} is malformed: ${read.error}`);
    schedules.push(read.value);
  }
  return ok(schedules);
};

/** The schedules as one text, with the zone; a change of it means that nothing was missed. @spec WF-CRON-14 */
export const scheduleText = ({ schedules, timezone }: Pick<CronWorkflowSpec, 'schedules' | 'timezone'>): string =>
  schedules.map((one) => (timezone ? `CRON_TZ=${timezone} ${one}` : one)).join(',');

/** The schedules with the instant `@every` counts from: the last run, or the creation. */
export interface Timetable {
  readonly schedules: readonly CronSchedule[];
  readonly anchor: Instant;
}

/** The next time any schedule is due after an instant. */
export const nextDue = ({ schedules, anchor }: Timetable, after: Instant): Instant | undefined => {
  const next = schedules.map((one) => nextOf(one, anchor, after)).filter((at) => at !== undefined);
  return next.length > 0 ? Math.min(...next) : undefined;
};

/** The latest time of each schedule that is after one instant and not after another; in order, each once. */
export const dueBetween = (timetable: Timetable, after: Instant, until: Instant): readonly Instant[] => {
  const times = timetable.schedules
    .map((one) => latestBetween(one, { anchor: timetable.anchor, after, until }))
    .filter((at) => at !== undefined);
  return [...new Set(times)].sort((left, right) => left - right);
};

/** Unlike robfig's, `@every` does not begin anew when the process does. */
const nextOf = (schedule: CronSchedule, anchor: Instant, after: Instant): Instant | undefined => {
  if (schedule.kind !== 'every') return nextAfter(schedule, after);
  const passed = Math.max(0, Math.floor((after - anchor) / schedule.intervalMs));
  return anchor + (passed + 1) * schedule.intervalMs;
};

interface Gap {
  readonly anchor: Instant;
  readonly after: Instant;
  readonly until: Instant;
}

const latestBetween = (schedule: CronSchedule, gap: Gap): Instant | undefined => {
  const { anchor, until } = gap;
  let latest: Instant | undefined;
  // Only the last one counts, so a long gap is entered shortly before its end.
  for (let from = enterGap(schedule, gap); ;) {
    const next = nextOf(schedule, anchor, from);
    if (next === undefined || next > until) return latest;
    latest = next;
    from = next;
  }
};

/** Steps ahead in halves while something is still due after the step, so that years of minutes cost nothing. */
const enterGap = (schedule: CronSchedule, { anchor, after, until }: Gap): Instant => {
  let from = after;
  for (let step = (until - after) / 2; step > 60_000; step /= 2) {
    const next = nextOf(schedule, anchor, from + step);
    if (next !== undefined && next <= until) from += step;
  }
  return from;
};

/** What is known about missed runs. */
export interface MissedQuestion {
  readonly schedules: readonly CronSchedule[];
  readonly lastScheduledAt: Instant | undefined;
  readonly startingDeadlineSeconds: number | undefined;
  /** The schedule is not the one the last run was made for. */
  readonly scheduleJustChanged: boolean;
  readonly now: Instant;
}

/** The run to make up for, if any: the latest missed one of the first schedule that has one within the deadline. */
export const missedRun = (question: MissedQuestion): Instant | undefined => {
  const { schedules, lastScheduledAt, startingDeadlineSeconds, scheduleJustChanged, now } = question;
  if (scheduleJustChanged || lastScheduledAt === undefined || startingDeadlineSeconds === undefined) return undefined;
  for (const schedule of schedules) {
    const missed = latestBetween(schedule, { anchor: lastScheduledAt, after: lastScheduledAt, until: now });
    if (missed !== undefined && now < missed + startingDeadlineSeconds * 1000) return missed;
  }
  return undefined;
};
