/**
 * Times and durations as templates see them, with the methods manifests call.
 * @spec https://pkg.go.dev/time#Time
 */
import { formatDuration } from '../../../go-time/duration.ts';
import {
  formatMoment,
  millisecondsOf,
  nanosecondOf,
  secondsOf,
  wallOf,
  ZERO_MOMENT,
  type Moment,
} from '../../../go-time/moment.ts';
import { DAY_NAMES, MONTH_NAMES } from '../../../go-time/names.ts';
import { goFunction } from '../../functions/signature.ts';
import { GoNumber, GoObject, int64, type GoFunction, type GoFunctions } from '../../values.ts';

const LAYOUT = '2006-01-02 15:04:05.999999999 -0700 MST';
const JSON_LAYOUT = '2006-01-02T15:04:05.999999999Z07:00';
/** The moment behind a time. */
export const momentFrom = (object: GoObject): Moment => {
  // Only times have this type, and this file alone makes them.
  return object.inner as Moment;
};

/** A `time.Time`. */
export const timeObject = (moment: Moment): GoObject =>
  new GoObject('time.Time', {
    text: formatMoment(moment, LAYOUT),
    json: formatMoment(moment, JSON_LAYOUT),
    inner: moment,
    methods: { ...fieldMethods(moment), ...instantMethods(moment) },
  });

/** A `time.Duration`. */
export const durationNumber = (nanoseconds: bigint): GoNumber =>
  new GoNumber('time.Duration', 'int64', nanoseconds, formatDuration(nanoseconds));

const ofInt = (value: number): GoFunction => goFunction([], () => BigInt(value));

const fieldMethods = (moment: Moment): GoFunctions => {
  const wall = wallOf(moment);
  const yearStart = new Date(0);
  yearStart.setUTCFullYear(wall.getUTCFullYear(), 0, 1);
  const month = wall.getUTCMonth();
  return {
    Day: ofInt(wall.getUTCDate()),
    Hour: ofInt(wall.getUTCHours()),
    Minute: ofInt(wall.getUTCMinutes()),
    Month: goFunction([], () => new GoNumber('time.Month', 'int', BigInt(month + 1), MONTH_NAMES[month] ?? '')),
    Nanosecond: goFunction([], () => nanosecondOf(moment)),
    Second: ofInt(wall.getUTCSeconds()),
    Weekday: goFunction(
      [],
      () => new GoNumber('time.Weekday', 'int', BigInt(wall.getUTCDay()), DAY_NAMES[wall.getUTCDay()] ?? ''),
    ),
    Year: ofInt(wall.getUTCFullYear()),
    YearDay: ofInt(Math.floor((wall.getTime() - yearStart.getTime()) / 86_400_000) + 1),
  };
};

const instantMethods = (moment: Moment): GoFunctions => ({
  AddDate: goFunction(['int', 'int', 'int'], ([years, months, days]) => {
    const wall = wallOf(moment);
    const before = wall.getTime();
    wall.setUTCFullYear(
      wall.getUTCFullYear() + Number(years),
      wall.getUTCMonth() + Number(months),
      wall.getUTCDate() + Number(days),
    );
    return timeObject({ ...moment, nanoseconds: moment.nanoseconds + BigInt(wall.getTime() - before) * 1_000_000n });
  }),
  After: goFunction(['time'], ([other]) => moment.nanoseconds > momentFrom(other).nanoseconds),
  Before: goFunction(['time'], ([other]) => moment.nanoseconds < momentFrom(other).nanoseconds),
  Equal: goFunction(['time'], ([other]) => moment.nanoseconds === momentFrom(other).nanoseconds),
  Format: goFunction(['string'], ([layout]) => formatMoment(moment, layout)),
  IsZero: goFunction([], () => moment.nanoseconds === ZERO_MOMENT.nanoseconds),
  Local: goFunction([], () => timeObject({ ...moment, zone: 'UTC' })),
  String: goFunction([], () => formatMoment(moment, LAYOUT)),
  Sub: goFunction(['time'], ([other]) => durationNumber(moment.nanoseconds - momentFrom(other).nanoseconds)),
  UTC: goFunction([], () => timeObject({ ...moment, zone: 'UTC' })),
  Unix: goFunction([], () => int64(secondsOf(moment))),
  UnixMilli: goFunction([], () => int64(BigInt(millisecondsOf(moment)))),
  UnixNano: goFunction([], () => int64(moment.nanoseconds)),
});
