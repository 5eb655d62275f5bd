/**
 * Cron schedules as robfig/cron v3 reads them: five fields (or six with seconds), descriptors (`@daily`, `@every 90s`),
 * a `CRON_TZ=` or `TZ=` prefix. Upstream's CronWorkflows, calendar event sources, sync windows and condition resets all
 * use that library.
 * @spec https://pkg.go.dev/github.com/robfig/cron/v3
 */
import { createZoneClock } from './cron-zone.ts';
import { parseGoDuration } from './go-duration.ts';
import { fail, ok, type Result } from './result.ts';

/** How a schedule text is read. */
export interface CronOptions {
  /** Whether a field for seconds comes first; default `none`. */
  readonly seconds?: 'none' | 'optional' | 'required';
  /** Whether the last field, the day of the week, may be left out; default false. */
  readonly dayOfWeekOptional?: boolean;
  /** Zone used when the text names none; default UTC. */
  readonly zone?: string;
}

/** A set of numbers; `isStar` when written `*` or `?`, which matters for how the two day fields combine. */
export interface CronField {
  readonly values: ReadonlySet<number>;
  readonly isStar: boolean;
}

/** A schedule that was read. A value: it may be kept and shared. */
export type CronSchedule =
  /** Whole seconds between activations, at least 1 s. */
  | { readonly kind: 'every'; readonly intervalMs: number }
  | {
      readonly kind: 'fields';
      readonly zone: string;
      readonly second: CronField;
      readonly minute: CronField;
      readonly hour: CronField;
      readonly dayOfMonth: CronField;
      readonly month: CronField;
      readonly dayOfWeek: CronField;
    };

/** Reads a schedule. Fails with one sentence that names the part that is wrong. */
export const parseCron = (text: string, options: CronOptions = {}): Result<CronSchedule> => {
  const zoned = splitZone(text, options.zone ?? 'UTC');
  if (!zoned.ok) return zoned;
  const { zone, rest } = zoned.value;
  const known = createZoneClock(zone);
  if (!known.ok) return known;
  if (rest.startsWith('@')) return parseDescriptor(rest, zone);
  const texts = normalizeFields(rest, options);
  return texts.ok ? parseFields(texts.value, zone) : texts;
};

