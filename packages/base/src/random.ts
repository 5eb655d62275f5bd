/**
 * Randomness as a port, so that runs can be repeated from a seed.
 */

/** Source of random values. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** A version 4 UUID in lower case. */
  uuid(): string;
}

/** The alphabet of Kubernetes' generated names: no vowels, nothing easily misread. @spec k8s.io/apimachinery/pkg/util/rand */
const NAME_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** Gives `length` characters as Kubernetes appends to `generateName`. */
export const randomSuffix = (random: Random, length = 5): string =>
  Array.from({ length }, () => NAME_ALPHABET[Math.floor(random.next() * NAME_ALPHABET.length)]).join('');

/** Gives bytes; as good for secrets as their source. */
export const randomBytes = (random: Random, count: number): Uint8Array =>
  Uint8Array.from({ length: count }, () => Math.floor(random.next() * 256));

/** A repeatable source (mulberry32); not for secrets. */
export const createSeededRandom = (seed: number): Random => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => Math.floor(next() * 16).toString(16)).join('');
  return {
    next,
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${'89ab'[Math.floor(next() * 4)]}${hex(3)}-${hex(12)}`,
  };
};
