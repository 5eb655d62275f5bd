/**
 * Times read by `%` formats, in English.
 * @spec github.com/itchyny/timefmt-go
 */
import { DAY_NAMES, MONTH_NAMES } from '../../../go-time/names.ts';
import { COMPOSITES } from './format-time.ts';

/** Reads a time as seconds since 1970; a text says why it is none. */
export const parseTime = (text: string, format: string): number | string => {
  try {
    return new TimeReader(text).read(format);
  } catch (thrown) {
    if (thrown instanceof TimeMismatch)
      return `parsing time ${JSON.stringify(text)} as ${JSON.stringify(format)}: ${thrown.message}`;
    throw thrown;
  }
};

class TimeMismatch extends Error {}

class TimeReader {
  private rest: string;
  private readonly fields = { year: 1900, month: 1, day: 1, hour: 0, minute: 0, second: 0 };
  private isAfternoon: boolean | undefined;
  private offset = 0;
  private epoch: number | undefined;
  private yearDay: number | undefined;

  constructor(text: string) {
    this.rest = text;
  }

  read(format: string): number {
    this.follow(format);
    if (this.rest !== '') throw new TimeMismatch(`unconverted string: ${JSON.stringify(this.rest)}`);
    if (this.epoch !== undefined) return this.epoch;
    const { year, month, day, hour, minute, second } = this.fields;
    const date = new Date(0);
    date.setUTCFullYear(year, this.yearDay === undefined ? month - 1 : 0, this.yearDay ?? day);
    const hours = this.isAfternoon === undefined ? hour : (hour % 12) + (this.isAfternoon ? 12 : 0);
    date.setUTCHours(hours, minute, second);
    return date.getTime() / 1000 - this.offset;
  }

  private follow(format: string): void {
    for (let at = 0; at < format.length; at += 1) {
      const character = format[at] ?? '';
      if (character !== '%') this.literal(character);
      else {
        at += 1;
        while (/[-_0^#EO:]/.test(format[at] ?? '')) at += 1;
        this.directive(format[at] ?? '');
      }
    }
  }

  private literal(character: string): void {
    if (/\s/.test(character)) this.rest = this.rest.replace(/^\s+/, '');
    else if (this.rest.startsWith(character)) this.rest = this.rest.slice(character.length);
    else throw new TimeMismatch(`expected ${JSON.stringify(character)}`);
  }

  private take(pattern: RegExp, letter: string): string {
    const found = pattern.exec(this.rest)?.[0];
    if (found === undefined) throw new TimeMismatch(`cannot parse %${letter}`);
    this.rest = this.rest.slice(found.length);
    return found;
  }

  private number(letter: string, digits: number, [least, most]: readonly [number, number]): number {
    const value = Number(this.take(new RegExp(`^ ?\\d{1,${digits}}`), letter));
    if (value < least || value > most) throw new TimeMismatch(`cannot parse %${letter}`);
    return value;
  }

  private name(names: readonly string[], letter: string): number {
    const lower = this.rest.toLowerCase();
    const found = names.findIndex((name) => lower.startsWith(name.toLowerCase().slice(0, 3)));
    if (found < 0) throw new TimeMismatch(`cannot parse %${letter}`);
    const whole = names[found] ?? '';
    this.rest = this.rest.slice(lower.startsWith(whole.toLowerCase()) ? whole.length : 3);
    return found;
  }

  private directive(letter: string): void {
    const composite = COMPOSITES[letter];
    if (composite !== undefined) {
      this.follow(composite);
      return;
    }
    const { fields } = this;
    switch (letter) {
      case 'Y':
        fields.year = Number(this.take(/^-?\d{1,4}/, letter));
        return;
      case 'y': {
        const year = this.number(letter, 2, [0, 99]);
        fields.year = year < 69 ? 2000 + year : 1900 + year;
        return;
      }
      case 'm':
        fields.month = this.number(letter, 2, [1, 12]);
        return;
      case 'B':
      case 'b':
      case 'h':
        fields.month = this.name(MONTH_NAMES, letter) + 1;
        return;
      case 'A':
      case 'a':
        this.name(DAY_NAMES, letter);
        return;
      case 'd':
      case 'e':
        fields.day = this.number(letter, 2, [1, 31]);
        return;
      case 'j':
        this.yearDay = this.number(letter, 3, [1, 366]);
        return;
      default:
        this.clockDirective(letter);
    }
  }

  private clockDirective(letter: string): void {
    const { fields } = this;
    switch (letter) {
      case 'H':
      case 'k':
        fields.hour = this.number(letter, 2, [0, 23]);
        return;
      case 'I':
      case 'l':
        fields.hour = this.number(letter, 2, [1, 12]);
        return;
      case 'M':
        fields.minute = this.number(letter, 2, [0, 59]);
        return;
      case 'S':
        fields.second = this.number(letter, 2, [0, 60]);
        return;
      case 'p':
      case 'P':
        this.isAfternoon = this.take(/^[AaPp][Mm]/, letter).toLowerCase() === 'pm';
        return;
      case 's':
        this.epoch = Number(this.take(/^-?\d+/, letter));
        return;
      case 'z':
        this.readOffset();
        return;
      default:
        this.skip(letter);
    }
  }

  /** What a time may say without meaning another one. */
  private skip(letter: string): void {
    switch (letter) {
      case 'f':
        this.take(/^\d{1,9}/, letter);
        return;
      case 'Z':
        this.take(/^[A-Za-z]+/, letter);
        return;
      case 'u':
      case 'w':
        this.number(letter, 1, [0, 7]);
        return;
      case 'U':
      case 'W':
      case 'V':
        this.number(letter, 2, [0, 53]);
        return;
      case 'n':
      case 't':
        this.rest = this.rest.replace(/^\s+/, '');
        return;
      case '%':
        this.literal('%');
        return;
      default:
        throw new TimeMismatch(`unsupported directive %${letter}`);
    }
  }

  private readOffset(): void {
    const found = this.take(/^(?:Z|[+-]\d{2}:?\d{2})/, 'z');
    if (found === 'Z') return;
    const [hours, minutes] = [Number(found.slice(1, 3)), Number(found.slice(-2))];
    this.offset = (found.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60);
  }
}
