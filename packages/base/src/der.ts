/**
 * Reads DER, the bytes certificates and requests for them are made of. The library that makes certificates reads them
 * too, but loading it takes as long as much of the start, and objects are validated and charts rendered at once.
 * @spec ITU-T X.690
 */

/** One element: its tag, what it holds, and all of it. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
  /** With tag and length. */
  readonly whole: Uint8Array;
}

/** Reads the element the bytes begin with. Throws Error when they end too early, in the words of Go's asn1. Pure. */
export const readDerElement = (bytes: Uint8Array): DerElement => {
  const [tag, first] = [bytes[0], bytes[1]];
  if (tag === undefined || first === undefined) throw new Error(CUT);
  if (first === INDEFINITE) throw new Error('asn1: structure error: indefinite length found (not DER)');
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  if (lengthBytes > 4) throw new Error('asn1: structure error: length too large');
  const length =
    lengthBytes === 0 ? first : bytes.subarray(2, 2 + lengthBytes).reduce((sum, byte) => sum * 256 + byte, 0);
  const start = 2 + lengthBytes;
  const end = start + length;
  if (bytes.byteLength < end) throw new Error(CUT);
  return { tag, content: bytes.subarray(start, end), whole: bytes.subarray(0, end) };
};

/** Reads the elements that follow each other. Throws as readDerElement does. Pure. */
export const readDerElements = (bytes: Uint8Array): readonly DerElement[] => {
  const elements: DerElement[] = [];
  let rest = bytes;
  while (rest.byteLength > 0) {
    const element = readDerElement(rest);
    elements.push(element);
    rest = rest.subarray(element.whole.byteLength);
  }
  return elements;
};

/** An object identifier in dots. Pure. */
export const derIdentifierOf = ({ content }: DerElement): string => {
  const parts: number[] = [];
  let value = 0;
  for (const byte of content) {
    value = value * 128 + (byte & 0x7f);
    if (byte & 0x80) continue;
    // The first one holds two.
    if (parts.length === 0)
      parts.push(Math.min(2, Math.floor(value / 40)), value - 40 * Math.min(2, Math.floor(value / 40)));
    else parts.push(value);
    value = 0;
  }
  return parts.join('.');
};

/** A length that is told by an end mark: BER has it, DER does not. */
const INDEFINITE = 0x80;
const CUT = 'asn1: syntax error: data truncated';
