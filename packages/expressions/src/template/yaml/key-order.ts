/**
 * The natural order of keys: a2 before a10, letters after everything else.
 * @spec go.yaml.in/yaml/v2 sorter.go keyList.Less
 */
import { runesOf } from '../go-text.ts';

/** Compares two keys for sorting. */
export const compareKeys = (left: string, right: string): number => compare(left, right, false);

/** Compares as yaml/v3 does: behind a digit letters come first. @spec go.yaml.in/yaml/v3 sorter.go keyList.Less */
export const comparePrettyKeys = (left: string, right: string): number => compare(left, right, true);

const compare = (left: string, right: string, isPretty: boolean): number => {
  if (left === right) return 0;
  return isBefore(runesOf(left), runesOf(right), isPretty) ? -1 : 1;
};

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
