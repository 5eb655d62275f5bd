/**
 * Sorting, sets, and the least and greatest of arrays.
 */
import { compareValues, equalValues } from '../runtime/operations.ts';
import { force, type JsonnetArray, type Lazy, type Value } from '../runtime/values.ts';
import type { Call, Native, Natives } from './native.ts';
import { sortByKey } from './order.ts';

const extreme =
  (sign: 1 | -1): Native[1] =>
  (call) => {
    const list = call.list(0);
    if (list.length === 0) {
      if (call.has(2)) return call.value(2);
      throw call.fail('the array is empty, and no onEmpty is given');
    }
    const keyOf = call.keyed(1);
    let [best = null] = list;
    let bestKey = keyOf(best);
    for (const item of list.slice(1)) {
      const key = keyOf(item);
      if (sign * compareValues(call.machine, key, bestKey) <= 0) continue;
      best = item;
      bestKey = key;
    }
    return force(best);
  };

const uniq = (call: Call, items: JsonnetArray, keyOf: (item: Lazy) => Value): JsonnetArray => {
  const kept: Lazy[] = [];
  let last: Value | undefined;
  for (const item of items) {
    const key = keyOf(item);
    if (last === undefined || !equalValues(call.machine, last, key)) kept.push(item);
    last = key;
  }
  return kept;
};

/** One pass over two sorted sets. */
const merge = (
  call: Call,
  keep: { readonly left: boolean; readonly both: boolean; readonly right: boolean },
): JsonnetArray => {
  const [left, right] = [call.list(0), call.list(1)];
  const keyOf = call.keyed(2);
  const merged: Lazy[] = [];
  let at = 0;
  let other = 0;
  while (at < left.length || other < right.length) {
    const [item, otherItem] = [left[at], right[other]];
    const order =
      item === undefined
        ? 1
        : otherItem === undefined
          ? -1
          : compareValues(call.machine, keyOf(item), keyOf(otherItem));
    if (order < 0 ? keep.left : order === 0 ? keep.both : keep.right)
      merged.push((order <= 0 ? item : otherItem) ?? null);
    if (order <= 0) at += 1;
    if (order >= 0) other += 1;
  }
  return merged;
};

/** By name. */
export const SET_FUNCTIONS: Natives = {
  sort: ['arr keyF?', (call) => sortByKey(call.machine, call.list(0), call.keyed(1))],
  uniq: ['arr keyF?', (call) => uniq(call, call.list(0), call.keyed(1))],
  set: ['arr keyF?', (call) => uniq(call, sortByKey(call.machine, call.list(0), call.keyed(1)), call.keyed(1))],
  setUnion: ['a b keyF?', (call) => merge(call, { left: true, both: true, right: true })],
  setInter: ['a b keyF?', (call) => merge(call, { left: false, both: true, right: false })],
  setDiff: ['a b keyF?', (call) => merge(call, { left: true, both: false, right: false })],
  setMember: [
    'x arr keyF?',
    (call) => {
      const keyOf = call.keyed(2);
      const key = keyOf(call.lazy(0));
      return call.list(1).some((item) => equalValues(call.machine, keyOf(item), key));
    },
  ],
  minArray: ['arr keyF? onEmpty?', extreme(-1)],
  maxArray: ['arr keyF? onEmpty?', extreme(1)],
};
