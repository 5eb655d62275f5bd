/**
 * Writes protobuf's wire format. @spec https://protobuf.dev/programming-guides/encoding/
 */

/** Parts of a message, written one after the other. */
export type WireParts = readonly Uint8Array[];

/** A text field; an absent or empty one is not written, as proto3 says. */
export const textField = (number: number, value: string | undefined): WireParts =>
  value === undefined || value === '' ? [] : bytesField(number, [ENCODER.encode(value)]);

/** A field that holds a message; an absent one is not written, an empty one is. */
export const messageField = (number: number, parts: WireParts | undefined): WireParts =>
  parts === undefined ? [] : bytesField(number, parts);

/** A whole number from 0 to 2^53 - 1, or a truth; 0 and false are not written. */
export const numberField = (number: number, value: number | boolean | undefined): WireParts =>
  value === undefined || Number(value) === 0 ? [] : [varint(number * 8), varint(Number(value))];

/** A number with fractions; 0 is not written. */
export const doubleField = (number: number, value: number | undefined): WireParts => {
  if (value === undefined || value === 0) return [];
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return [varint(number * 8 + 1), bytes];
};

/** The message as one piece. */
export const joinParts = (parts: WireParts): Uint8Array => {
  const joined = new Uint8Array(lengthOf(parts));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.byteLength;
  }
  return joined;
};

const ENCODER = new TextEncoder();

const bytesField = (number: number, parts: WireParts): WireParts => [
  varint(number * 8 + 2),
  varint(lengthOf(parts)),
  ...parts,
];

const lengthOf = (parts: WireParts): number => parts.reduce((sum, part) => sum + part.byteLength, 0);

/** Seven bits a byte, the lowest first. */
const varint = (value: number): Uint8Array => {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
  return Uint8Array.from(bytes);
};
