/**
 * Writes DER, as far as certificates need it. @spec ITU-T X.690
 */

/** Tags of what certificates are made of. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  identifier: 0x06,
  utf8: 0x0c,
  utcTime: 0x17,
  time: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** An element with these contents. */
export const element = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.byteLength), content]);
};

/** A sequence. */
export const sequence = (...parts: readonly Uint8Array[]): Buffer => element(TAG.sequence, ...parts);

/** True; what is false is left out. */
export const TRUE = Buffer.from([TAG.boolean, 1, 0xff]);

/** A number that is not negative, its most significant byte first. */
export const integer = (bytes: Uint8Array): Buffer => {
  const first = bytes.findIndex((byte) => byte !== 0);
  const short = first < 0 ? Buffer.from([0]) : bytes.subarray(first);
  return (short[0] ?? 0) > 0x7f ? element(TAG.integer, Buffer.from([0]), short) : element(TAG.integer, short);
};

/** An object identifier in dots. */
export const identifier = (dotted: string): Buffer => {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return element(TAG.identifier, Buffer.from([first * 40 + second, ...rest.flatMap(inBase128)]));
};

/** A bit string of whole bytes. */
export const bitString = (bytes: Uint8Array): Buffer => element(TAG.bits, Buffer.from([0]), bytes);

/** A list of bits that have names: bit 0 of the number is the first, and what follows the last one that is set is left out. */
export const namedBits = (bits: number): Buffer => {
  const count = bits === 0 ? 0 : 32 - Math.clz32(bits);
  const bytes = Buffer.alloc(Math.ceil(count / 8));
  for (let at = 0; at < count; at += 1)
    if (bits & (1 << at)) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (0x80 >> (at & 7));
  return element(TAG.bits, Buffer.from([bytes.byteLength * 8 - count]), bytes);
};

/** A moment in seconds, from milliseconds since 1970; its year has two digits until 2049. */
export const moment = (ms: number): Buffer => {
  const text = new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  const isShort = text >= '1950' && text < '2050';
  return isShort ? element(TAG.utcTime, Buffer.from(text.slice(2))) : element(TAG.time, Buffer.from(text));
};

const lengthOf = (length: number): Buffer => {
  if (length < 0x80) return Buffer.from([length]);
  const bytes: number[] = [];
  for (let left = length; left > 0; left = Math.floor(left / 256)) bytes.unshift(left % 256);
  return Buffer.from([0x80 | bytes.length, ...bytes]);
};

const inBase128 = (value: number): readonly number[] => {
  const bytes = [value & 0x7f];
  for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128)) bytes.unshift(0x80 | (left & 0x7f));
  return bytes;
};
