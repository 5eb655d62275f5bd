/**
 * Sprig's arithmetic: on int64, on floats through decimals, and lists of integers.
 * @spec https://masterminds.github.io/sprig/math.html
 */
import { formatValue } from '../../format/print.ts';
import { goFunction } from '../../functions/signature.ts';
import { GoError, GoList, int64, type CallContext, type GoFunctions, type GoValue } from '../../values.ts';
import { toFloat64, toInt64 } from '../coerce.ts';
import {
  addDecimals,
  divideDecimals,
  fromDecimal,
  multiplyDecimals,
  subtractDecimals,
  toDecimal,
  type Decimal,
} from './decimal.ts';

type Operation = (left: Decimal, right: Decimal) => Decimal;

const fold = (first: GoValue, rest: readonly GoValue[], operation: Operation, context: CallContext): number => {
  const total = rest.reduce<Decimal>(
    (sum, value) => {
      // Products of many factors grow by all their digits.
      context.spend(1 + (sum.scale >> 4) + (sum.scale > 100_000 ? 10_000_000 : 0));
      return operation(sum, toDecimal(toFloat64(value)));
    },
    toDecimal(toFloat64(first)),
  );
  return fromDecimal(total);
};

const decimalFunction = (operation: Operation) =>
  goFunction(['any', '...any'], ([first, rest], context) => fold(first, rest, operation, context));

const best = (isBetter: (left: bigint, right: bigint) => boolean) =>
  goFunction(['any', '...any'], ([first, rest]) =>
    int64(rest.map(toInt64).reduce((held, value) => (isBetter(value, held) ? value : held), toInt64(first))),
  );

const divisor = (value: GoValue): bigint => {
  const number = toInt64(value);
  if (number === 0n) throw new GoError('runtime error: integer divide by zero');
  return number;
};

const countUp = (start: bigint, stop: bigint, step: bigint, context: CallContext): readonly bigint[] => {
  const isDown = stop < start;
  if (isDown ? step >= 0n : step <= 0n) return [];
  const count = ((isDown ? start - stop : stop - start) + (step < 0n ? -step : step) - 1n) / (step < 0n ? -step : step);
  context.spend(Number(count));
  return Array.from({ length: Number(count) }, (_, index) => start + BigInt(index) * step);
};

const integers = (values: readonly bigint[]): GoList => new GoList(values, 'int');

const sequence = (params: readonly bigint[], context: CallContext): string => {
  const [first = 0n, second = 0n, third = 0n] = params;
  if (params.length === 0 || params.length > 3) return '';
  if (params.length === 3) {
    const isDown = third < first;
    if (isDown && second > 0n) return '';
    return countUp(first, third + (isDown ? -1n : 1n), second, context).join(' ');
  }
  const [start, end] = params.length === 1 ? [1n, first] : [first, second];
  const step = end < start ? -1n : 1n;
  return countUp(start, end + step, step, context).join(' ');
};

const round = (value: number, places: number, roundOn: number): number => {
  const power = 10 ** places;
  const digit = power * value;
  const fraction = digit - Math.trunc(digit);
  return (fraction >= roundOn ? Math.ceil(digit) : Math.floor(digit)) / power;
};

const parseOctal = (text: string): bigint => {
  if (!/^[+-]?[0-7]+$/.test(text)) return 0n;
  const value = BigInt(`0o${text.replace(/^[+-]/, '')}`) * (text.startsWith('-') ? -1n : 1n);
  return BigInt.asIntN(64, value) === value ? value : 0n;
};

const parseDecimal = (text: string): bigint => {
  if (!/^[+-]?\d+$/.test(text)) return 0n;
  const value = BigInt(text.replace(/^\+/, ''));
  // What does not fit stops at the ends, as strconv gives it beside its error.
  const [least, most] = [-(2n ** 63n), 2n ** 63n - 1n];
  return value < least ? least : value > most ? most : value;
};

/** Functions of numbers. */
export const NUMBER_FUNCTIONS: GoFunctions = {
  add: goFunction(['...any'], ([values]) => int64(values.map(toInt64).reduce((sum, value) => sum + value, 0n))),
  add1: goFunction(['any'], ([value]) => int64(toInt64(value) + 1n)),
  add1f: goFunction(['any'], ([value], context) => fold(value, [1n], addDecimals, context)),
  addf: goFunction(['...any'], ([values], context) => fold(0, values, addDecimals, context)),
  atoi: goFunction(['string'], ([text]) => parseDecimal(text)),
  biggest: best((left, right) => left > right),
  ceil: goFunction(['any'], ([value]) => Math.ceil(toFloat64(value))),
  div: goFunction(['any', 'any'], ([left, right]) => int64(toInt64(left) / divisor(right))),
  divf: decimalFunction(divideDecimals),
  float64: goFunction(['any'], ([value]) => toFloat64(value)),
  floor: goFunction(['any'], ([value]) => Math.floor(toFloat64(value))),
  int: goFunction(['any'], ([value]) => toInt64(value)),
  int64: goFunction(['any'], ([value]) => int64(toInt64(value))),
  max: best((left, right) => left > right),
  maxf: goFunction(['any', '...any'], ([first, rest]) => Math.max(toFloat64(first), ...rest.map(toFloat64))),
  min: best((left, right) => left < right),
  minf: goFunction(['any', '...any'], ([first, rest]) => Math.min(toFloat64(first), ...rest.map(toFloat64))),
  mod: goFunction(['any', 'any'], ([left, right]) => int64(toInt64(left) % divisor(right))),
  mul: goFunction(['any', '...any'], ([first, rest]) =>
    int64(rest.map(toInt64).reduce((product, value) => BigInt.asIntN(64, product * value), toInt64(first))),
  ),
  mulf: decimalFunction(multiplyDecimals),
  round: goFunction(['any', 'int', '...float64'], ([value, places, [roundOn = 0.5]]) =>
    round(toFloat64(value), Number(places), roundOn),
  ),
  seq: goFunction(['...int'], ([params], context) => sequence(params, context)),
  sub: goFunction(['any', 'any'], ([left, right]) => int64(toInt64(left) - toInt64(right))),
  subf: decimalFunction(subtractDecimals),
  toDecimal: goFunction(['any'], ([value]) => int64(parseOctal(formatValue(value)))),
  until: goFunction(['int'], ([count], context) => integers(countUp(0n, count, count < 0n ? -1n : 1n, context))),
  untilStep: goFunction(['int', 'int', 'int'], ([start, stop, step], context) =>
    integers(countUp(start, stop, step, context)),
  ),
};
