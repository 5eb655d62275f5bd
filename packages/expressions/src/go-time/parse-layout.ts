/**
 * Reading times by Go's layouts.
 * @spec time/format.go parse
 */
import { quoteTime } from './duration.ts';
import { splitLayoutParts } from './layout-tokens.ts';
import { DAY_NAMES, MONTH_NAMES } from './names.ts';
import { instantOfWall } from './zone.ts';

/** Why a text is no time of the layout: what was wanted, and what was there. */
export interface TimeMismatch {
  readonly wanted: string;
  readonly found: string;
  /** A sentence of its own, such as `day out of range`. */
  readonly reason?: string;
}

/** What was read. */
export interface ReadTime {
  /** Seconds since 1970. */
  readonly seconds: bigint;
  readonly nanosecond: number;
  readonly zone: string;
}

/** Reads; a zone in the text wins over `zone`. */
export const readByLayout = (layout: string, text: string, zone: string): ReadTime | TimeMismatch => {
  try {
    return new TimeReader(layout, text).read(zone);
  } catch (thrown) {
    if (thrown instanceof Mismatch) return thrown.mismatch;
    throw thrown;
  }
};

class Mismatch extends Error {
  readonly mismatch: TimeMismatch;

  constructor(mismatch: TimeMismatch) {
    super(mismatch.reason ?? 'cannot parse');
    this.mismatch = mismatch;
  }
}

class TimeReader {
  private readonly layout: string;
  private rest: string;
  private year = 0;
  private month: number | undefined;
  private day: number | undefined;
  private yearDay: number | undefined;
  private hour = 0;
  private minute = 0;
  private second = 0;
  private nanosecond = 0;
  private half: 'AM' | 'PM' | undefined;
  private zone: string | undefined;

  constructor(layout: string, text: string) {
    this.layout = layout;
    this.rest = text;
  }

  read(zone: string): ReadTime {
    const parts = splitLayoutParts(this.layout);
    for (const [index, part] of parts.entries()) {
      if (!part.isToken) this.skip(part.text);
      else if (/^[.,]/.test(part.text)) this.readFraction(part.text);
      else this.readToken(part.text, parts[index + 1]?.text ?? '');
    }
    if (this.rest !== '') this.fail('', `extra text: ${quoteTime(this.rest)}`);
    return this.compose(zone);
  }

  private fail(wanted: string, reason?: string): never {
    throw new Mismatch({ wanted, found: this.rest, ...(reason === undefined ? {} : { reason }) });
  }

  private skip(text: string): void {
    for (let wanted = text; wanted !== '';) {
      if (wanted.startsWith(' ')) {
        if (this.rest !== '' && !this.rest.startsWith(' ')) this.fail(text);
        wanted = wanted.replace(/^ +/, '');
        this.rest = this.rest.replace(/^ +/, '');
        continue;
      }
      if (this.rest[0] !== wanted[0]) this.fail(text);
      wanted = wanted.slice(1);
      this.rest = this.rest.slice(1);
    }
  }

  private take(pattern: RegExp, wanted: string): string {
    const found = pattern.exec(this.rest)?.[0] ?? this.fail(wanted);
    this.rest = this.rest.slice(found.length);
    return found;
  }

  /** One or two digits; exactly two where the layout has a zero. */
  private number(token: string): number {
    return Number(this.take(token.startsWith('0') ? /^\d\d/ : /^\d\d?/, token));
  }

  private within(value: number, [least, most]: readonly [number, number], what: string): number {
    return value < least || value > most ? this.fail('', `${what} out of range`) : value;
  }

  private name(names: readonly string[], token: string): number {
    const isShort = token.length === 3;
    const rest = this.rest.toLowerCase();
    const found = names.findIndex((name) => rest.startsWith((isShort ? name.slice(0, 3) : name).toLowerCase()));
    if (found < 0) this.fail(token);
    this.rest = this.rest.slice(isShort ? 3 : (names[found] ?? '').length);
    return found;
  }

  private readToken(token: string, next: string): void {
    switch (token) {
      case '2006':
        this.year = Number(this.take(/^\d{4}/, token));
        return;
      case '06': {
        const year = this.number(token);
        this.year = year >= 69 ? 1900 + year : 2000 + year;
        return;
      }
      case 'January':
      case 'Jan':
        this.month = this.name(MONTH_NAMES, token) + 1;
        return;
      case 'Monday':
      case 'Mon':
        this.name(DAY_NAMES, token);
        return;
      case '01':
      case '1':
        this.month = this.within(this.number(token), [1, 12], 'month');
        return;
      case '02':
      case '2':
      case '_2':
        if (token === '_2') this.rest = this.rest.replace(/^ /, '');
        this.day = this.number(token);
        return;
      case '002':
      case '__2':
        if (token === '__2') this.rest = this.rest.replace(/^ {1,2}/, '');
        this.yearDay = Number(this.take(token === '002' ? /^\d{3}/ : /^\d{1,3}/, token));
        return;
      default:
        this.readClockToken(token, next);
    }
  }

