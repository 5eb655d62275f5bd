/**
 * Built-ins of numbers.
 * @spec github.com/itchyny/gojq func.go
 */
import { isJqNumber, type Jq } from '../values/jq-value.ts';
import type { Native, Natives } from '../run/machine.ts';
import { numberOf } from './native.ts';

const of1 = (name: string, body: (value: number) => number): readonly [string, Native] => [
  `${name}/0`,
  { kind: 'value', call: (input) => body(numberOf(name, input)) },
];

const of2 = (name: string, body: (left: number, right: number) => number): readonly [string, Native] => [
  `${name}/2`,
  {
    kind: 'value',
    call: (_, [left = null, right = null]) => body(numberOf(name, left), numberOf(name, right)),
  },
];

/** Halves away from zero. */
const round = (value: number): number => Math.sign(value) * Math.floor(Math.abs(value) + 0.5);

/** Halves to even. */
const roundEven = (value: number): number => {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
};

/** Mantissa in [0.5, 1) and exponent. */
const split = (value: number): readonly [number, number] => {
  if (value === 0 || !Number.isFinite(value)) return [value, 0];
  let exponent = Math.max(-1023, Math.floor(Math.log2(Math.abs(value))) + 1);
  let mantissa = value * 2 ** -exponent;
  while (Math.abs(mantissa) < 0.5) [mantissa, exponent] = [mantissa * 2, exponent - 1];
  while (Math.abs(mantissa) >= 1) [mantissa, exponent] = [mantissa / 2, exponent + 1];
  return [mantissa, exponent];
};

const LANCZOS = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** Logarithm of the gamma function's magnitude. */
const logGamma = (value: number): number => {
  if (value < 0.5) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * value))) - logGamma(1 - value);
  const x = value - 1;
  const sum = LANCZOS.reduce((total, factor, index) => total + factor / (x + index + 1), 0.99999999999980993);
  const t = x + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (x + 0.5) * Math.log(t) - t + Math.log(sum);
};

const gamma = (value: number): number => {
  if (Number.isInteger(value) && value > 0 && value < 23) {
    let product = 1;
    for (let factor = 2; factor < value; factor += 1) product *= factor;
    return product;
  }
  if (value < 0.5) return Math.PI / (Math.sin(Math.PI * value) * gamma(1 - value));
  return Math.exp(logGamma(value));
};

const nextAfter = (from: number, to: number): number => {
  if (Number.isNaN(from) || Number.isNaN(to)) return Number.NaN;
  if (from === to) return from;
  if (from === 0) return to > 0 ? Number.MIN_VALUE : -Number.MIN_VALUE;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, from);
  view.setBigUint64(0, view.getBigUint64(0) + (to > from === from > 0 ? 1n : -1n));
  return view.getFloat64(0);
};

const remainder = (left: number, right: number): number => left - right * roundEven(left / right);

const absolute = (input: Jq): Jq => {
  if (typeof input === 'bigint') return input < 0n ? -input : input;
  return Math.abs(numberOf('abs', input));
};

const isNumberAnd = (test: (value: number) => boolean): Native => ({
  kind: 'value',
  call: (input) => isJqNumber(input) && test(Number(input)),
});

/** Built-ins by `name/count`. */
export const MATH_NATIVES: Natives = {
  ...Object.fromEntries([
    ...(['sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh'] as const).map(
      (name) => of1(name, Math[name]),
    ),
    ...(['floor', 'ceil', 'trunc', 'sqrt', 'cbrt', 'exp', 'expm1', 'log', 'log10', 'log1p', 'log2'] as const).map(
      (name) => of1(name, Math[name]),
    ),
    of1('round', round),
    of1('nearbyint', roundEven),
    of1('rint', roundEven),
    of1('fabs', Math.abs),
    of1('exp2', (value) => 2 ** value),
    of1('exp10', (value) => 10 ** value),
    of1('significand', (value) => (value === 0 || !Number.isFinite(value) ? value : split(value)[0] * 2)),
    of1('logb', (value) => (value === 0 ? -Infinity : split(value)[1] - 1)),
    of1('gamma', gamma),
    of1('tgamma', gamma),
    of1('lgamma', logGamma),
    of2('atan2', Math.atan2),
    of2('copysign', (left, right) => (Object.is(Math.sign(right), -0) || right < 0 ? -Math.abs(left) : Math.abs(left))),
    of2('drem', remainder),
    of2('fdim', (left, right) => Math.max(0, left - right)),
    of2('fmax', Math.max),
    of2('fmin', Math.min),
    of2('fmod', (left, right) => left % right),
    of2('hypot', Math.hypot),
    of2('ldexp', (left, right) => left * 2 ** right),
    of2('nextafter', nextAfter),
    of2('nexttoward', nextAfter),
    of2('pow', (left, right) => left ** right),
    of2('remainder', remainder),
    of2('scalb', (left, right) => left * 2 ** right),
    of2('scalbln', (left, right) => left * 2 ** right),
  ]),
  'abs/0': { kind: 'value', call: absolute },
  'fma/3': {
    kind: 'value',
    call: (_, [x = null, y = null, z = null]) => numberOf('fma', x) * numberOf('fma', y) + numberOf('fma', z),
  },
  'frexp/0': { kind: 'value', call: (input) => split(numberOf('frexp', input)) },
  'infinite/0': { kind: 'value', call: () => Infinity },
  'isfinite/0': isNumberAnd((value) => value !== Infinity && value !== -Infinity),
  'isinfinite/0': isNumberAnd((value) => value === Infinity || value === -Infinity),
  'isnan/0': {
    kind: 'value',
    call: (input) => (input === null ? false : Number.isNaN(numberOf('isnan', input))),
  },
  'isnormal/0': isNumberAnd((value) => Number.isFinite(value) && Math.abs(value) >= 2.2250738585072014e-308),
  'modf/0': {
    kind: 'value',
    call: (input) => {
      const value = numberOf('modf', input);
      const whole = Math.trunc(value);
      return [Number.isFinite(value) ? value - whole : value === whole ? 0 : Number.NaN, whole];
    },
  },
  'nan/0': { kind: 'value', call: () => Number.NaN },
};
