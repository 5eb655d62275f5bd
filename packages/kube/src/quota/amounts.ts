/**
 * Amounts of resources, added exactly and written the way Kubernetes writes them.
 */
import { parseQuantity } from '@argosy/base';

import type { Quantities } from '../core/storage-objects.ts';

/** Amounts in nano units, by resource. */
export type Amounts = ReadonlyMap<string, bigint>;

/** Reads quantities; what is none counts as nothing. Pure. */
export const toAmounts = (quantities: Quantities | undefined): Amounts =>
  new Map(Object.entries(quantities ?? {}).map(([name, text]) => [name, parseQuantity(text) ?? 0n]));

/** Adds amounts. Pure. */
export const addAmounts = (...all: readonly Amounts[]): Amounts => {
  const sum = new Map<string, bigint>();
  for (const amounts of all) for (const [name, amount] of amounts) sum.set(name, (sum.get(name) ?? 0n) + amount);
  return sum;
};

/** The larger of each. Pure. */
export const largestAmounts = (left: Amounts, right: Amounts): Amounts => {
  const largest = new Map(left);
  for (const [name, amount] of right) if (amount > (largest.get(name) ?? 0n)) largest.set(name, amount);
  return largest;
};

const NANO = 1_000_000_000n;
const BINARY = [
  ['Ei', 60n],
  ['Pi', 50n],
  ['Ti', 40n],
  ['Gi', 30n],
  ['Mi', 20n],
  ['Ki', 10n],
] as const;

/** Writes an amount: whole numbers as they are or, for bytes, in powers of two; parts in thousandths. Pure. */
export const formatAmount = (name: string, amount: bigint): string => {
  if (amount % NANO !== 0n) return `${(amount + 999_999n) / 1_000_000n}m`;
  const whole = amount / NANO;
  const isBytes = /memory|storage|hugepages/.test(name);
  if (!isBytes || whole === 0n) return String(whole);
  const unit = BINARY.find(([, shift]) => whole % (1n << shift) === 0n);
  return unit ? `${whole >> unit[1]}${unit[0]}` : String(whole);
};
