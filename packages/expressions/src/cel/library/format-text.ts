/**
 * `format` of texts: the clauses of cel-go's string extensions, in the one locale Kubernetes has, en-US.
 * @spec https://github.com/google/cel-go/blob/master/ext/formatting.go
 */
import { formatFloat } from '../../template/format/float.ts';
import { quoteGo } from '../../template/format/quote.ts';
import { CelError } from '../cel-error.ts';
import {
  CelDuration,
  CelList,
  CelMap,
  CelTimestamp,
  CelTypeValue,
  celTypeName,
  CelUint,
  numericOf,
  type CelValue,
} from '../values/cel-value.ts';
import { decodeText, textOf } from '../values/cel-text.ts';
import { chargeParts, type CelMeter } from './overloads.ts';

/** A clause: `%.2f`. */
export interface Clause {
  readonly verb: string;
  readonly precision: number;
}

/** Texts and clauses of a pattern. */
export const parsePattern = (pattern: string): readonly (string | Clause)[] => {
  const parts: (string | Clause)[] = [];
  let at = 0;
  while (at < pattern.length) {
    const percent = pattern.indexOf('%', at);
    if (percent !== at) parts.push(pattern.slice(at, percent < 0 ? undefined : percent));
    if (percent < 0) break;
    const [part, end] = readClause(pattern, percent + 1);
    parts.push(part);
    at = end;
  }
  return parts;
};

const VERBS = 'sdfebxXo';
const bad = (what: string): CelError => new CelError(`could not parse formatting clause: ${what}`);

const readClause = (pattern: string, start: number): readonly [string | Clause, number] => {
  if (start >= pattern.length) throw new CelError('unexpected end of string');
  if (pattern[start] === '%') return ['%', start + 1];
  const digits = /^\.(\d*)/.exec(pattern.slice(start));
  const at = start + (digits?.[0].length ?? 0);
  const verb = pattern[at];
  if (digits && verb === undefined)
    throw bad('error while parsing precision: could not find end of precision specifier');
  if (digits?.[1] === '')
    throw bad(
      'error while parsing precision: error while converting precision to integer: strconv.Atoi: parsing "": invalid syntax',
    );
  if (verb === undefined || !VERBS.includes(verb)) throw bad(`unrecognized formatting clause "${verb ?? ''}"`);
  return [{ verb, precision: Math.min(Number(digits?.[1] ?? 6), 1000) }, at + 1];
};

/** Fills a pattern in. */
export const formatText = (pattern: string, args: readonly CelValue[], meter: CelMeter): string => {
  let [output, index] = ['', 0];
  for (const part of parsePattern(pattern)) {
    if (typeof part === 'string') {
      output += part;
      continue;
    }
    if (index >= args.length) throw new CelError(`index ${index} out of range`);
    const arg = args[index] ?? null;
    chargeParts(arg, meter);
    const shown = formatClause(part, arg);
    index += 1;
    meter.spend(1 + shown.length / 10);
    output += shown;
  }
  return output;
};

const refuse = (what: string, value: CelValue): CelError =>
  new CelError(`error during formatting: ${what}, was given ${celTypeName(value)}`);

/** Writes a value as a clause has it. */
export const formatClause = ({ verb, precision }: Clause, value: CelValue): string => {
  const number = numericOf(value);
  const whole = typeof number === 'bigint' ? number : undefined;
  switch (verb) {
    case 's':
      return formatValue(value);
    case 'd':
      if (whole === undefined) throw refuse('decimal clause can only be used on integers', value);
      return String(whole);
    case 'f':
      return formatFixed(doubleOf(value, 'fixed-point'), precision);
    case 'e':
      return formatScientific(doubleOf(value, 'scientific'));
    case 'b':
      if (typeof value === 'boolean') return value ? '1' : '0';
      if (whole === undefined) throw refuse('only integers and bools can be formatted as binary', value);
      return whole.toString(2);
    case 'o':
      if (whole === undefined) throw refuse('octal clause can only be used on integers', value);
      return whole.toString(8);
    default:
      return verb === 'X' ? toHex(value).toUpperCase() : toHex(value);
  }
};

const SPECIAL: ReadonlyMap<CelValue, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);

const doubleOf = (value: CelValue, clause: string): number => {
  const double = typeof value === 'number' ? value : SPECIAL.get(value);
  if (double === undefined) throw refuse(`${clause} clause can only be used on doubles`, value);
  // Zero has no sign here.
  return double === 0 ? 0 : double;
};

/** Digits grouped by thousands. */
const formatFixed = (double: number, precision: number): string => {
  if (!Number.isFinite(double)) return formatSpecial(double);
  const [whole = '', fraction] = formatFloat(double, 'f', precision).split('.');
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
};

const formatSpecial = (double: number): string => (Number.isNaN(double) ? 'NaN' : double > 0 ? '∞' : '-∞');

/** Always six places: what cel-go takes for a precision is the width Go pads to, which six places fill. */
const formatScientific = (double: number): string => {
  if (!Number.isFinite(double)) return formatSpecial(double).padStart(6);
  const [mantissa = '', exponent = ''] = formatFloat(double, 'e', 6).split('e');
  const raised = exponent
    .replace('+', '')
    .replace(/[-\d]/g, (one) => (one === '-' ? '⁻' : (SUPERSCRIPT[Number(one)] ?? '')));
  return `${mantissa}×10${raised}`;
};
const SUPERSCRIPT = [...'⁰¹²³⁴⁵⁶⁷⁸⁹'];

const toHex = (value: CelValue): string => {
  const number = numericOf(value);
  if (typeof number === 'bigint') return number.toString(16);
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  if (!(bytes instanceof Uint8Array))
    throw refuse('only integers, byte buffers, and strings can be formatted as hex', value);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
};

const WHAT_FITS =
  'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps';

/** A value as `%s` writes it. */
const formatValue = (value: CelValue): string => {
  if (value === null) return 'null';
  if (value instanceof CelList) return `[${value.items.map(formatPart).join(', ')}]`;
  if (value instanceof CelMap) return `{${formatEntries(value).join(', ')}}`;
  if (value instanceof CelTypeValue) return value.name;
  if (value instanceof Uint8Array) return decodeText(value);
  const text = textOf(value);
  if (text === undefined) throw refuse(WHAT_FITS, value);
  return text;
};

const formatEntries = (map: CelMap): readonly string[] => {
  const entries = [...map.entries.values()].map(({ key, value }) => [formatPart(key), formatPart(value)] as const);
  return entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([key, value]) => `${key}:${value}`);
};

/** A value inside another: as an expression would have it. */
const formatPart = (value: CelValue): string => {
  if (typeof value === 'string') return quoteGo(value);
  if (value instanceof Uint8Array) return `b${quoteGo(decodeText(value))}`;
  if (typeof value === 'number')
    return Number.isFinite(value) ? formatFloat(value, 'f', 6) : `"${formatFloat(value, 'f', 6)}"`;
  if (value instanceof CelTimestamp) return `timestamp("${formatValue(value)}")`;
  if (value instanceof CelDuration) return `duration("${formatValue(value)}")`;
  if (value instanceof CelUint) return String(value.value);
  const isKnown =
    value === null ||
    typeof value !== 'object' ||
    value instanceof CelList ||
    value instanceof CelMap ||
    value instanceof CelTypeValue;
  if (!isKnown) throw new CelError(`no formatting function for ${celTypeName(value)}`);
  return formatValue(value);
};
