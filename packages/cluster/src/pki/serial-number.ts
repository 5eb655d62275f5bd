/**
 * Serial numbers of certificates. @spec RFC 5280 §4.1.2.2
 */
import { randomBytes, type Random } from '@argosy/base';

const SERIAL_BYTES = 16;

/** Draws a number in hexadecimal. Its first bit is clear: numbers are positive. */
export const newSerialNumber = (random: Random): string => {
  const [first = 0, ...rest] = randomBytes(random, SERIAL_BYTES);
  return Buffer.of(first & 0x7f, ...rest).toString('hex');
};