type FieldName = 'second' | 'minute' | 'hour' | 'dayOfMonth' | 'month' | 'dayOfWeek';

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const BOUNDS: Readonly<Record<FieldName, Bounds>> = {
  second: { min: 0, max: 59 },
  minute: { min: 0, max: 59 },
  hour: { min: 0, max: 23 },
  dayOfMonth: { min: 1, max: 31 },
  month: {
    min: 1,
    max: 12,
    names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  },
  dayOfWeek: { min: 0, max: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
};

const DESCRIPTORS: Readonly<Record<string, readonly string[]>> = {
  '@yearly': ['0', '0', '0', '1', '1', '*'],
  '@annually': ['0', '0', '0', '1', '1', '*'],
  '@monthly': ['0', '0', '0', '1', '*', '*'],
  '@weekly': ['0', '0', '0', '*', '*', '0'],
  '@daily': ['0', '0', '0', '*', '*', '*'],
  '@midnight': ['0', '0', '0', '*', '*', '*'],
  '@hourly': ['0', '0', '*', '*', '*', '*'],
};

const splitZone = (text: string, zone: string): Result<{ readonly zone: string; readonly rest: string }> => {
  if (text.trim() === '') return fail('empty schedule');
  const prefix = /^(?:CRON_)?TZ=(\S*)(?:\s+(.*))?$/s.exec(text);
  if (!prefix) return ok({ zone, rest: text.trim() });
  const rest = (prefix[2] ?? '').trim();
  return rest === ''
    ? fail(`schedule ${JSON.stringify(text)} has a time zone only`)
    : ok({ zone: prefix[1] ?? '', rest });
};

const parseDescriptor = (text: string, zone: string): Result<CronSchedule> => {
  const fields = Object.hasOwn(DESCRIPTORS, text) ? DESCRIPTORS[text] : undefined;
  if (fields) return parseFields(fields, zone);
  const every = /^@every (.*)$/.exec(text)?.[1];
  if (every === undefined) return fail(`unrecognized descriptor: ${text}`);
  const durationMs = parseGoDuration(every);
  if (durationMs === undefined) return fail(`not a duration in ${JSON.stringify(text)}: write e.g. @every 1h30m`);
  return ok({ kind: 'every', intervalMs: Math.max(1000, Math.floor(durationMs / 1000) * 1000) });
};

/** Gives six texts: what was left out is filled in. */
const normalizeFields = (text: string, options: CronOptions): Result<readonly string[]> => {
  const given = text.split(/\s+/);
  const secondsCounts = { none: [0], optional: [0, 1], required: [1] }[options.seconds ?? 'none'];
  const least = 4 + (secondsCounts[0] ?? 0) + (options.dayOfWeekOptional ? 0 : 1);
  const most = 5 + (secondsCounts.at(-1) ?? 0);
  if (given.length < least || given.length > most)
    return fail(
      `expected ${least === most ? `exactly ${most}` : `${least} to ${most}`} fields, found ${given.length}: ${JSON.stringify(text)}`,
    );
  const withDay = options.dayOfWeekOptional && given.length === least ? [...given, '*'] : given;
  return ok(withDay.length === 5 ? ['0', ...withDay] : withDay);
};

const parseFields = (texts: readonly string[], zone: string): Result<CronSchedule> => {
  const fields: CronField[] = [];
  for (const [index, name] of (Object.keys(BOUNDS) as FieldName[]).entries()) {
    const field = parseField(texts[index] ?? '', BOUNDS[name]);
    if (!field.ok) return field;
    fields.push(field.value);
  }
  const [second, minute, hour, dayOfMonth, month, dayOfWeek] = fields as [
    CronField,
    CronField,
    CronField,
    CronField,
    CronField,
    CronField,
  ];
  return ok({ kind: 'fields', zone, second, minute, hour, dayOfMonth, month, dayOfWeek });
};

const parseField = (text: string, bounds: Bounds): Result<CronField> => {
  const values = new Set<number>();
  let isStar = false;
  // Empty parts between commas are passed over, as by strings.FieldsFunc.
  for (const part of text.split(',').filter((one) => one !== '')) {
    const range = parseRange(part, bounds);
    if (!range.ok) return range;
    const { start, end, step } = range.value;
    for (let value = start; value <= end; value += step) values.add(value);
    isStar ||= range.value.isStar;
  }
  return ok({ values, isStar });
};

interface Range {
  readonly start: number;
  readonly end: number;
  readonly step: number;
  readonly isStar: boolean;
}

const parseRange = (text: string, bounds: Bounds): Result<Range> => {
  const [rangeText = '', stepText, ...tooMany] = text.split('/');
  const [lowText = '', highText, ...more] = rangeText.split('-');
  if (tooMany.length > 0) return fail(`too many slashes: ${text}`);
  if (more.length > 0) return fail(`too many hyphens: ${text}`);
  const isAll = lowText === '*' || lowText === '?';
  const low = isAll ? ok(bounds.min) : parseNumber(lowText, bounds);
  if (!low.ok) return low;
  const high = isAll ? ok(bounds.max) : highText === undefined ? low : parseNumber(highText, bounds);
  if (!high.ok) return high;
  const step = stepText === undefined ? ok(1) : parseNumber(stepText, {});
  if (!step.ok) return step;
  // "N/step" means from N to the end.
  const end = stepText !== undefined && highText === undefined ? bounds.max : high.value;
  if (low.value < bounds.min) return fail(`beginning of range (${low.value}) below minimum (${bounds.min}): ${text}`);
  if (end > bounds.max) return fail(`end of range (${end}) above maximum (${bounds.max}): ${text}`);
  if (low.value > end) return fail(`beginning of range (${low.value}) beyond end of range (${end}): ${text}`);
  if (step.value === 0) return fail(`step of range should be a positive number: ${text}`);
  return ok({ start: low.value, end, step: step.value, isStar: isAll && step.value === 1 });
};

const parseNumber = (text: string, bounds: Partial<Bounds>): Result<number> => {
  const named = bounds.names?.indexOf(text.toLowerCase()) ?? -1;
  if (named >= 0) return ok(named + (bounds.min ?? 0));
  return /^\d{1,9}$/.test(text) ? ok(Number(text)) : fail(`not a number in schedule: ${JSON.stringify(text)}`);
};
