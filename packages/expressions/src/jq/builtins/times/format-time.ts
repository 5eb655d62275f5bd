/**
 * Times written by `%` formats, in UTC and English.
 * @spec github.com/itchyny/timefmt-go
 */
import { DAY_NAMES, MONTH_NAMES } from '../../../go-time/names.ts';

/** Directives that stand for several. */
export const COMPOSITES: Readonly<Record<string, string>> = {
  c: '%a %b %e %H:%M:%S %Y',
  v: '%e-%b-%Y',
  D: '%m/%d/%y',
  x: '%m/%d/%y',
  F: '%Y-%m-%d',
  T: '%H:%M:%S',
  X: '%H:%M:%S',
  r: '%I:%M:%S %p',
  R: '%H:%M',
  '+': '%a %b %e %H:%M:%S %Z %Y',
};

/** Writes a date. */
export const formatTime = (date: Date, format: string): string =>
  format.replace(/%([-_0^#]?)(E|O)?([A-Za-z%+])/gu, (whole: string, flag: string, _: unknown, letter: string) => {
    const composite = COMPOSITES[letter];
    const text = composite === undefined ? DIRECTIVES[letter]?.(date) : formatTime(date, composite);
    if (text === undefined) return whole;
    if (flag === '-') return text.replace(/^[0 ]+(?=\d)/, '');
    if (flag === '_') return text.replace(/^0+(?=\d)/, (zeros) => ' '.repeat(zeros.length));
    return flag === '^' ? text.toUpperCase() : text;
  });

/** Days of its year before a day. */
export const dayOfYear = (date: Date): number => {
  const start = new Date(0);
  start.setUTCFullYear(date.getUTCFullYear(), 0, 1);
  return Math.floor((date.getTime() - start.getTime()) / 86_400_000);
};

const isoWeek = (date: Date): { readonly year: number; readonly week: number } => {
  // The week belongs to the year its Thursday is in.
  const thursday = new Date(date.getTime() + (4 - (date.getUTCDay() || 7)) * 86_400_000);
  return { year: thursday.getUTCFullYear(), week: Math.floor(dayOfYear(thursday) / 7) + 1 };
};

const two = (value: number, fill = '0'): string => String(value).padStart(2, fill);

const hour12 = (date: Date): number => date.getUTCHours() % 12 || 12;

/** Week of the year, weeks beginning with a weekday. */
const weekFrom = (date: Date, first: number): string =>
  two(Math.floor((dayOfYear(date) + 7 - ((date.getUTCDay() + 7 - first) % 7)) / 7));

/** The rest, by its letter. Fractions are not kept. */
const DIRECTIVES: Readonly<Record<string, (date: Date) => string | undefined>> = {
  Y: (date) => String(date.getUTCFullYear()).padStart(4, '0'),
  y: (date) => two(date.getUTCFullYear() % 100),
  C: (date) => two(Math.floor(date.getUTCFullYear() / 100)),
  m: (date) => two(date.getUTCMonth() + 1),
  B: (date) => MONTH_NAMES[date.getUTCMonth()],
  b: (date) => MONTH_NAMES[date.getUTCMonth()]?.slice(0, 3),
  h: (date) => MONTH_NAMES[date.getUTCMonth()]?.slice(0, 3),
  d: (date) => two(date.getUTCDate()),
  e: (date) => two(date.getUTCDate(), ' '),
  j: (date) => String(dayOfYear(date) + 1).padStart(3, '0'),
  A: (date) => DAY_NAMES[date.getUTCDay()],
  a: (date) => DAY_NAMES[date.getUTCDay()]?.slice(0, 3),
  w: (date) => String(date.getUTCDay()),
  u: (date) => String(date.getUTCDay() || 7),
  U: (date) => weekFrom(date, 0),
  W: (date) => weekFrom(date, 1),
  V: (date) => two(isoWeek(date).week),
  G: (date) => String(isoWeek(date).year),
  g: (date) => two(isoWeek(date).year % 100),
  H: (date) => two(date.getUTCHours()),
  k: (date) => two(date.getUTCHours(), ' '),
  I: (date) => two(hour12(date)),
  l: (date) => two(hour12(date), ' '),
  M: (date) => two(date.getUTCMinutes()),
  S: (date) => two(date.getUTCSeconds()),
  p: (date) => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
  P: (date) => (date.getUTCHours() < 12 ? 'am' : 'pm'),
  s: (date) => String(Math.floor(date.getTime() / 1000)),
  f: () => '000000',
  L: () => '000',
  Z: () => 'UTC',
  z: () => '+0000',
  n: () => '\n',
  t: () => '\t',
  '%': () => '%',
};
