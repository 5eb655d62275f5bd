/**
 * Arithmetic of jq, exact for integers.
 * @spec github.com/itchyny/gojq operator.go
 */
import type { BinaryOperator } from '../syntax/ast.ts';
import { JqError } from '../jq-error.ts';
import {
  compareJq,
  describeJq,
  integerOf,
  isJqArray,
  isJqNumber,
  isJqObject,
  valueAt,
  type Jq,
  type JqObject,
} from './jq-value.ts';

/** Texts longer than this are not made by repeating. */
const LONGEST = 0x1000_0000;
/** Characters an item of an array counts as. */
const ITEM = 16;

/** Computes or compares. `reserve` refuses results too large. */
export const applyOperator = (
  operator: BinaryOperator,
  [left, right]: readonly [Jq, Jq],
  reserve: (size: number) => void,
): Jq => {
  switch (operator) {
    case '+':
      return add(left, right, reserve);
    case '-':
      return subtract(left, right);
    case '*':
      return multiply(left, right, reserve);
    case '/':
      return divide(left, right);
    case '%':
      return modulo(left, right);
    case '==':
      return compareJq(left, right) === 0;
    case '!=':
      return compareJq(left, right) !== 0;
    case '<':
      return compareJq(left, right) < 0;
    case '<=':
      return compareJq(left, right) <= 0;
    case '>':
      return compareJq(left, right) > 0;
    case '>=':
      return compareJq(left, right) >= 0;
  }
};

const refuse = (verb: string, left: Jq, right: Jq): JqError =>
  new JqError(`cannot ${verb}: ${describeJq(left)} and ${describeJq(right)}`);

const isInteger = (value: number | bigint): boolean => typeof value === 'bigint' || Number.isSafeInteger(value);

/** The result on integers of any size, or on floats when either is one. */
const compute = (
  left: number | bigint,
  right: number | bigint,
  on: { readonly floats: (a: number, b: number) => number; readonly integers: (a: bigint, b: bigint) => bigint },
): number | bigint => {
  if (!isInteger(left) || !isInteger(right)) return on.floats(Number(left), Number(right));
  if (typeof left === 'number' && typeof right === 'number') {
    const quick = on.floats(left, right);
    if (Number.isSafeInteger(quick)) return quick === 0 ? 0 : quick;
  }
  return integerOf(on.integers(BigInt(left), BigInt(right)));
};

/** `+`: null is neutral. */
export const add = (left: Jq, right: Jq, reserve: (size: number) => void): Jq => {
  if (left === null) return right;
  if (right === null) return left;
  if (isJqNumber(left) && isJqNumber(right))
    return compute(left, right, { floats: (a, b) => a + b, integers: (a, b) => a + b });
  if (typeof left === 'string' && typeof right === 'string') return left + right;
  if (isJqArray(left) && isJqArray(right)) {
    reserve((left.length + right.length) * ITEM);
    return [...left, ...right];
  }
  if (isJqObject(left) && isJqObject(right)) return { ...left, ...right };
  throw refuse('add', left, right);
};

const subtract = (left: Jq, right: Jq): Jq => {
  if (isJqNumber(left) && isJqNumber(right))
    return compute(left, right, { floats: (a, b) => a - b, integers: (a, b) => a - b });
  if (isJqArray(left) && isJqArray(right))
    return left.filter((item) => !right.some((other) => compareJq(item, other) === 0));
  throw refuse('subtract', left, right);
};

const multiply = (left: Jq, right: Jq, reserve: (size: number) => void): Jq => {
  if (isJqNumber(left) && isJqNumber(right))
    return compute(left, right, { floats: (a, b) => a * b, integers: (a, b) => a * b });
  if (isJqObject(left) && isJqObject(right)) return mergeDeep(left, right);
  if (typeof left === 'string' && isJqNumber(right)) return repeat(left, Number(right), reserve);
  if (typeof right === 'string' && isJqNumber(left)) return repeat(right, Number(left), reserve);
  throw refuse('multiply', left, right);
};

const mergeDeep = (left: JqObject, right: JqObject): JqObject => {
  const merged = new Map<string, Jq>(Object.entries(left));
  for (const [key, value] of Object.entries(right)) {
    const present = Object.hasOwn(left, key) ? valueAt(left, key) : null;
    merged.set(key, isJqObject(present) && isJqObject(value) ? mergeDeep(present, value) : value);
  }
  return Object.fromEntries(merged);
};

const repeat = (text: string, count: number, reserve: (size: number) => void): Jq => {
  if (count < 0 || Number.isNaN(count) || (text !== '' && count > LONGEST / text.length)) return null;
  if (text === '') return '';
  reserve(text.length * count);
  return text.repeat(Math.trunc(count));
};

const divide = (left: Jq, right: Jq): Jq => {
  if (isJqNumber(left) && isJqNumber(right)) {
    if (Number(right) === 0) throw new JqError(`cannot divide ${describeJq(left)} by: ${describeJq(right)}`);
    if (isInteger(left) && isInteger(right) && BigInt(left) % BigInt(right) === 0n)
      return integerOf(BigInt(left) / BigInt(right));
    return Number(left) / Number(right);
  }
  if (typeof left === 'string' && typeof right === 'string') return splitText(left, right);
  throw refuse('divide', left, right);
};

/** Parts between separators; of an empty text none. */
const splitText = (text: string, separator: string): readonly string[] =>
  text === '' ? [] : separator === '' ? [...text] : text.split(separator);

const modulo = (left: Jq, right: Jq): Jq => {
  if (!isJqNumber(left) || !isJqNumber(right)) throw refuse('modulo', left, right);
  if (Number.isNaN(Number(left)) || Number.isNaN(Number(right))) return Number.NaN;
  const divisor = truncate(right);
  if (divisor === 0n) throw new JqError(`cannot modulo ${describeJq(left)} by: ${describeJq(right)}`);
  return integerOf(truncate(left) % divisor);
};

/** Towards zero; floats beyond 64 bits stop at the ends. */
const truncate = (value: number | bigint): bigint => {
  if (typeof value === 'bigint') return value;
  if (value >= 2 ** 63) return 2n ** 63n - 1n;
  return value <= -(2 ** 63) ? -(2n ** 63n) : BigInt(Math.trunc(value));
};

/** `-x`. */
export const negate = (value: Jq): Jq => {
  if (!isJqNumber(value)) throw new JqError(`cannot negate: ${describeJq(value)}`);
  return typeof value === 'bigint' ? -value : value === 0 ? 0 : -value;
};
