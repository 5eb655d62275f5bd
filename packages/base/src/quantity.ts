/**
 * Kubernetes quantities (`500m`, `1Gi`, `2e3`) as exact numbers of nano units.
 * @spec https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */

const BINARY: Readonly<Record<string, bigint>> = {
  Ki: 1n << 10n,
  Mi: 1n << 20n,
  Gi: 1n << 30n,
  Ti: 1n << 40n,
  Pi: 1n << 50n,
  Ei: 1n << 60n,
};
const DECIMAL_EXPONENT: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const SHAPE = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]|[eE][+-]?\d{1,3})?$/;

/** Reads a quantity as nano units, rounding up below one nano as Kubernetes does; `undefined` when it is not one. */
export const parseQuantity = (text: string | number): bigint | undefined => {
  const match = SHAPE.exec(String(text));
  if (!match) return undefined;
  const [, sign, digits = '', suffix = ''] = match;
  const [whole = '', fraction = ''] = digits.split('.');
  const unscaled = BigInt(whole + fraction || '0');
  const binary = BINARY[suffix];
  const exponent = binary ? 0 : /^[eE][+-]?\d/.test(suffix) ? Number(suffix.slice(1)) : (DECIMAL_EXPONENT[suffix] ?? 0);
  const scaled = scaleUp(unscaled * (binary ?? 1n), exponent + 9 - fraction.length);
  return sign === '-' ? -scaled : scaled;
};

/** Orders two quantities; texts that are no quantities sort as zero. */
export const compareQuantities = (left: string | number, right: string | number): number => {
  const difference = (parseQuantity(left) ?? 0n) - (parseQuantity(right) ?? 0n);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
};

/** Reads a quantity as a number of whole units, for arithmetic where rounding does not matter. */
export const quantityToNumber = (text: string | number): number | undefined => {
  const nano = parseQuantity(text);
  return nano === undefined ? undefined : Number(nano) / 1e9;
};

const scaleUp = (value: bigint, exponent: number): bigint => {
  if (exponent >= 0) return value * 10n ** BigInt(exponent);
  const divisor = 10n ** BigInt(-exponent);
  return value % divisor === 0n ? value / divisor : value / divisor + 1n;
};
