/**
 * What a scalar looks like to YAML 1.1: whether a text would be read as something else, and how it may be written.
 * @spec go.yaml.in/yaml/v2 resolve.go, emitterc.go yaml_emitter_analyze_scalar
 */
import { runesOf } from '../go-text.ts';
import { readInteger } from '../parse/literals.ts';

const WORDS = new Set(
  [
    'y Y yes Yes YES true True TRUE on On ON n N no No NO false False FALSE off Off OFF',
    '~ null Null NULL .nan .NaN .NAN .inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf -.INF',
  ].flatMap((line) => line.split(' ')),
);
const FLOAT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
const POINT_FLOAT = /^\.\d+(?:[eE][-+]?\d+)?$/;
const SEXAGESIMAL = /^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/;
const TIMESTAMP =
  /^\d{4}-\d{1,2}-\d{1,2}(?:[Tt]\d{1,2}:\d{1,2}:\d{1,2}(?:[.,]\d+)?(?:Z|[+-]\d{2}:\d{2})|[ ]+\d{1,2}:\d{1,2}:\d{1,2}(?:[.,]\d+)?)?$/;

/** Whether a text written plain is read as a number, a truth value, a time or nothing. */
export const isAmbiguous = (text: string): boolean => {
  if (text === '' || WORDS.has(text)) return true;
  if (text.startsWith('.')) return POINT_FLOAT.test(text) && Number.isFinite(Number(text));
  if (!/^[-+\d]/.test(text)) return false;
  if (SEXAGESIMAL.test(text) || isTimestamp(text)) return true;
  const plain = text.replaceAll('_', '');
  const integer = readInteger(plain);
  if (integer !== undefined && integer >= -(2n ** 63n) && integer < 2n ** 64n) return true;
  if (FLOAT.test(plain) && Number.isFinite(Number(plain))) return true;
  return /^-?0b[01]+$/.test(plain);
};

const isTimestamp = (text: string): boolean => {
  if (!TIMESTAMP.test(text)) return false;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = (text.match(/\d+/g) ?? []).map(Number);
  const date = new Date(Date.UTC(2000, month - 1, day));
  date.setUTCFullYear(year, month - 1, day);
  return month >= 1 && date.getUTCMonth() === month - 1 && day >= 1 && hour < 24 && minute < 60 && second < 60;
};

/** In which styles a text may be written. */
export interface ScalarShape {
  readonly isMultiline: boolean;
  readonly allowsPlain: boolean;
  readonly allowsSingleQuotes: boolean;
  readonly allowsBlock: boolean;
}

/** Whether a rune breaks a line. */
export const isBreak = (rune: string | undefined): boolean =>
  rune === '\n' || rune === '\r' || rune === '\u0085' || rune === '\u2028' || rune === '\u2029';

/** Whether a rune is written as it is. */
export const isPrintable = (rune: string): boolean => {
  const code = rune.codePointAt(0) ?? 0;
  if (code === 0x0a || (code >= 0x20 && code <= 0x7e)) return true;
  return (code >= 0xa0 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd && code !== 0xfeff);
};

const FIRST_INDICATORS = new Set('#,[]{}&*!|>\'"%@`');

/** Looks at a text. */
export const shapeOf = (text: string): ScalarShape => {
  const runes = runesOf(text);
  if (runes.length === 0)
    return { isMultiline: false, allowsPlain: true, allowsSingleQuotes: true, allowsBlock: false };
  const isSpecial = runes.some((rune) => !isPrintable(rune));
  const isMultiline = runes.some(isBreak);
  const [first, last] = [runes[0], runes.at(-1)];
  const isEdgeBlank = first === ' ' || last === ' ' || isBreak(first) || isBreak(last);
  const isBreakThenSpace = runes.some((rune, index) => rune === ' ' && isBreak(runes[index - 1]));
  const isSpaceThenBreak = runes.some((rune, index) => isBreak(rune) && runes[index - 1] === ' ');
  const isFree = !isBreakThenSpace && !isSpaceThenBreak && !isSpecial;
  return {
    isMultiline,
    allowsPlain: isFree && !isEdgeBlank && !isMultiline && !hasIndicators(text, runes),
    allowsSingleQuotes: isFree,
    allowsBlock: last !== ' ' && !isSpaceThenBreak && !isSpecial,
  };
};

const isBlank = (rune: string | undefined): boolean =>
  rune === undefined || rune === ' ' || rune === '\t' || isBreak(rune) || rune === '\u0000';

const hasIndicators = (text: string, runes: readonly string[]): boolean => {
  if (text.startsWith('---') || text.startsWith('...')) return true;
  return runes.some((rune, index) => {
    if (index === 0 && FIRST_INDICATORS.has(rune)) return true;
    const next = runes[index + 1];
    if (index === 0 && (rune === '?' || rune === '-')) return isBlank(next);
    if (rune === ':') return isBlank(next);
    return rune === '#' && isBlank(runes[index - 1]);
  });
};
