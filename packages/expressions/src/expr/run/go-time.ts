/**
 * Times and durations inside expressions, with the methods of Go's `time` package that manifests call.
 * Resolution is a microsecond fraction of a millisecond; zones come from the runtime's own tables.
 * @spec https://pkg.go.dev/time
 */
import { formatGoDuration } from '@argosy/base';

import { yearDayOf } from '../../go-time/format-layout.ts';
import { formatMoment, wallOf, ZERO_MOMENT, type Moment } from '../../go-time/moment.ts';
import { DAY_NAMES, MONTH_NAMES } from '../../go-time/names.ts';
import { formatGoValue, type ExprValue } from './values.ts';

/** A month, weekday or zone: a value with a name. */
export class NamedNumber {
  readonly goKind = 'named';
  readonly value: bigint;
  readonly name: string;

  constructor(value: bigint, name: string) {
    this.value = value;
    this.name = name;
  }

  compareTo(other: GoTime | GoDuration | NamedNumber): number {
    return other.goKind === 'named' && other.name === this.name ? 0 : 1;
  }

  toString(): string {
    return this.name;
  }
}

/** A span. */
export class GoDuration {
  readonly goKind = 'duration';
  readonly milliseconds: number;

  constructor(milliseconds: number) {
    this.milliseconds = milliseconds;
  }

  get nanoseconds(): number {
    return Math.round(this.milliseconds * 1e6);
  }

  compareTo(other: GoTime | GoDuration | NamedNumber): number {
    return other.goKind === 'duration' ? Math.sign(this.milliseconds - other.milliseconds) : 1;
  }

  toString(): string {
    return formatGoDuration(this.milliseconds);
  }
}

/** An instant seen from a zone. */
export class GoTime {
  readonly goKind = 'time';
  readonly instant: number;
  readonly zone: string;

  constructor(instant: number, zone = 'UTC') {
    this.instant = instant;
    this.zone = zone;
  }

  compareTo(other: GoTime | GoDuration | NamedNumber): number {
    return other.goKind === 'time' ? Math.sign(this.instant - other.instant) : 1;
  }

  /** The wall clock of the zone, as a UTC date. */
  wall(): Date {
    return wallOf(this.moment());
  }

  format(layout: string): string {
    return formatMoment(this.moment(), layout);
  }

  private moment(): Moment {
    return { nanoseconds: BigInt(Math.round(this.instant * 1000)) * 1000n, zone: this.zone };
  }

  toJSON(): string {
    return this.format('2006-01-02T15:04:05.999999999Z07:00');
  }

  toString(): string {
    return this.format('2006-01-02 15:04:05.999999999 -0700 MST');
  }
}

type Method<T> = (self: T, args: readonly ExprValue[]) => ExprValue;

const int = (value: number): bigint => BigInt(Math.trunc(value));
const durationOf = (value: ExprValue): number =>
  value instanceof GoDuration ? value.milliseconds : Number(value) / 1e6;
const timeOf = (value: ExprValue): GoTime => {
  if (value instanceof GoTime) return value;
  throw new TypeError('a time is needed');
};

const TIME_METHODS: Readonly<Record<string, Method<GoTime>>> = {
  Year: (self) => int(self.wall().getUTCFullYear()),
  Month: (self) => new NamedNumber(int(self.wall().getUTCMonth() + 1), MONTH_NAMES[self.wall().getUTCMonth()] ?? ''),
  Day: (self) => int(self.wall().getUTCDate()),
  Hour: (self) => int(self.wall().getUTCHours()),
  Minute: (self) => int(self.wall().getUTCMinutes()),
  Second: (self) => int(self.wall().getUTCSeconds()),
  Nanosecond: (self) => int((((self.instant % 1000) + 1000) % 1000) * 1e6),
  YearDay: (self) => int(yearDayOf(self.wall())),
  Weekday: (self) => new NamedNumber(int(self.wall().getUTCDay()), DAY_NAMES[self.wall().getUTCDay()] ?? ''),
  Unix: (self) => int(Math.floor(self.instant / 1000)),
  UnixMilli: (self) => int(self.instant),
  UnixNano: (self) => int(self.instant) * 1_000_000n,
  UTC: (self) => new GoTime(self.instant, 'UTC'),
  In: (self, [zone]) => new GoTime(self.instant, zone instanceof NamedNumber ? zone.name : 'UTC'),
  Location: (self) => new NamedNumber(0n, self.zone),
  Format: (self, [layout]) => self.format(formatGoValue(layout)),
  String: (self) => self.toString(),
  Add: (self, [span]) => new GoTime(self.instant + durationOf(span ?? 0n), self.zone),
  AddDate: (self, [years, months, days]) => {
    const wall = self.wall();
    const moved = new Date(wall);
    moved.setUTCFullYear(
      wall.getUTCFullYear() + Number(years),
      wall.getUTCMonth() + Number(months),
      wall.getUTCDate() + Number(days),
    );
    return new GoTime(self.instant + moved.getTime() - wall.getTime(), self.zone);
  },
  Sub: (self, [other]) => new GoDuration(self.instant - timeOf(other).instant),
  Before: (self, [other]) => self.instant < timeOf(other).instant,
  After: (self, [other]) => self.instant > timeOf(other).instant,
  Equal: (self, [other]) => self.instant === timeOf(other).instant,
  IsZero: (self) => BigInt(self.instant) * 1_000_000n === ZERO_MOMENT.nanoseconds,
  Truncate: (self, [span]) => new GoTime(self.instant - (self.instant % durationOf(span ?? 0n)), self.zone),
};

const DURATION_METHODS: Readonly<Record<string, Method<GoDuration>>> = {
  Hours: (self) => self.milliseconds / 3_600_000,
  Minutes: (self) => self.milliseconds / 60_000,
  Seconds: (self) => self.milliseconds / 1000,
  Milliseconds: (self) => int(self.milliseconds),
  Microseconds: (self) => int(self.milliseconds * 1e3),
  Nanoseconds: (self) => BigInt(self.nanoseconds),
  String: (self) => self.toString(),
  Abs: (self) => new GoDuration(Math.abs(self.milliseconds)),
  Truncate: (self, [span]) => new GoDuration(self.milliseconds - (self.milliseconds % durationOf(span ?? 0n))),
  Round: (self, [span]) =>
    new GoDuration(Math.round(self.milliseconds / durationOf(span ?? 0n)) * durationOf(span ?? 0n)),
};

/** Finds a method of a time, duration or named number; `undefined` when there is none of that name. */
export const goMethod = (
  self: GoTime | GoDuration | NamedNumber,
  name: string,
): ((...args: readonly ExprValue[]) => ExprValue) | undefined => {
  if (self instanceof GoTime) return bind(TIME_METHODS, self, name);
  if (self instanceof GoDuration) return bind(DURATION_METHODS, self, name);
  return name === 'String' ? () => self.name : undefined;
};

const bind = <T>(methods: Readonly<Record<string, Method<T>>>, self: T, name: string) => {
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  return method ? (...args: readonly ExprValue[]): ExprValue => method(self, args) : undefined;
};
