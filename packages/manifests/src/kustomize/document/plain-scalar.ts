/**
 * What a plain scalar means to Kustomize: YAML 1.2's words, octals of both kinds, times.
 * @upstream go.yaml.in/yaml/v3/resolve.go
 */
import { PlainScalar } from './plain-text.ts';

const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const INTEGER = /^[-+]?(0|[1-9][0-9]*|0[0-7]+|0[oO][0-7]+|0[xX][0-9a-fA-F]+|0[bB][01]+)$/;
const SPECIAL_FLOAT = /^[-+]?\.(inf|Inf|INF)$|^\.(nan|NaN|NAN)$/;
const TIME =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:[Tt]|[ \t]+)(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d+))?[ \t]*(Z|[-+]\d{1,2}(?::?\d{2})?)?)?$/;
const FIRST = /[-+.0-9tTfFnN~]/;

/** The value of a plain scalar; a string when it is nothing else. */
export const parsePlain = (text: string): null | boolean | number | string | PlainScalar => {
  if (text === '') return null;
  if (!FIRST.test(text[0] ?? '')) return text;
  switch (text) {
    case '~':
    case 'null':
    case 'Null':
    case 'NULL':
      return new PlainScalar('null', text);
    case 'true':
    case 'True':
    case 'TRUE':
      return true;
    case 'false':
    case 'False':
    case 'FALSE':
      return false;
    default:
      return parseNumber(text);
  }
};

/** The exact value of a number's text: whole ones as bigint. */
export const numberOf = (text: string): bigint | number => {
  const plain = text.replaceAll('_', '');
  if (!INTEGER.test(plain)) return Number(plain);
  const digits = plain.replace(/^[-+]/, '');
  const value = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits.toLowerCase());
  return plain.startsWith('-') ? -value : value;
};

/** The time of a text as Go writes it in JSON. */
export const toJsonTime = (text: string): string => {
  const parts = TIME.exec(text) ?? [];
  const [, year, month = '', day = '', hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = parts;
  const pad = (part: string): string => part.padStart(2, '0');
  const rest = fraction.replace(/0+$/, '');
  return `${year}-${pad(month)}-${pad(day)}T${pad(hour)}:${pad(minute)}:${pad(second)}${rest && `.${rest}`}${zone}`;
};

const parseNumber = (text: string): number | string | PlainScalar => {
  if (!/[-+.0-9]/.test(text[0] ?? '')) return text;
  const time = TIME.exec(text);
  if (time && isTime(time)) return new PlainScalar('time', text);
  const plain = text.replaceAll('_', '');
  if (!INTEGER.test(plain) && !FLOAT.test(plain) && !SPECIAL_FLOAT.test(plain)) return text;
  const value = Number(plain);
  // Beyond 2^53 a number may be written as the text was and yet be another.
  const isExact = String(value) === text && (Number.isSafeInteger(value) || !Number.isInteger(value));
  return isExact && Number.isFinite(value) ? value : new PlainScalar('number', text);
};

const isTime = (parts: RegExpExecArray): boolean => {
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0));
  const date = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day ?? 0));
  const isDate = date.getUTCMonth() + 1 === month && date.getUTCDate() === day;
  // With a zone, Go asks for the letter T; without one, for a space.
  const zone = parts[8];
  const hasTime = parts[4] !== undefined;
  const isForm =
    !hasTime || (zone ? /[Tt]/.test(parts[0]) && /^(Z|[-+]\d{2}:\d{2})$/.test(zone) : parts[0].includes(' '));
  return isDate && isForm && (hour ?? 0) < 24 && (minute ?? 0) < 60 && (second ?? 0) < 60;
};
