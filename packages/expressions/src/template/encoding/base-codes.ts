/**
 * Base64 and base32 over bytes, with Go's errors.
 * @spec https://pkg.go.dev/encoding/base64, https://pkg.go.dev/encoding/base32
 */
import { fail, ok, type Result } from '@argosy/base';

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

interface Alphabet {
  readonly name: string;
  readonly letters: string;
  readonly bits: number;
  /** Letters of a whole group. */
  readonly group: number;
}

const CODES: Readonly<Record<'base64' | 'base32', Alphabet>> = {
  base64: { name: 'base64', letters: BASE64, bits: 6, group: 4 },
  base32: { name: 'base32', letters: BASE32, bits: 5, group: 8 },
};

/** Bytes as text, padded. */
export const encodeBase = (kind: 'base64' | 'base32', bytes: Uint8Array): string => {
  const { letters, bits, group } = CODES[kind];
  let [buffer, held, text] = [0, 0, ''];
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xffff;
    held += 8;
    for (; held >= bits; held -= bits) text += letters[(buffer >> (held - bits)) & ((1 << bits) - 1)] ?? '';
  }
  if (held > 0) text += letters[(buffer << (bits - held)) & ((1 << bits) - 1)] ?? '';
  return text.padEnd(Math.ceil(text.length / group) * group, '=');
};

/** Text as bytes; newlines are passed over. The error is Go's. */
export const decodeBase = (kind: 'base64' | 'base32', text: string): Result<Uint8Array> => {
  const { name, letters, bits, group } = CODES[kind];
  const corrupt = (at: number): Result<never> => fail(`illegal ${name} data at input byte ${at}`);
  const bytes: number[] = [];
  const places = [...text].map((letter, at) => ({ letter, at })).filter(({ letter }) => !/[\r\n]/.test(letter));
  // Base32 counts places without the newlines, base64 with them.
  const placeOf = (index: number): number => (kind === 'base32' ? index : (places[index]?.at ?? text.length));
  let [buffer, held] = [0, 0];
  for (const [index, { letter }] of places.entries()) {
    if (letter === '=') {
      const bad = badPadding(
        places.map((place) => place.letter),
        index,
        group,
      );
      return bad === undefined ? ok(Uint8Array.from(bytes)) : corrupt(placeOf(bad));
    }
    const value = letters.indexOf(letter);
    if (value < 0) return corrupt(placeOf(index));
    buffer = ((buffer << bits) | value) & 0xffff;
    held += bits;
    if (held >= 8) {
      held -= 8;
      bytes.push((buffer >> held) & 0xff);
    }
  }
  const rest = places.length % group;
  if (rest === 0) return ok(Uint8Array.from(bytes));
  return corrupt(kind === 'base32' ? places.length - rest : text.length - rest);
};

const PADDED_32: ReadonlySet<number> = new Set([2, 4, 5, 7]);

/** Index of what is wrong with the padding that begins at an index. */
const badPadding = (letters: readonly string[], index: number, group: number): number | undefined => {
  const filled = index % group;
  if (group === 4 ? filled < 2 : !PADDED_32.has(filled)) return index;
  const wanted = group - filled;
  for (let offset = 1; offset < wanted; offset += 1) {
    if (index + offset >= letters.length) return letters.length;
    if (letters[index + offset] !== '=') return group === 4 ? index + offset - 1 : index + offset;
  }
  return index + wanted < letters.length ? index + wanted : undefined;
};
