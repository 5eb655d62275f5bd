/**
 * The digits of pi in words of 32 bits: the tables of Blowfish, computed rather than copied.
 */

/** The first words of pi's fraction. */
export const piWords = (count: number): Uint32Array => {
  const guard = 64n;
  const bits = BigInt(count) * 32n + guard;
  const one = 1n << bits;
  // Machin: pi = 16 arctan(1/5) - 4 arctan(1/239).
  const pi = 16n * arctanOfInverse(5n, one) - 4n * arctanOfInverse(239n, one);
  const hex = ((pi - 3n * one) >> guard).toString(16).padStart(count * 8, '0');
  return Uint32Array.from({ length: count }, (_, index) => Number.parseInt(hex.slice(index * 8, index * 8 + 8), 16));
};

const arctanOfInverse = (inverse: bigint, one: bigint): bigint => {
  let power = one / inverse;
  let sum = power;
  for (let term = 3n; power !== 0n; term += 2n) {
    power /= -inverse * inverse;
    sum += power / term;
  }
  return sum;
};
