/**
 * `std.format` and `%`: Python's formatting of texts, with numbers rounded as Jsonnet rounds them.
 * @spec https://jsonnet.org/ref/stdlib.html#format
 */
import type { Machine } from '../runtime/machine.ts';
import { JsonnetObject } from '../runtime/object.ts';
import { textLength, toText, withArticle } from '../runtime/operations.ts';
import { force, isArray, problem, type Value } from '../runtime/values.ts';

/** Formats. `values` is an array, an object for `%(name)s`, or one value. */
export const formatText = (machine: Machine, text: string, values: Value): string => {
  let out = '';
  let taken = 0;
  const list = isArray(values) ? values : [values];
  const next = (): Value => {
    const value = list[taken];
    if (value === undefined) throw problem(`format: there are ${list.length} values, and the text takes more`);
    taken += 1;
    return force(value);
  };
  for (const part of splitFormat(text)) {
    machine.spend(1);
    if (typeof part === 'string') {
      out += part;
      continue;
    }
    const width = part.width === '*' ? starNumber(next()) : Number(part.width || 0);
    const precision = part.precision === '*' ? starNumber(next()) : part.precision;
    machine.reserve(width + (Number(precision) || 0));
    out += pad(formatPart(machine, { part, width, precision }, valueOf(part, values, next)), width, part.flags);
  }
  if (!(values instanceof JsonnetObject) && taken < list.length)
    throw problem(`format: there are ${list.length} values, and the text takes ${taken}`);
  machine.reserve(out.length);
  return out;
};

interface Part {
  readonly key: string | undefined;
  readonly flags: ReadonlySet<string>;
  readonly width: string;
  readonly precision: string | undefined;
  readonly letter: string;
}

interface Given {
  readonly part: Part;
  readonly width: number;
  readonly precision: string | number | undefined;
}

