/**
 * A binary heap: the first of many by an order, without sorting all of them.
 */

/** Values of which only the first is to be had. */
export interface Heap<T> {
  push(value: T): void;
  /** Takes the first out; `undefined` when there is none. */
  pop(): T | undefined;
}

/** Creates an empty one; `compare` is below zero when its left comes first. Both calls cost the logarithm of the number held. */
export const createHeap = <T>(compare: (left: T, right: T) => number): Heap<T> => {
  const held: T[] = [];
  /** Whether the value at one place comes before that at another; places beyond the end never do. */
  const isBefore = (one: number, other: number): boolean =>
    one < held.length && compare(held[one] as T, held[other] as T) < 0;
  const swap = (one: number, other: number): void => {
    [held[one], held[other]] = [held[other] as T, held[one] as T];
  };
  const sink = (from: number): void => {
    const [left, right] = [2 * from + 1, 2 * from + 2];
    const child = isBefore(right, left) ? right : left;
    if (!isBefore(child, from)) return;
    swap(child, from);
    sink(child);
  };
  return {
    push: (value) => {
      held.push(value);
      let at = held.length - 1;
      for (let parent = (at - 1) >> 1; at > 0 && isBefore(at, parent); parent = (at - 1) >> 1) {
        swap(at, parent);
        at = parent;
      }
    },
    pop: () => {
      const first = held[0];
      const last = held.pop();
      if (held.length > 0) {
        held[0] = last as T;
        sink(0);
      }
      return first;
    },
  };
};
