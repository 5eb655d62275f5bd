/**
 * Sizes and costs as estimates reckon them: whole numbers of 64 bits that stop at the largest instead of running over.
 * @spec github.com/google/cel-go/checker/cost.go
 */

/** The largest number: what has no bound. */
export const BOUNDLESS = 2n ** 64n - 1n;

/** How many characters, bytes, items or entries a value has. */
export interface Size {
  readonly least: bigint;
  readonly most: bigint;
}

/** A size that nothing is known of. */
export const ANY_SIZE: Size = { least: 0n, most: BOUNDLESS };

/** A size that is known. */
export const sizeOf = (size: bigint | number): Size => ({ least: BigInt(size), most: BigInt(size) });

/** The sum of two numbers. */
export const add = (left: bigint, right: bigint): bigint => {
  const sum = left + right;
  return sum > BOUNDLESS ? BOUNDLESS : sum;
};

/** The product of two numbers. */
export const multiply = (left: bigint, right: bigint): bigint => {
  const product = left * right;
  return product > BOUNDLESS ? BOUNDLESS : product;
};

const TWO_TO_64 = 2 ** 64;

/** A number times a factor, rounded up, as doubles have it. */
export const scale = (number: bigint, factor: number): bigint => {
  const scaled = Math.ceil(Number(number) * factor);
  return scaled >= TWO_TO_64 ? BOUNDLESS : BigInt(scaled);
};

/** The sum of many costs. */
export const sumOf = (costs: readonly bigint[]): bigint => costs.reduce(add, 0n);

/** The larger of two costs. */
export const larger = (left: bigint, right: bigint): bigint => (left > right ? left : right);

/** The smaller of two costs. */
export const smaller = (left: bigint, right: bigint): bigint => (left < right ? left : right);

/** A size that holds both. */
export const union = (left: Size, right: Size): Size => ({
  least: smaller(left.least, right.least),
  most: larger(left.most, right.most),
});

/** The size of two values, one behind the other. */
export const addSizes = (left: Size, right: Size): Size => ({
  least: add(left.least, right.least),
  most: add(left.most, right.most),
});

/** The size of a value of this size, so many times. */
export const multiplySizes = (left: Size, right: Size): Size => ({
  least: multiply(left.least, right.least),
  most: multiply(left.most, right.most),
});

/** The size that holds all of these; of none it is nothing. */
export const unionOf = (sizes: readonly Size[]): Size => {
  const [first, ...others] = sizes;
  return first ? others.reduce(union, first) : sizeOf(0);
};
