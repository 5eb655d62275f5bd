/**
 * Sorting: stable, and with the budget of the run.
 */
import type { Machine } from '../runtime/machine.ts';
import { compareValues } from '../runtime/operations.ts';
import type { Lazy, Value } from '../runtime/values.ts';

/** Order of two numbers. */
export const compareNumbers = (left: number, right: number): number => (left < right ? -1 : Number(left > right));

/** Items by their keys, ascending; equal ones stay in their order. */
export const sortByKey = (machine: Machine, items: readonly Lazy[], keyOf: (item: Lazy) => Value): readonly Lazy[] => {
  const keyed = items.map((item) => ({ item, key: keyOf(item) }));
  machine.spend(items.length);
  if (keyed.length > 1) keyed.sort((left, right) => compareValues(machine, left.key, right.key));
  return keyed.map(({ item }) => item);
};
