/**
 * The natural order of keys: a2 before a10, letters after everything else.
 * @spec go.yaml.in/yaml/v2 sorter.go keyList.Less
 */
import { compareRunes } from './rune-order.ts';

const LAST_ASCII = 0x7f;
const ZERO = 0x30;
/** Digits of a number that is exact as it is, with one more before them. */
const EXACT_DIGITS = 14;

/** Compares two keys for sorting. */
export const compareKeys = (left: string, right: string): number => compare(left, right, false);

/** Compares as yaml/v3 does: behind a digit letters come first. @spec go.yaml.in/yaml/v3 sorter.go keyList.Less */
export const comparePrettyKeys = (left: string, right: string): number => compare(left, right, true);

const compare = (left: string, right: string, isPretty: boolean): number => {
  if (left === right) return 0;
  return compareAscii(left, right, isPretty) ?? compareRunes(left, right, isPretty);
};

/** Quick, as keys are ASCII nearly always: decided without runes, or `undefined` where those are needed. */
const compareAscii = (left: string, right: string, isPretty: boolean): number | undefined => {
  const shared = Math.min(left.length, right.length);
  let at = 0;
  while (at < shared && left.charCodeAt(at) === right.charCodeAt(at)) at += 1;
  const before = at === 0 ? 0 : left.charCodeAt(at - 1);
  if (before > LAST_ASCII) return undefined;
  if (at === shared) return left.length - right.length;
  const [a, b] = [left.charCodeAt(at), right.charCodeAt(at)];
  if (a > LAST_ASCII || b > LAST_ASCII) return undefined;
  const [isA, isB] = [isAsciiLetter(a), isAsciiLetter(b)];
  if (isA && isB) return a - b;
  if (isA || isB) return isA === (isPretty && isAsciiDigit(before)) ? -1 : 1;
  return compareAsciiNumbers(left, right, at);
};

const compareAsciiNumbers = (left: string, right: string, at: number): number | undefined => {
  const first = left.charCodeAt(at) === ZERO || right.charCodeAt(at) === ZERO ? digitBefore(left, at) : '';
  if (first === undefined) return undefined;
  const [leftEnd, rightEnd] = [digitsEnd(left, at), digitsEnd(right, at)];
  const isExact = leftEnd - at <= EXACT_DIGITS && rightEnd - at <= EXACT_DIGITS;
  if (!isExact || left.charCodeAt(leftEnd) > LAST_ASCII || right.charCodeAt(rightEnd) > LAST_ASCII) return undefined;
  const difference = Number(first + left.slice(at, leftEnd)) - Number(first + right.slice(at, rightEnd));
  return difference || leftEnd - rightEnd || left.charCodeAt(at) - right.charCodeAt(at);
};

/** A one where a zero goes on with a number, so that it counts; `undefined` where another script may have begun it. */
const digitBefore = (text: string, at: number): '' | '1' | undefined => {
  let index = at - 1;
  while (text.charCodeAt(index) === ZERO) index -= 1;
  const code = text.charCodeAt(index);
  if (code > LAST_ASCII) return undefined;
  return isAsciiDigit(code) ? '1' : '';
};

const digitsEnd = (text: string, from: number): number => {
  let end = from;
  while (isAsciiDigit(text.charCodeAt(end))) end += 1;
  return end;
};

const isAsciiDigit = (code: number): boolean => code >= ZERO && code <= 0x39;
const isAsciiLetter = (code: number): boolean => (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
