/**
 * Writing times by Go's layouts.
 * @spec time/format.go AppendFormat
 */
import { DAY_NAMES, MONTH_NAMES } from './names.ts';

/** A time as it is written. */
export interface TimeView {
  /** Milliseconds since 1970. */
  readonly instant: number;
  /** Within the second. */
  readonly nanosecond: bigint;
  readonly zone: string;
  /** Minutes east of UTC. */
  readonly offset: number;
  /** The wall clock of the zone, as a UTC date. */
  readonly wall: Date;
}

/** Writes the field of a time that a part of a layout stands for. */
export const formatLayoutToken = (token: string, view: TimeView): string =>
  formatDateToken(token, view.wall) ??
  formatClockToken(token, view.wall) ??
  formatZoneToken(token, view) ??
  formatFraction(token, view.nanosecond);

const two = (value: number): string => String(value).padStart(2, '0');

const formatDateToken = (token: string, wall: Date): string | undefined => {
  switch (token) {
    case '2006':
      return String(wall.getUTCFullYear()).padStart(4, '0');
    case '06':
      return two(wall.getUTCFullYear() % 100);
    case 'January':
      return MONTH_NAMES[wall.getUTCMonth()] ?? '';
    case 'Jan':
      return (MONTH_NAMES[wall.getUTCMonth()] ?? '').slice(0, 3);
    case '01':
      return two(wall.getUTCMonth() + 1);
    case '1':
      return String(wall.getUTCMonth() + 1);
    case '02':
      return two(wall.getUTCDate());
    case '_2':
      return String(wall.getUTCDate()).padStart(2, ' ');
    case '2':
      return String(wall.getUTCDate());
    case '002':
      return String(yearDayOf(wall)).padStart(3, '0');
    case '__2':
      return String(yearDayOf(wall)).padStart(3, ' ');
    case 'Monday':
      return DAY_NAMES[wall.getUTCDay()] ?? '';
    case 'Mon':
      return (DAY_NAMES[wall.getUTCDay()] ?? '').slice(0, 3);
    default:
      return undefined;
  }
};

/** Days since the year began; the first is 1. */
export const yearDayOf = (wall: Date): number => {
  const yearStart = new Date(0);
  yearStart.setUTCFullYear(wall.getUTCFullYear(), 0, 1);
  return Math.floor((wall.getTime() - yearStart.getTime()) / 86_400_000) + 1;
};

const formatClockToken = (token: string, wall: Date): string | undefined => {
  const hour12 = wall.getUTCHours() % 12 === 0 ? 12 : wall.getUTCHours() % 12;
  switch (token) {
    case '15':
      return two(wall.getUTCHours());
    case '03':
      return two(hour12);
    case '3':
      return String(hour12);
    case '04':
      return two(wall.getUTCMinutes());
    case '4':
      return String(wall.getUTCMinutes());
    case '05':
      return two(wall.getUTCSeconds());
    case '5':
      return String(wall.getUTCSeconds());
    case 'PM':
      return wall.getUTCHours() >= 12 ? 'PM' : 'AM';
    case 'pm':
      return wall.getUTCHours() >= 12 ? 'pm' : 'am';
    default:
      return undefined;
  }
};

const formatZoneToken = (token: string, view: TimeView): string | undefined => {
  if (token === 'MST') return zoneName(view);
  const shape = /^(Z|-)07(:?)(00)?(?::?(00))?$/.exec(token);
  if (!shape) return undefined;
  const [, kind, separator = '', minutes, seconds] = shape;
  if (kind === 'Z' && view.offset === 0) return 'Z';
  const whole = offsetText(view.offset, separator);
  // Offsets of seconds went out of use before the tables begin.
  return minutes === undefined ? whole.slice(0, 3) : `${whole}${seconds === undefined ? '' : `${separator}00`}`;
};

const offsetText = (offset: number, separator: string): string => {
  const absolute = Math.abs(offset);
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(absolute / 60))}${separator}${two(absolute % 60)}`;
};

const zoneName = (view: TimeView): string => {
  if (view.zone === 'UTC' || view.zone === '' || view.zone === 'Local') return 'UTC';
  if (/^[+-]/.test(view.zone)) return offsetText(view.offset, '');
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: view.zone, timeZoneName: 'short' }).formatToParts(
    view.instant,
  );
  const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? 'UTC';
  return name.startsWith('GMT') && name !== 'GMT'
    ? offsetText(view.offset, '').slice(0, view.offset % 60 === 0 ? 3 : 5)
    : name;
};

const formatFraction = (token: string, nanosecond: bigint): string => {
  const digits = String(nanosecond)
    .padStart(9, '0')
    .slice(0, token.length - 1);
  const kept = token[1] === '0' ? digits : digits.replace(/0+$/, '');
  return kept === '' ? '' : `${token[0] ?? ''}${kept}`;
};
