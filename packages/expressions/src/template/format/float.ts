/**
 * Floats as strconv.FormatFloat writes them, rounding exact halves to even.
 * @spec https://pkg.go.dev/strconv#FormatFloat
 */

/** Decimal digits: 0.d1d2d3… × 10^point. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

/** Writes a float; `precision` -1 is the shortest text that reads back the same. */
export const formatFloat = (value: number, verb: string, precision: number, size: 32 | 64 = 64): string => {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const magnitude = Math.abs(value);
  if (verb === 'b') return sign + formatBinary(magnitude, size);
  if (verb === 'x' || verb === 'X') return sign + formatHex(magnitude, verb, precision);
  const shortest = precision < 0;
  const decimal = shortest ? shortestDecimal(magnitude, size) : exactDecimal(magnitude);
  if (verb === 'f') {
    const places = shortest ? Math.max(0, decimal.digits.length - decimal.point) : precision;
    return sign + fixed(shortest ? decimal : round(decimal, decimal.point + precision), places);
  }
  if (verb === 'e' || verb === 'E') {
    const places = shortest ? decimal.digits.length - 1 : precision;
    return sign + exponential(shortest ? decimal : round(decimal, precision + 1), Math.max(0, places), verb);
  }
  return sign + general(decimal, verb, precision);
};

const general = (exact: Decimal, verb: string, precision: number): string => {
  const shortest = precision < 0;
  const wanted = precision === 0 ? 1 : precision;
  const decimal = trimZeros(shortest ? exact : round(exact, wanted));
  const count = Math.max(decimal.digits.length, decimal.digits === '' ? 0 : 1);
  let limit = shortest ? 6 : wanted;
  if (!shortest && limit > count && count >= decimal.point) limit = count;
  const exponent = decimal.point - 1;
  if (decimal.digits !== '' && (exponent < -4 || exponent >= limit))
    return exponential(decimal, count - 1, verb === 'G' ? 'E' : 'e');
  return fixed(decimal, Math.max(0, count - decimal.point));
};

const trimZeros = (decimal: Decimal): Decimal => ({ ...decimal, digits: decimal.digits.replace(/0+$/, '') });

const shortestDecimal = (magnitude: number, size: 32 | 64): Decimal => {
  if (magnitude === 0) return { digits: '', point: 0 };
  const text = size === 64 ? magnitude.toExponential() : shortestFloat32(magnitude);
  const [mantissa = '', exponent = '0'] = text.split('e');
  return { digits: mantissa.replace('.', ''), point: Number(exponent) + 1 };
};

const shortestFloat32 = (magnitude: number): string => {
  for (let digits = 0; digits < 9; digits += 1) {
    const text = magnitude.toExponential(digits);
    if (Math.fround(Number(text)) === Math.fround(magnitude)) return text;
  }
  return magnitude.toExponential();
};

/** Every digit of the binary value. */
const exactDecimal = (magnitude: number): Decimal => {
  if (magnitude === 0) return { digits: '', point: 0 };
  const { mantissa, exponent } = parts(magnitude);
  const scaled = exponent >= 0 ? mantissa << BigInt(exponent) : mantissa * 5n ** BigInt(-exponent);
  const digits = String(scaled);
  return trimZeros({ digits, point: digits.length - Math.max(0, -exponent) });
};

/** Value = mantissa × 2^exponent. */
const parts = (magnitude: number): { readonly mantissa: bigint; readonly exponent: number } => {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, magnitude);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  return biased === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | 0x10000000000000n, exponent: biased - 1075 };
};

/** Keeps a count of digits, exact halves to even. */
const round = (decimal: Decimal, count: number): Decimal => {
  const { digits, point } = decimal;
  if (count >= digits.length) return decimal;
  if (count < 0) return { digits: '', point: 0 };
  const next = digits.charCodeAt(count) - 48;
  const isHalf = next === 5 && count + 1 === digits.length;
  const isOdd = count > 0 && (digits.charCodeAt(count - 1) - 48) % 2 === 1;
  const kept = digits.slice(0, count);
  if (next < 5 || (isHalf && !isOdd)) return trimZeros({ digits: kept, point });
  const raised = kept === '' ? '1' : String(BigInt(kept) + 1n).padStart(kept.length, '0');
  return trimZeros({ digits: raised, point: point + (raised.length > kept.length ? 1 : 0) });
};

const fixed = ({ digits, point }: Decimal, places: number): string => {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0';
  if (places === 0) return whole;
  const fraction = point >= 0 ? digits.slice(point) : '0'.repeat(-point) + digits;
  return `${whole}.${fraction.slice(0, places).padEnd(places, '0')}`;
};

const exponential = ({ digits, point }: Decimal, places: number, letter: string): string => {
  const exponent = digits === '' ? 0 : point - 1;
  const fraction = digits.slice(1).padEnd(places, '0').slice(0, places);
  const sign = exponent < 0 ? '-' : '+';
  return `${digits[0] ?? '0'}${places > 0 ? `.${fraction}` : ''}${letter}${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
};

const formatBinary = (magnitude: number, size: 32 | 64): string => {
  if (magnitude === 0) return size === 64 ? '0p-1074' : '0p-149';
  const { mantissa, exponent } = parts(magnitude);
  const shift = size === 64 ? 0 : 29;
  const power = exponent + shift;
  return `${mantissa >> BigInt(shift)}p${power < 0 ? '-' : '+'}${Math.abs(power)}`;
};

const formatHex = (magnitude: number, verb: string, precision: number): string => {
  const { mantissa, exponent } = magnitude === 0 ? { mantissa: 0n, exponent: -52 } : normalise(parts(magnitude));
  let [bits, power] = [mantissa, exponent + 52];
  if (precision >= 0 && precision < 13) {
    const drop = BigInt((13 - precision) * 4);
    const rest = bits & ((1n << drop) - 1n);
    const half = 1n << (drop - 1n);
    bits >>= drop;
    if (rest > half || (rest === half && (bits & 1n) === 1n)) bits += 1n;
    bits <<= drop;
    if (bits >> 53n > 0n) [bits, power] = [bits >> 1n, power + 1];
  }
  if (bits === 0n) power = 0;
  const digits = (bits & 0xfffffffffffffn).toString(16).padStart(13, '0');
  const fraction = precision < 0 ? digits.replace(/0+$/, '') : digits.padEnd(precision, '0').slice(0, precision);
  const sign = power < 0 ? '-' : '+';
  const text = `0x${bits >> 52n}${fraction === '' ? '' : `.${fraction}`}p${sign}${String(Math.abs(power)).padStart(2, '0')}`;
  return verb === 'X' ? text.toUpperCase() : text;
};

const normalise = (value: { readonly mantissa: bigint; readonly exponent: number }) => {
  let { mantissa, exponent } = value;
  while (mantissa >> 52n === 0n) [mantissa, exponent] = [mantissa << 1n, exponent - 1];
  return { mantissa, exponent };
};
