/**
 * Decimal arithmetic of Sprig's float functions: 0.1 + 0.2 is 0.3.
 * @spec github.com/shopspring/decimal
 */
import { GoError } from '../../values.ts';

/** units × 10^-scale. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

/** Digits after the point that a division keeps. */
const DIVISION_DIGITS = 16;

/** The shortest decimal that reads back as a float. */
export const toDecimal = (value: number): Decimal => {
  if (!Number.isFinite(value)) {
    const name = Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
    throw new GoError(`Cannot create a Decimal from ${name}`);
  }
  const [mantissa = '0', exponent = '0'] = value.toExponential().split('e');
  const fraction = mantissa.split('.')[1] ?? '';
  const scale = fraction.length - Number(exponent);
  const units = BigInt(mantissa.replace('.', ''));
  return scale >= 0 ? { units, scale } : { units: units * 10n ** BigInt(-scale), scale: 0 };
};

/** The float nearest a decimal. */
export const fromDecimal = ({ units, scale }: Decimal): number => Number(`${units}e${-scale}`);

const aligned = (left: Decimal, right: Decimal): readonly [bigint, bigint, number] => {
  const scale = Math.max(left.scale, right.scale);
  const raise = (value: Decimal): bigint => value.units * 10n ** BigInt(scale - value.scale);
  return [raise(left), raise(right), scale];
};

/** Sum. */
export const addDecimals = (left: Decimal, right: Decimal): Decimal => {
  const [a, b, scale] = aligned(left, right);
  return { units: a + b, scale };
};

/** Difference. */
export const subtractDecimals = (left: Decimal, right: Decimal): Decimal =>
  addDecimals(left, { units: -right.units, scale: right.scale });

/** Product. */
export const multiplyDecimals = (left: Decimal, right: Decimal): Decimal => ({
  units: left.units * right.units,
  scale: left.scale + right.scale,
});

/** Quotient to sixteen digits, halves away from zero. */
export const divideDecimals = (left: Decimal, right: Decimal): Decimal => {
  if (right.units === 0n) throw new GoError('decimal division by 0');
  const [a, b] = aligned(left, right);
  const scaled = a * 10n ** BigInt(DIVISION_DIGITS);
  const [quotient, rest] = [scaled / b, scaled % b];
  const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);
  const isUp = magnitude(rest) * 2n >= magnitude(b);
  const direction = scaled < 0n === b < 0n ? 1n : -1n;
  return { units: isUp ? quotient + direction : quotient, scale: DIVISION_DIGITS };
};
