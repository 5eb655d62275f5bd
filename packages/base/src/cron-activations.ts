/**
 * When a schedule is due: the walk of robfig/cron, field by field from the month down, so that daylight saving gives
 * the same answers as upstream (a wall time that is skipped is not made up for; one that occurs twice fires twice).
 * @upstream robfig/cron spec.go#SpecSchedule.Next
 * @upstream argoproj/argo-events pkg/shared/util/cronutil.go#PrevCronTime
 */
import type { Instant } from './clock.ts';
import type { CronField, CronSchedule } from './cron.ts';
import { createZoneClock, type WallTime, type ZoneClock } from './cron-zone.ts';
import { Defect } from './failure.ts';

/** A date that does not occur within this many years (30 February) does not occur. */
const YEARS = 5;
const SECOND = 1000;
const MINUTE = 60_000;
const HOUR = 3_600_000;

/** The first activation strictly after an instant; `undefined` when there is none within five years. */
export const nextAfter = (schedule: CronSchedule, after: Instant): Instant | undefined => {
  if (schedule.kind === 'every') return Math.floor(after / SECOND) * SECOND + schedule.intervalMs;
  return createWalk(schedule, 1).find(Math.floor(after / SECOND) * SECOND + SECOND);
};

/**
 * The last activation strictly before an instant; `undefined` when there is none within five years. `@every` counts
 * from whenever it was started and has no answer.
 */
export const previousBefore = (schedule: CronSchedule, before: Instant): Instant | undefined => {
  if (schedule.kind === 'every') return undefined;
  return createWalk(schedule, -1).find(Math.ceil(before / SECOND) * SECOND - SECOND);
};

type Fields = Extract<CronSchedule, { readonly kind: 'fields' }>;

/** A cursor that moves to the nearest matching second in one direction. */
interface Walk {
  find(from: Instant): Instant | undefined;
}

const createWalk = (schedule: Fields, direction: 1 | -1): Walk => {
  const clock = createZoneClock(schedule.zone);
  if (!clock.ok) throw new Defect(`a schedule was read with a zone that is not one: ${clock.error}`);
  const move = direction === 1 ? movesForward(clock.value) : movesBackward(clock.value);
  return {
    find: (from) => {
      const limit = clock.value.wallAt(from).year + YEARS * direction;
      let instant = from;
      for (;;) {
        const wall = clock.value.wallAt(instant);
        if ((wall.year - limit) * direction > 0) return undefined;
        const unit = firstMismatch(schedule, wall);
        if (unit === undefined) return instant;
        instant = move[unit](instant, wall);
      }
    },
  };
};

type Unit = 'month' | 'day' | 'hour' | 'minute' | 'second';

const firstMismatch = (schedule: Fields, wall: WallTime): Unit | undefined => {
  if (!schedule.month.values.has(wall.month)) return 'month';
  if (!matchesDay(schedule.dayOfMonth, schedule.dayOfWeek, wall)) return 'day';
  if (!schedule.hour.values.has(wall.hour)) return 'hour';
  if (!schedule.minute.values.has(wall.minute)) return 'minute';
  return schedule.second.values.has(wall.second) ? undefined : 'second';
};

/** Both day fields restricted: either suffices. One of them a star: the other decides. */
const matchesDay = (dayOfMonth: CronField, dayOfWeek: CronField, wall: WallTime): boolean => {
  const [inMonth, inWeek] = [dayOfMonth.values.has(wall.day), dayOfWeek.values.has(wall.weekday)];
  return dayOfMonth.isStar || dayOfWeek.isStar ? inMonth && inWeek : inMonth || inWeek;
};

type Moves = Readonly<Record<Unit, (instant: Instant, wall: WallTime) => Instant>>;

/** To the first second of the next unit. */
const movesForward = (clock: ZoneClock): Moves => ({
  month: (_, wall) => clock.instantOf({ ...startOfDay(wall), month: wall.month + 1, day: 1 }),
  day: (_, wall) => toMidnight(clock, clock.instantOf({ ...startOfDay(wall), day: wall.day + 1 })),
  // An hour is added to the instant, not to the wall time: that is what makes repeated hours fire twice.
  hour: (instant, wall) => startOfHour(instant, wall) + HOUR,
  minute: (instant) => Math.floor(instant / MINUTE) * MINUTE + MINUTE,
  second: (instant) => instant + SECOND,
});

/** To the last second of the previous unit. */
const movesBackward = (clock: ZoneClock): Moves => ({
  month: (_, wall) => clock.instantOf({ ...startOfDay(wall), day: 1 }) - SECOND,
  day: (_, wall) => clock.instantOf(startOfDay(wall)) - SECOND,
  hour: (instant, wall) => startOfHour(instant, wall) - SECOND,
  minute: (instant) => Math.floor(instant / MINUTE) * MINUTE - SECOND,
  second: (instant) => instant - SECOND,
});

const startOfDay = (wall: WallTime): WallTime => ({ ...wall, hour: 0, minute: 0, second: 0 });

const startOfHour = (instant: Instant, wall: WallTime): Instant =>
  instant - wall.minute * MINUTE - wall.second * SECOND;

/** Where midnight does not exist the day begins at one, or the sum landed at eleven in the evening. */
const toMidnight = (clock: ZoneClock, instant: Instant): Instant => {
  const { hour } = clock.wallAt(instant);
  if (hour === 0) return instant;
  return hour > 12 ? instant + (24 - hour) * HOUR : instant - hour * HOUR;
};
