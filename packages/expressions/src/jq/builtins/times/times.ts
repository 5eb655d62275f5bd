/**
 * Built-ins of times: seconds since 1970, and arrays of their parts. Local time is UTC.
 * @spec github.com/itchyny/gojq func.go, github.com/itchyny/timefmt-go
 */
import { JqError } from '../../jq-error.ts';
import { isJqArray, isJqNumber, previewOf, type Jq } from '../../values/jq-value.ts';
import type { Native, Natives } from '../../run/machine.ts';
import { native, refuse } from '../native.ts';
import { dayOfYear, formatTime } from './format-time.ts';
import { parseTime } from './parse-time.ts';

/** An instant: a date to the second, and the fraction. */
interface Instant {
  readonly date: Date;
  readonly fraction: number;
}

const fromSeconds = (seconds: number): Instant => {
  const whole = Math.floor(seconds);
  return { date: new Date(whole * 1000), fraction: Math.trunc((seconds - whole) * 1e9) / 1e9 };
};

const toParts = ({ date, fraction }: Instant): readonly Jq[] => [
  date.getUTCFullYear(),
  date.getUTCMonth(),
  date.getUTCDate(),
  date.getUTCHours(),
  date.getUTCMinutes(),
  date.getUTCSeconds() + fraction,
  date.getUTCDay(),
  dayOfYear(date),
];

const fromParts = (parts: readonly Jq[]): Instant => {
  const numbers = parts.slice(0, 8).map((part) => {
    if (!isJqNumber(part)) throw new JqError('expected an array of 8 numbers');
    return Number(part);
  });
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = numbers;
  const date = new Date(0);
  date.setUTCFullYear(Math.trunc(year), Math.trunc(month), Math.trunc(day));
  date.setUTCHours(Math.trunc(hour), Math.trunc(minute), Math.trunc(second));
  return { date, fraction: second - Math.floor(second) };
};

const instantOf = (name: string, input: Jq, args: readonly Jq[]): Instant => {
  if (isJqNumber(input)) return fromSeconds(Number(input));
  if (!isJqArray(input)) throw refuse(name, input, ...args);
  try {
    return fromParts(input);
  } catch (thrown) {
    if (!(thrown instanceof JqError)) throw thrown;
    const shown = args.length === 0 ? '' : `(${args.map(previewOf).join('; ')})`;
    throw new JqError(`${name}${shown} cannot be applied to ${previewOf(input)}: ${thrown.message}`);
  }
};

const strftime = (name: string): Native =>
  native((input, [format = null]) => {
    const instant = instantOf(name, input, [format]);
    if (typeof format !== 'string') throw refuse(name, input, format);
    return formatTime(instant.date, format);
  });

const gmtime = (name: string): Native =>
  native((input) => {
    if (!isJqNumber(input)) throw refuse(name, input);
    return toParts(fromSeconds(Number(input)));
  });

/** Built-ins by `name/count`. */
export const TIME_NATIVES: Natives = {
  'gmtime/0': gmtime('gmtime'),
  'localtime/0': gmtime('localtime'),
  'mktime/0': native((input) => {
    if (!isJqArray(input)) throw refuse('mktime', input);
    const { date, fraction } = instantOf('mktime', input, []);
    return date.getTime() / 1000 + fraction;
  }),
  'now/0': native((_, __, machine) => {
    const { now } = machine.ports;
    if (!now) throw new JqError('now needs the clock, which is not available here');
    return now() / 1000;
  }),
  'strflocaltime/1': strftime('strflocaltime'),
  'strftime/1': strftime('strftime'),
  'strptime/1': native((input, [format = null]) => {
    if (typeof input !== 'string' || typeof format !== 'string') throw refuse('strptime', input, format);
    const seconds = parseTime(input, format);
    if (typeof seconds === 'string')
      throw new JqError(`strptime(${previewOf(format)}) cannot be applied to ${previewOf(input)}: ${seconds}`);
    return toParts(fromSeconds(seconds));
  }),
};
