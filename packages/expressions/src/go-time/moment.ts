/**
 * Instants to the nanosecond, seen from a zone, and Go's layouts for them. Zones come from the runtime's own tables.
 * @spec https://pkg.go.dev/time
 */
import { fail, ok, type Result } from '@argosy/base';

import { quoteTime } from './duration.ts';
import { formatLayoutToken, type TimeView } from './format-layout.ts';
import { splitLayoutParts } from './layout-tokens.ts';
import { readByLayout } from './parse-layout.ts';
import { zoneOffsetMinutes } from './zone.ts';

/** An instant and where it is looked at from. */
export interface Moment {
  /** Nanoseconds since 1970. */
  readonly nanoseconds: bigint;
  /** A name of the zone database, `UTC`, or an offset such as `+02:00`. */
  readonly zone: string;
}

const MILLION = 1_000_000n;
/** Year 1, January 1: Go's zero time. */
export const ZERO_MOMENT: Moment = { nanoseconds: -62_135_596_800_000n * MILLION, zone: 'UTC' };

/** A moment of milliseconds since 1970. */
export const momentOf = (milliseconds: number, zone = 'UTC'): Moment => ({
  nanoseconds: BigInt(Math.floor(milliseconds)) * MILLION,
  zone,
});

/** Milliseconds since 1970, rounded down. */
export const millisecondsOf = ({ nanoseconds }: Moment): number => Number(floorDivide(nanoseconds, MILLION));

/** Seconds since 1970, rounded down. */
export const secondsOf = ({ nanoseconds }: Moment): bigint => floorDivide(nanoseconds, 1_000_000_000n);

/** Nanoseconds within the second. */
export const nanosecondOf = (moment: Moment): bigint => moment.nanoseconds - secondsOf(moment) * 1_000_000_000n;

const floorDivide = (value: bigint, by: bigint): bigint => {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
};

/** Whether the runtime knows a zone. */
export const isZone = (zone: string): boolean => {
  try {
    zoneOffsetMinutes(0, zone);
    return true;
  } catch {
    // Intl throws for a name it does not know.
    return false;
  }
};

/** The wall clock as a UTC date. */
export const wallOf = (moment: Moment): Date => {
  const milliseconds = millisecondsOf(moment);
  return new Date(milliseconds + zoneOffsetMinutes(milliseconds, moment.zone) * 60_000);
};

/** Writes a moment by a layout. */
export const formatMoment = (moment: Moment, layout: string): string => {
  const view = viewOf(moment);
  return splitLayoutParts(layout)
    .map((part) => (part.isToken ? formatLayoutToken(part.text, view) : part.text))
    .join('');
};

const viewOf = (moment: Moment): TimeView => {
  const instant = millisecondsOf(moment);
  const offset = zoneOffsetMinutes(instant, moment.zone);
  const wall = new Date(instant + offset * 60_000);
  return { instant, nanosecond: nanosecondOf(moment), zone: moment.zone, offset, wall };
};

/** Reads a time by a layout; a zone in the text wins over `zone`. The error is Go's. */
export const parseMoment = (text: string, layout: string, zone: string): Result<Moment> => {
  const read = readByLayout(layout, text, zone);
  if ('seconds' in read)
    return ok({ nanoseconds: read.seconds * 1_000_000_000n + BigInt(read.nanosecond), zone: read.zone });
  const what = `parsing time ${quoteTime(text)}`;
  if (read.reason !== undefined) return fail(`${what}: ${read.reason}`);
  return fail(`${what} as ${quoteTime(layout)}: cannot parse ${quoteTime(read.found)} as ${quoteTime(read.wanted)}`);
};
