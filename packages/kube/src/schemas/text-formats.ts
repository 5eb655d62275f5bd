/**
 * Formats of texts. Those of schemas users write are checked as go-openapi does; Kubernetes ignores the ones it does not
 * know. Types that Go reads by itself have forms of their own, which no schema of a user can name.
 * @upstream k8s.io/kube-openapi/pkg/validation/strfmt
 */
import { parseGoDuration, parseQuantity } from '@argosy/base';

import { ipFamily, isIpBlock } from '../rules/network/ip-address.ts';
import { isUsualTime, timeProblem } from '../messages/go-time.ts';

/** Types of built-in kinds that are texts and read themselves. */
export type TextForm = 'quantity' | 'micro-time';

/** Whether a text has a format; formats nobody knows are had by every text. */
export const hasFormat = (format: string, value: string): boolean =>
  // Dashes in names of formats mean nothing.
  FORMATS.get(format === 'date-time' ? 'datetime' : format.replaceAll('-', ''))?.(value) ?? true;

/** Whether a text is one of a type that reads itself. */
export const hasForm = (form: TextForm, value: string): boolean =>
  form === 'quantity' ? parseQuantity(value.trim()) !== undefined : timeProblem(value, 'micros') === undefined;

const isDate = (value: string): boolean => timeProblem(`${value}T00:00:00Z`, 'seconds') === undefined;

const isDateTime = (value: string): boolean => {
  if (isUsualTime(value)) return true;
  const [date = '', time] = value.toLowerCase().split('t');
  const parts = /^(\d{2}):(\d{2}):(\d{2})(?:.\d+)?(?:z|[+-]\d{2}:\d{2})$/.exec(time ?? '');
  const [, hours = '', minutes = '', seconds = ''] = parts ?? [];
  return parts !== null && isDate(date) && hours <= '23' && minutes <= '59' && seconds <= '59';
};

/** Words for units of time; the last of each may be continued: `seconds`. */
const UNITS: readonly (readonly string[])[] = [
  ['ns', 'nano'],
  ['us', 'µs', 'micro'],
  ['ms', 'milli'],
  ['s', 'sec'],
  ['m', 'min'],
  ['h', 'hr', 'hour'],
  ['d', 'day'],
  ['w', 'wk', 'week'],
];

const isUnit = (word: string): boolean =>
  UNITS.some((words) => words.includes(word) || word.startsWith(words.at(-1) ?? ''));

const isDuration = (value: string): boolean =>
  parseGoDuration(value) !== undefined ||
  [...value.matchAll(/\d+\s*([A-Za-zµ]+)/g)].some(([, unit = '']) => isUnit(unit.toLowerCase()));

const isUri = (value: string): boolean => {
  // oxlint-disable-next-line no-control-regex -- a URI has none
  if (/[\u0000-\u001F\u007F]/.test(value)) return false;
  const rest = /^[A-Za-z][A-Za-z0-9+.-]*:(.*)$/.exec(value)?.[1];
  if (rest === undefined && !value.startsWith('/')) return false;
  const authority = /^\/\/([^/?]*)/.exec(rest ?? value)?.[1] ?? '';
  return !/[\s<>"]/.test(authority) && !/%(?![0-9A-Fa-f]{2})/.test(value.split('?')[0] ?? '');
};

const matches =
  (pattern: RegExp) =>
  (value: string): boolean =>
    pattern.test(value);

const FORMATS: ReadonlyMap<string, (value: string) => boolean> = new Map(
  Object.entries({
    datetime: isDateTime,
    date: isDate,
    duration: isDuration,
    uri: isUri,
    uuid: matches(/^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i),
    uuid3: matches(/^[0-9a-f]{8}-?[0-9a-f]{4}-?3[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i),
    uuid4: matches(/^[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$/i),
    uuid5: matches(/^[0-9a-f]{8}-?[0-9a-f]{4}-?5[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$/i),
    ipv4: (value) => ipFamily(value) === 'IPv4' && value.split('.').every((part) => part === String(Number(part))),
    ipv6: (value) => ipFamily(value) === 'IPv6',
    cidr: isIpBlock,
    mac: matches(
      /^([0-9a-f]{2}([:-])([0-9a-f]{2}\2){4}(([0-9a-f]{2}\2){2})?[0-9a-f]{2}|[0-9a-f]{4}(\.[0-9a-f]{4}){2,3})$/i,
    ),
    // Breaks between lines are read over.
    byte: (value) => {
      const written = value.replaceAll(/[\r\n]/g, '');
      return written.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(written);
    },
    email: matches(/^[^\s@]+@[^\s@]+$/),
    hexcolor: matches(/^#?([0-9a-f]{3}|[0-9a-f]{6})$/i),
    bsonobjectid: matches(/^[0-9a-f]{24}$/i),
    ssn: matches(/^\d{3}[- ]?\d{2}[- ]?\d{4}$/),
  }),
);
