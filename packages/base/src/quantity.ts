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

/** Most quantities people write; they are written so already. */
const USUAL = /^[1-9]\d{0,2}(?:m|Mi|Gi)?$/;

/**
 * A quantity as Kubernetes writes it: the shortest mantissa that is whole, with the suffix of the family it was given in
 * (`1000m` is `1`, `0.5` is `500m`, `1024Mi` is `1Gi`); `undefined` when it is none.
 * @upstream k8s.io/apimachinery/pkg/api/resource/quantity.go#CanonicalizeBytes
 */
export const canonicalQuantity = (text: string | number): string | undefined => {
  const given = String(text);
  if (USUAL.test(given)) return given;
  const nano = parseQuantity(given);
  if (nano === undefined) return undefined;
  if (nano === 0n) return '0';
  const whole = nano / NANO;
  // Fractions, and what is less than the least binary suffix, are told in tens.
  const isBinary = given.endsWith('i') && nano % NANO === 0n && (whole >= 1024n || whole <= -1024n);
  if (isBinary) return shortest(whole, 1024n, BINARY_SUFFIXES);
  const suffixes = /[eE][+-]?\d/.test(given) ? EXPONENTS : DECIMAL_SUFFIXES;
  return shortest(nano, 1000n, suffixes);
};

const NANO = 1_000_000_000n;
const BINARY_SUFFIXES = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const DECIMAL_SUFFIXES = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const EXPONENTS = ['e-9', 'e-6', 'e-3', '', 'e3', 'e6', 'e9', 'e12', 'e15', 'e18'];

const shortest = (value: bigint, base: bigint, suffixes: readonly string[]): string => {
  let mantissa = value;
  let at = 0;
  while (at < suffixes.length - 1 && mantissa % base === 0n) {
    mantissa /= base;
    at += 1;
  }
  return `${mantissa}${suffixes[at]}`;
};

const scaleUp = (value: bigint, exponent: number): bigint => {
  if (exponent >= 0) return value * 10n ** BigInt(exponent);
  const divisor = 10n ** BigInt(-exponent);
  return value % divisor === 0n ? value / divisor : value / divisor + 1n;
};
