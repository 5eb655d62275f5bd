/**
 * Wall clocks of time zones, with Go's answers where a wall time occurs twice or not at all. Zones come from the
 * runtime's own tables.
 * @spec https://pkg.go.dev/time#Date
 */
import { fail, ok, type Result } from './result.ts';

/** What a clock on the wall shows. `month` is 1–12, `weekday` 0 (Sunday) – 6. */
export interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly weekday: number;
}

/** Converts between instants and wall times of one zone. */
export interface ZoneClock {
  /** What the wall clock shows at an instant. */
  wallAt(instantMs: number): WallTime;
  /** The instant of a wall time; parts beyond their range carry over. A time in a gap gets one of the two offsets, as in Go. */
  instantOf(wall: Omit<WallTime, 'weekday'>): number;
}

/** Creates the clock of a zone; the empty name is UTC. Fails for a name the runtime does not know. */
export const createZoneClock = (zone: string): Result<ZoneClock> => {
  const offset = offsetFinder(zone);
  if (!offset.ok) return offset;
  const offsetAt = offset.value;
  return ok({
    wallAt: (instantMs) => readFields(instantMs + offsetAt(instantMs)),
    instantOf: ({ year, month, day, hour, minute, second }) => {
      const local = Date.UTC(year, month - 1, day, hour, minute, second);
      // Go looks the offset up twice: once as if the wall time were UTC, once at the instant that gives.
      return local - offsetAt(local - offsetAt(local));
    },
  });
};

const offsetFinder = (zone: string): Result<(instantMs: number) => number> => {
  if (zone === '' || zone === 'UTC') return ok(() => 0);
  // Intl takes "+01:00" for a zone, Go does not.
  if (/^[+-]/.test(zone)) return fail(`unknown time zone ${zone}`);
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    // The only thing Intl refuses here is the name of the zone.
    return fail(`unknown time zone ${zone}`);
  }
  return ok((instantMs) => {
    const parts = new Map(format.formatToParts(instantMs).map((part) => [part.type, part.value]));
    const number = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
    const year = parts.get('era') === 'BC' ? 1 - number('year') : number('year');
    const local = Date.UTC(
      year,
      number('month') - 1,
      number('day'),
      number('hour'),
      number('minute'),
      number('second'),
    );
    return local - Math.floor(instantMs / 1000) * 1000;
  });
};

const readFields = (localMs: number): WallTime => {
  const local = new Date(localMs);
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
    weekday: local.getUTCDay(),
  };
};