const CODE = /%(?:\(([^)]*)\))?([#0\- +]*)(\*|[0-9]*)(?:\.(\*|[0-9]*))?[hlL]*(.)?/gsu;

const splitFormat = (text: string): readonly (string | Part)[] => {
  const parts: (string | Part)[] = [];
  let at = 0;
  for (const found of text.matchAll(CODE)) {
    const [whole, key, flags = '', width = '', precision, letter = ''] = found;
    if (letter === '') throw problem('format: the text ends within a % code; write %% for a percent sign');
    if (!'diouxXeEfFgGcs%'.includes(letter))
      throw problem(`format: %${letter} is no conversion; use one of d i u o x X e E f F g G c s %`);
    parts.push(text.slice(at, found.index));
    parts.push({ key, flags: new Set(flags), width, precision, letter });
    at = found.index + whole.length;
  }
  parts.push(text.slice(at));
  return parts;
};

const starNumber = (value: Value): number => {
  if (typeof value !== 'number') throw problem(`format: * takes a number, not ${withArticle(value)}`);
  return Math.trunc(value);
};

const valueOf = (part: Part, values: Value, next: () => Value): Value => {
  if (part.letter === '%') return null;
  if (!(values instanceof JsonnetObject)) return next();
  if (part.key === undefined) throw problem('format: an object is given, and a % code names no field: write %(name)s');
  if (!values.has(part.key)) throw problem(`format: there is no field ${JSON.stringify(part.key)}`);
  return values.get(part.key);
};

const pad = (text: string, width: number, flags: ReadonlySet<string>): string => {
  const missing = ' '.repeat(Math.max(0, width - textLength(text)));
  return flags.has('-') ? text + missing : missing + text;
};

const formatPart = (machine: Machine, given: Given, value: Value): string => {
  const { part, width } = given;
  const { letter } = part;
  if (letter === '%') return '%';
  // A precision does not shorten texts here, other than in Python.
  if (letter === 's') return toText(machine, value);
  if (letter === 'c') return formatCharacter(value);
  if (typeof value !== 'number') throw problem(`format: %${letter} takes a number, not ${withArticle(value)}`);
  const zeros = part.flags.has('0') && !part.flags.has('-') ? width : 0;
  const style = { zeros, blank: part.flags.has(' '), plus: part.flags.has('+'), alternate: part.flags.has('#') };
  const precision = given.precision === undefined ? undefined : Number(given.precision);
  const written = formatNumber(letter.toLowerCase(), value, { ...style, precision });
  return letter === letter.toUpperCase() ? written.toUpperCase() : written;
};

const formatCharacter = (value: Value): string => {
  if (typeof value === 'number') return String.fromCodePoint(value);
  if (typeof value === 'string' && textLength(value) === 1) return value;
  throw problem('format: %c takes one character, or its number');
};

interface Style {
  /** Least width, filled by zeros after the sign. */
  readonly zeros: number;
  readonly blank: boolean;
  readonly plus: boolean;
  readonly alternate: boolean;
  readonly precision: number | undefined;
}

const formatNumber = (letter: string, value: number, style: Style): string => {
  const precision = style.precision ?? 6;
  switch (letter) {
    case 'o':
      return formatWhole(value, 8, style.alternate ? '0' : '', style);
    case 'x':
      return formatHex(value, style);
    case 'f':
      return formatFixed(value, { ...style, precision, keepZeros: true });
    case 'e':
      return formatScientific(value, { ...style, precision, keepZeros: true });
    case 'g':
      return formatGeneral(value, { ...style, precision });
    default:
      return formatWhole(value, 10, '', style);
  }
};

const signOf = (isNegative: boolean, { blank, plus }: { readonly blank: boolean; readonly plus: boolean }): string => {
  if (isNegative) return '-';
  if (plus) return '+';
  return blank ? ' ' : '';
};

const formatWhole = (value: number, radix: number, prefix: string, style: Style): string => {
  const sign = signOf(value <= -1, style);
  const magnitude = BigInt(Math.floor(Math.abs(value)));
  const digits = magnitude === 0n ? '0' : prefix + magnitude.toString(radix);
  return sign + digits.padStart(Math.max(style.zeros - sign.length, style.precision ?? 0), '0');
};

const formatHex = (value: number, style: Style): string => {
  const sign = signOf(value <= -1, style);
  const prefix = style.alternate ? '0x' : '';
  const digits = BigInt(Math.floor(Math.abs(value))).toString(16);
  const least = Math.max(style.zeros - sign.length - prefix.length, style.precision ?? 0);
  return sign + prefix + digits.padStart(least, '0');
};

interface FloatStyle extends Style {
  readonly precision: number;
  /** Whether zeros at the end of the fraction stay. */
  readonly keepZeros: boolean;
}

/** Rounds half up in the arithmetic of floats, as Jsonnet's own library does: results are the same to the last digit. */
const formatFixed = (value: number, style: FloatStyle): string => {
  const { precision } = style;
  const scale = 10 ** precision;
  const scaled = Math.abs(value) * scale + 0.5;
  const whole = Math.floor(scaled / scale);
  const fraction = Math.floor(scaled) % scale;
  const isPlain = precision === 0;
  const pointWidth = isPlain && !style.alternate ? 0 : 1;
  const sign = signOf(value < 0, style);
  const digits = BigInt(whole)
    .toString()
    .padStart(style.zeros - precision - pointWidth - sign.length, '0');
  if (isPlain) return sign + digits + (style.alternate ? '.' : '');
  if (!style.keepZeros && fraction <= 0) return sign + digits;
  const shown = BigInt(fraction).toString().padStart(precision, '0');
  return `${sign}${digits}.${style.keepZeros ? shown : shown.replace(/0+$/, '')}`;
};

const exponentOf = (value: number): number => (value === 0 ? 0 : Math.floor(Math.log(Math.abs(value)) / Math.log(10)));

const formatScientific = (value: number, style: FloatStyle): string => {
  const exponent = exponentOf(value);
  const plain = { blank: false, plus: true, alternate: false, precision: undefined };
  const suffix = `e${formatWhole(exponent, 10, '', { ...plain, zeros: 3 })}`;
  // The smallest numbers have an exponent that no power of ten has.
  const mantissa = exponent === -324 ? (value * 10) / 10 ** (exponent + 1) : value / 10 ** exponent;
  return formatFixed(mantissa, { ...style, zeros: style.zeros - suffix.length }) + suffix;
};

const formatGeneral = (value: number, style: Style & { readonly precision: number }): string => {
  const exponent = exponentOf(value);
  const keepZeros = style.alternate;
  if (exponent < -4 || exponent >= style.precision)
    return formatScientific(value, { ...style, precision: style.precision - 1, keepZeros });
  const before = Math.max(1, exponent + 1);
  return formatFixed(value, { ...style, precision: style.precision - before, keepZeros });
};
