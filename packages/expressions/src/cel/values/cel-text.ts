/**
 * Texts of values: what `string(…)` gives.
 */
import { formatFloat } from '../../template/format/float.ts';
import { formatMoment } from '../../go-time/moment.ts';
import { CelError } from '../cel-error.ts';
import { CelDuration, CelTimestamp, CelUint, type CelValue } from './cel-value.ts';

/** The layout of timestamps. */
export const RFC3339 = '2006-01-02T15:04:05.999999999Z07:00';

/** The text of a plain value; `undefined` for those that have none. */
export const textOf = (value: CelValue): string | undefined => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return formatFloat(value, 'g', -1);
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (value instanceof CelUint) return String(value.value);
  if (value instanceof CelTimestamp) return formatMoment(value, RFC3339);
  return value instanceof CelDuration ? formatSeconds(value.nanoseconds) : undefined;
};

/** Bytes as a text, when they are UTF-8. */
export const decodeText = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new CelError('invalid UTF-8 in bytes, cannot convert to string');
  }
};

/** Durations as seconds, through a double as Go has them: 90s, 1.5s. */
const formatSeconds = (nanoseconds: bigint): string => {
  const seconds = Number(nanoseconds / 1_000_000_000n) + Number(nanoseconds % 1_000_000_000n) / 1e9;
  return `${formatFloat(seconds, 'f', -1)}s`;
};
