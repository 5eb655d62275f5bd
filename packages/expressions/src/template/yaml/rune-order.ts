/**
 * The order of keys rune by rune, as exact as Go's: digits of every script, numbers that overflow.
 * @spec go.yaml.in/yaml/v2 sorter.go keyList.Less
 */
import { runesOf } from '../go-text.ts';

/** Compares two different keys; `isPretty` as yaml/v3 does, where letters come first behind a digit. */
export const compareRunes = (left: string, right: string, isPretty: boolean): number =>
  isBefore(runesOf(left), runesOf(right), isPretty) ? -1 : 1;

const isLetter = (rune: string): boolean => /^\p{L}$/u.test(rune);
const isDigit = (rune: string | undefined): boolean => rune !== undefined && /^\p{Nd}$/u.test(rune);
const codeOf = (rune: string): number => rune.codePointAt(0) ?? 0;

const isBefore = (left: readonly string[], right: readonly string[], isPretty: boolean): boolean => {
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index += 1) {
    const [a, b] = [left[index] ?? '', right[index] ?? ''];
    if (a === b) continue;
    const [isA, isB] = [isLetter(a), isLetter(b)];
    if (isA && isB) return codeOf(a) < codeOf(b);
    if (isA || isB) return isPretty && isDigit(left[index - 1]) ? isA : isB;
    return isNumberBefore(left, right, index);
  }
  return left.length < right.length;
};

const isNumberBefore = (left: readonly string[], right: readonly string[], from: number): boolean => {
  const start = (left[from] === '0' || right[from] === '0') && hasNonZeroDigitBefore(left, from) ? 1n : 0n;
  const [a, aEnd] = readDigits(left, from, start);
  const [b, bEnd] = readDigits(right, from, start);
  if (a !== b) return a < b;
  if (aEnd !== bEnd) return aEnd < bEnd;
  return codeOf(left[from] ?? '') < codeOf(right[from] ?? '');
};

const hasNonZeroDigitBefore = (runes: readonly string[], from: number): boolean => {
  for (let index = from - 1; index >= 0 && isDigit(runes[index]); index -= 1) if (runes[index] !== '0') return true;
  return false;
};

const readDigits = (runes: readonly string[], from: number, start: bigint): readonly [bigint, number] => {
  let [value, end] = [start, from];
  for (; isDigit(runes[end]); end += 1) value = BigInt.asIntN(64, value * 10n + BigInt(codeOf(runes[end] ?? '0') - 48));
  return [value, end];
};
