/**
 * Writes DER, the bytes certificates are made of, as far as certificates need it.
 * @spec ITU-T X.690
 */

/** Tags used in certificates. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8: 0x0c,
  utcTime: 0x17,
  time: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** A value. */
export const der = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
};

/** A sequence. */
export const sequence = (...parts: readonly Buffer[]): Buffer => der(TAG.sequence, ...parts);

/** A positive integer. */
export const integer = (bytes: Buffer): Buffer => {
  const first = bytes.findIndex((byte) => byte !== 0);
  const short = first < 0 ? Buffer.from([0]) : bytes.subarray(first);
  return der(TAG.integer, (short[0] ?? 0) > 0x7f ? Buffer.concat([Buffer.from([0]), short]) : short);
};

/** An object identifier. */
export const oid = (dotted: string): Buffer => {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return der(TAG.oid, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
};

/** Bits, all of whole bytes but the last `unused`. */
export const bits = (bytes: Buffer, unused = 0): Buffer => der(TAG.bits, Buffer.from([unused]), bytes);

/** A moment: two digits of the year until 2049. */
export const moment = (ms: number): Buffer => {
  const text = `${new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+/g, '')}`;
  const isLate = text >= '2050';
  return der(isLate ? TAG.time : TAG.utcTime, Buffer.from(isLate ? text : text.slice(2)));
};

const lengthOf = (length: number): Buffer => {
  if (length < 0x80) return Buffer.from([length]);
  const bytes: number[] = [];
  for (let left = length; left > 0; left = Math.floor(left / 256)) bytes.unshift(left % 256);
  return Buffer.from([0x80 | bytes.length, ...bytes]);
};

const base128 = (value: number): readonly number[] => {
  const bytes = [value & 0x7f];
  for (let left = value >>> 7; left > 0; left >>>= 7) bytes.unshift(0x80 | (left & 0x7f));
  return bytes;
};