  private readClockToken(token: string, next: string): void {
    switch (token) {
      case '15':
        this.hour = this.within(Number(this.take(/^\d\d?/, token)), [0, 23], 'hour');
        return;
      case '03':
      case '3':
        this.hour = this.within(this.number(token), [0, 12], 'hour');
        return;
      case '04':
      case '4':
        this.minute = this.within(this.number(token), [0, 59], 'minute');
        return;
      case '05':
      case '5':
        this.second = this.within(this.number(token), [0, 59], 'second');
        // A fraction may follow the seconds even where the layout has none.
        if (/^[.,]\d/.test(this.rest) && !/^[.,][09]/.test(next)) this.setFraction(this.take(/^[.,]\d+/, token));
        return;
      case 'PM':
        this.half = this.take(/^[AP]M/, token) as 'AM' | 'PM';
        return;
      case 'pm':
        this.half = this.take(/^[ap]m/, token).toUpperCase() as 'AM' | 'PM';
        return;
      case 'MST':
        this.readZoneName();
        return;
      default:
        this.readOffset(token);
    }
  }

  private readFraction(token: string): void {
    if (token[1] === '9') {
      if (/^[.,]\d/.test(this.rest)) this.setFraction(this.take(/^[.,]\d{1,9}/, token));
      return;
    }
    this.setFraction(this.take(new RegExp(`^[.,]\\d{${token.length - 1}}`), token));
  }

  private setFraction(text: string): void {
    this.nanosecond = Number(text.slice(1, 10).padEnd(9, '0'));
  }

  private readOffset(token: string): void {
    if (token.startsWith('Z') && this.rest.startsWith('Z')) {
      this.rest = this.rest.slice(1);
      this.zone = 'UTC';
      return;
    }
    const shape = token.replace(/^[Z-]/, '').replace(/\d/g, '\\d');
    const found = this.take(new RegExp(`^[+-]${shape}`), token);
    const [hours = '00', minutes = '00'] = found.slice(1).replaceAll(':', '').match(/\d\d/g) ?? [];
    this.within(Number(hours), [0, 24], 'time zone offset hour');
    this.within(Number(minutes), [0, 59], 'time zone offset minute');
    this.zone = `${found[0] ?? '+'}${hours}:${minutes}`;
  }

  /** A name such as MST; its offset is not known, so it counts as UTC. `GMT+2` has one. */
  private readZoneName(): void {
    if (this.rest.startsWith('UTC')) {
      this.rest = this.rest.slice(3);
      this.zone = 'UTC';
      return;
    }
    const found = this.take(
      /^(?:GMT(?:[+-]\d{1,2})?|ChST|MeST|[+-]\d{2}(?:\d{2})?|[A-Z]{4}T|[A-Z]{3}T|WITA|[A-Z]{3})(?![A-Z])/,
      'MST',
    );
    const hours = /^GMT([+-])(\d{1,2})$/.exec(found);
    this.zone = hours ? `${hours[1] ?? '+'}${(hours[2] ?? '').padStart(2, '0')}:00` : 'UTC';
  }

  private compose(zone: string): ReadTime {
    if (this.yearDay !== undefined) this.useYearDay(this.yearDay);
    const [month, day] = [this.month ?? 1, this.day ?? 1];
    const wall = new Date(0);
    wall.setUTCFullYear(this.year, month, 0);
    this.within(day, [1, wall.getUTCDate()], 'day');
    wall.setUTCFullYear(this.year, month - 1, day);
    const hour = this.half === undefined ? this.hour : (this.hour % 12) + (this.half === 'PM' ? 12 : 0);
    wall.setUTCHours(this.half === 'PM' && this.hour > 12 ? this.hour : hour, this.minute, this.second);
    const seen = this.zone ?? zone;
    const instant = instantOfWall(wall.getTime(), seen);
    return { seconds: BigInt(Math.floor(instant / 1000)), nanosecond: this.nanosecond, zone: seen };
  }

  private useYearDay(yearDay: number): void {
    const date = new Date(0);
    date.setUTCFullYear(this.year, 0, yearDay);
    if (yearDay < 1 || date.getUTCFullYear() !== this.year) this.fail('', 'day-of-year out of range');
    if (this.month !== undefined && this.month !== date.getUTCMonth() + 1)
      this.fail('', 'day-of-year does not match month');
    if (this.day !== undefined && this.day !== date.getUTCDate()) this.fail('', 'day-of-year does not match day');
    this.month = date.getUTCMonth() + 1;
    this.day = date.getUTCDate();
  }
}
