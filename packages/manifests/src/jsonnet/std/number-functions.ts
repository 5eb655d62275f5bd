/**
 * Mathematics of the library.
 */
import { compareNumbers } from './order.ts';
import { finite, problem } from '../runtime/values.ts';
import { formatText } from './format.ts';
import type { Native, Natives } from './native.ts';

const of1 = (compute: (x: number) => number, parameter = 'x'): Native => [
  parameter,
  (call) => finite(compute(call.number(0))),
];
const of2 = (parameters: string, compute: (a: number, b: number) => number): Native => [
  parameters,
  (call) => finite(compute(call.number(0), call.number(1))),
];

/** 2 to this power is the largest not above the number's magnitude, plus one: C's frexp. */
const exponentOf = (x: number): number => {
  if (x === 0) return 0;
  const guess = Math.floor(Math.log2(Math.abs(x))) + 1;
  const mantissa = Math.abs(x) / 2 ** guess;
  if (mantissa >= 1) return guess + 1;
  return mantissa < 0.5 ? guess - 1 : guess;
};
const mantissaOf = (x: number): number => {
  const exponent = exponentOf(x);
  // In two steps: 2 to the power itself may be more than a number can be.
  return exponent > 1000 ? x / 2 ** 1000 / 2 ** (exponent - 1000) : x * 2 ** -exponent;
};

/** As Go computes it: from the parts of the number, so that powers of two are exact. */
const log2 = (x: number): number => {
  const [mantissa, exponent] = [mantissaOf(x), exponentOf(x)];
  return mantissa === 0.5 ? exponent - 1 : Math.log(mantissa) * (1 / Math.LN2) + exponent;
};

const isWhole = (x: number): boolean => Math.trunc(x) === x;

/** By name. */
export const NUMBER_FUNCTIONS: Natives = {
  abs: of1(Math.abs, 'n'),
  sign: of1((n) => Math.sign(n), 'n'),
  max: of2('a b', (a, b) => (a > b ? a : b)),
  min: of2('a b', (a, b) => (a < b ? a : b)),
  pow: of2('x n', (x, n) => x ** n),
  exp: of1(Math.exp),
  log: of1(Math.log),
  log2: of1(log2),
  log10: of1((x) => log2(x) * (Math.LN2 / Math.LN10)),
  exponent: of1(exponentOf),
  mantissa: of1(mantissaOf),
  floor: of1(Math.floor),
  ceil: of1(Math.ceil),
  sqrt: of1(Math.sqrt),
  sin: of1(Math.sin),
  cos: of1(Math.cos),
  tan: of1(Math.tan),
  asin: of1(Math.asin),
  acos: of1(Math.acos),
  atan: of1(Math.atan),
  atan2: of2('y x', Math.atan2),
  hypot: of2('a b', (a, b) => Math.sqrt(a * a + b * b)),
  deg2rad: of1((x) => (x * Math.PI) / 180),
  rad2deg: of1((x) => (x * 180) / Math.PI),
  round: of1((x) => (x < 0 ? -Math.floor(0.5 - x) : Math.floor(x + 0.5))),
  clamp: [
    'x minVal maxVal',
    (call) => {
      const [x, least, most] = [call.number(0), call.number(1), call.number(2)];
      if (x < least) return least;
      return compareNumbers(x, most) > 0 ? most : x;
    },
  ],
  isEven: ['x', (call) => Math.trunc(call.number(0)) % 2 === 0],
  isOdd: ['x', (call) => Math.trunc(call.number(0)) % 2 !== 0],
  isInteger: ['x', (call) => isWhole(call.number(0))],
  isDecimal: ['x', (call) => !isWhole(call.number(0))],
  modulo: [
    'x y',
    (call) => {
      if (call.number(1) === 0) throw problem('division by zero');
      return call.number(0) % call.number(1);
    },
  ],
  mod: [
    'a b',
    (call) => {
      const left = call.value(0);
      if (typeof left === 'string') return formatText(call.machine, left, call.value(1));
      if (call.number(1) === 0) throw problem('division by zero');
      return call.number(0) % call.number(1);
    },
  ],
  xor: ['x y', (call) => call.truth(0) !== call.truth(1)],
  xnor: ['x y', (call) => call.truth(0) === call.truth(1)],
};
