/**
 * The machine's randomness, fetched for many numbers at once: a call for each letter of a generated name costs more than all
 * the rest of making the name.
 */
import { createSystemRandom, type Random } from '@argosy/base';

/** Numbers fetched at once. */
const POOL_SIZE = 512;

/** Cryptographic randomness. */
export const createPooledRandom = (): Random => {
  const words = new Uint32Array(2 * POOL_SIZE);
  let at = words.length;
  return {
    ...createSystemRandom(),
    next: () => {
      if (at === words.length) {
        crypto.getRandomValues(words);
        at = 0;
      }
      const [high = 0, low = 0] = [words[at], words[at + 1]];
      // Nobody finds in memory what was drawn already.
      words.fill(0, at, at + 2);
      at += 2;
      return (high * 2 ** 21 + (low >>> 11)) / 2 ** 53;
    },
  };
};
