/**
 * bcrypt, version 2a: the hash of `htpasswd` lines.
 * @spec https://www.usenix.org/legacy/events/usenix99/provos/provos.pdf, golang.org/x/crypto/bcrypt
 */
import { piWords } from './pi-words.ts';

const ALPHABET = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const ROUND_KEYS = 18;
/** "OrpheanBeholderScryDoubt" */
const MAGIC = [0x4f727068, 0x65616e42, 0x65686f6c, 0x64657253, 0x63727944, 0x6f756274];

/** Hashes a password of at most 72 bytes with 16 bytes of salt: 2^cost rounds. */
export const bcryptHash = (password: Uint8Array, salt: Uint8Array, cost: number): string => {
  const cipher = new Blowfish();
  const key = words(Uint8Array.from([...password, 0]), ROUND_KEYS);
  const salted = words(salt, ROUND_KEYS);
  cipher.expand(key, words(salt, 4));
  for (let round = 0; round < 2 ** cost; round += 1) {
    cipher.expand(key);
    cipher.expand(salted);
  }
  const text = Uint32Array.from(MAGIC);
  for (let round = 0; round < 64; round += 1) for (let at = 0; at < text.length; at += 2) cipher.encryptAt(text, at);
  const bytes = new Uint8Array(24);
  text.forEach((word, index) => new DataView(bytes.buffer).setUint32(index * 4, word));
  return `$2a$${String(cost).padStart(2, '0')}$${encode(salt)}${encode(bytes.subarray(0, 23))}`;
};

/** Bytes repeated into big-endian words. */
const words = (bytes: Uint8Array, count: number): Uint32Array =>
  Uint32Array.from({ length: count }, (_, index) => {
    let word = 0;
    for (let byte = 0; byte < 4; byte += 1) word = (word << 8) | (bytes[(index * 4 + byte) % bytes.length] ?? 0);
    return word;
  });

const encode = (bytes: Uint8Array): string => {
  let [text, buffer, held] = ['', 0, 0];
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xffff;
    held += 8;
    for (; held >= 6; held -= 6) text += ALPHABET[(buffer >> (held - 6)) & 63] ?? '';
  }
  return held > 0 ? text + (ALPHABET[(buffer << (6 - held)) & 63] ?? '') : text;
};

class Blowfish {
  /** Round keys, then four tables of 256. */
  private readonly state = piWords(ROUND_KEYS + 4 * 256);

  /** Mixes a key in; with salt words, each block is salted in turn. */
  expand(key: Uint32Array, salt?: Uint32Array): void {
    const { state } = this;
    for (let index = 0; index < ROUND_KEYS; index += 1) state[index] = (state[index] ?? 0) ^ (key[index] ?? 0);
    const block = new Uint32Array(2);
    for (let at = 0; at < state.length; at += 2) {
      if (salt) {
        block[0] = (block[0] ?? 0) ^ (salt[at % 4] ?? 0);
        block[1] = (block[1] ?? 0) ^ (salt[(at + 1) % 4] ?? 0);
      }
      this.encryptAt(block, 0);
      state[at] = block[0] ?? 0;
      state[at + 1] = block[1] ?? 0;
    }
  }

  encryptAt(block: Uint32Array, at: number): void {
    const { state } = this;
    let left = block[at] ?? 0;
    let right = block[at + 1] ?? 0;
    for (let round = 0; round < 16; round += 1) {
      left ^= state[round] ?? 0;
      const sum = ((state[18 + (left >>> 24)] ?? 0) + (state[274 + ((left >>> 16) & 255)] ?? 0)) | 0;
      const mixed = ((sum ^ (state[530 + ((left >>> 8) & 255)] ?? 0)) + (state[786 + (left & 255)] ?? 0)) | 0;
      const swapped = right ^ mixed;
      right = left;
      left = swapped;
    }
    block[at] = right ^ (state[17] ?? 0);
    block[at + 1] = left ^ (state[16] ?? 0);
  }
}
