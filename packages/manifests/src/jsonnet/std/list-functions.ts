/**
 * Functions of arrays.
 */
import {
  addValues,
  compareValues,
  equalValues,
  textLength,
  codePoints,
  toText,
  withArticle,
} from '../runtime/operations.ts';
import { sliceValue } from '../runtime/slice.ts';
import { finite, force, isArray, problem } from '../runtime/values.ts';
import type { JsonnetArray, Lazy, Value } from '../runtime/values.ts';
import type { Call, Native, Natives } from './native.ts';
import { sortByKey } from './order.ts';

/** Longest that an array may be asked to be. */
const reserve = (call: Call, length: number): void => {
  call.machine.reserve(length);
  call.machine.spend(length / 8);
};

/** Arrays as they are, texts as their characters. */
const listOrText = (call: Call, at: number): JsonnetArray => {
  const value = call.value(at);
  return typeof value === 'string' ? Array.from(codePoints(value)) : call.list(at);
};

const isTrue = (call: Call, value: Value, what: string): boolean => {
  if (typeof value !== 'boolean') throw call.fail(`${what} is true or false, not ${withArticle(value)}`);
  return value;
};

const numbersOf = (call: Call): readonly number[] =>
  call.list(0).map((item) => {
    const value = force(item);
    if (typeof value !== 'number') throw call.fail(`the items are numbers, and one is ${withArticle(value)}`);
    return value;
  });

const sumOf = (call: Call): number => numbersOf(call).reduce((sum, value) => finite(sum + value), 0);

const filter = (call: Call, test: Value, items: JsonnetArray): JsonnetArray => {
  const callee = test;
  return items.filter((item) => isTrue(call, call.call(call.callee(0), item), `what ${withArticle(callee)} gives`));
};

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

/** Joins arrays or texts; null items are left out. */
const join = (call: Call): Value => {
  const separator = call.value(0);
  const items = call.list(1).map(force);
  const kept = items.filter((item) => item !== null);
  if (typeof separator === 'string') {
    const texts = kept.map((item) => {
      if (typeof item !== 'string') throw call.fail(`the items are strings, and one is ${withArticle(item)}`);
      return item;
    });
    const text = texts.join(separator);
    call.machine.reserve(text.length);
    return text;
  }
  if (!isArray(separator)) throw call.refuse(0, 'a string or an array', separator);
  const joined: Lazy[] = [];
  for (const [at, item] of kept.entries()) {
    if (!isArray(item)) throw call.fail(`the items are arrays, and one is ${withArticle(item)}`);
    reserve(call, item.length + separator.length);
    if (at > 0) joined.push(...separator);
    for (const part of item) joined.push(part);
  }
  return joined;
};

const deepJoin = (call: Call, value: Value): string => {
  call.machine.spend(1);
  if (typeof value === 'string') return value;
  if (!isArray(value)) throw call.fail(`the parts are strings and arrays, and one is ${withArticle(value)}`);
  call.machine.enter();
  const text = value.map((item) => deepJoin(call, force(item))).join('');
  call.machine.leave();
  call.machine.reserve(text.length);
  return text;
};

const flattenDeep = (call: Call, value: Value): JsonnetArray => {
  if (!isArray(value)) return [value];
  call.machine.enter();
  const flat = value.flatMap((item) => flattenDeep(call, force(item)));
  call.machine.leave();
  reserve(call, flat.length);
  return flat;
};

const flatMap = (call: Call): Value => {
  const callee = call.callee(0);
  const target = call.value(1);
  if (typeof target === 'string') {
    const parts = Array.from(codePoints(target), (character) => call.call(callee, character));
    return parts
      .map((part) => {
        if (typeof part !== 'string') throw call.fail(`the function gives strings, not ${withArticle(part)}`);
        return part;
      })
      .join('');
  }
  const flat: Lazy[] = [];
  for (const item of call.list(1)) {
    const part = call.call(callee, item);
    if (!isArray(part)) throw call.fail(`the function gives arrays, not ${withArticle(part)}`);
    reserve(call, part.length);
    for (const inner of part) flat.push(inner);
  }
  return flat;
};

const fold = (call: Call, items: JsonnetArray, step: (sum: Lazy, item: Lazy) => Value): Value => {
  let sum: Lazy = call.lazy(2);
  for (const item of items) {
    call.machine.spend(1);
    sum = step(sum, item);
  }
  return force(sum);
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

const contains = (call: Call, items: JsonnetArray, value: Value): boolean =>
  items.some((item) => equalValues(call.machine, force(item), value));

/** By name. */
export const LIST_FUNCTIONS: Natives = {
  makeArray: [
    'sz func',
    (call) => {
      const size = Math.max(0, call.whole(0));
      const callee = call.callee(1);
      reserve(call, size);
      return Array.from({ length: size }, (_, at) => call.later(() => call.call(callee, at)));
    },
  ],
  member: [
    'arr x',
    (call) => {
      const target = call.value(0);
      if (typeof target === 'string') return target.includes(call.text(1));
      return contains(call, call.list(0), call.value(1));
    },
  ],
  contains: ['arr elem', (call) => contains(call, call.list(0), call.value(1))],
  count: [
    'arr x',
    (call) => call.list(0).filter((item) => equalValues(call.machine, force(item), call.value(1))).length,
  ],
  find: [
    'value arr',
    (call) => call.list(1).flatMap((item, at) => (equalValues(call.machine, force(item), call.value(0)) ? [at] : [])),
  ],
  map: [
    'func arr',
    (call) => {
      const callee = call.callee(0);
      return listOrText(call, 1).map((item) => call.later(() => call.call(callee, item)));
    },
  ],
  mapWithIndex: [
    'func arr',
    (call) => {
      const callee = call.callee(0);
      return listOrText(call, 1).map((item, at) => call.later(() => call.call(callee, at, item)));
    },
  ],
  filterMap: [
    'filter_func map_func arr',
    (call) => {
      const callee = call.callee(1);
      return filter(call, call.value(0), call.list(2)).map((item) => call.later(() => call.call(callee, item)));
    },
  ],
  filter: ['func arr', (call) => filter(call, call.value(0), call.list(1))],
  flatMap: ['func arr', flatMap],
  foldl: [
    'func arr init',
    (call) => fold(call, listOrText(call, 1), (sum, item) => call.call(call.callee(0), sum, item)),
  ],
  foldr: [
    'func arr init',
    (call) => fold(call, [...listOrText(call, 1)].reverse(), (sum, item) => call.call(call.callee(0), item, sum)),
  ],
  range: [
    'from to',
    (call) => {
      const [from, to] = [call.whole(0), call.whole(1)];
      const length = Math.max(0, to - from + 1);
      reserve(call, length);
      return Array.from({ length }, (_, at) => from + at);
    },
  ],
  repeat: [
    'what count',
    (call) => {
      const [what, count] = [call.value(0), Math.max(0, call.whole(1))];
      if (typeof what === 'string') {
        call.machine.reserve(what.length * count);
        return what.repeat(count);
      }
      const list = call.list(0);
      reserve(call, list.length * count);
      return Array.from({ length: count }, () => list).flat();
    },
  ],
  slice: [
    'indexable index end step',
    (call) => sliceValue(call.machine, call.value(0), { from: call.value(1), to: call.value(2), step: call.value(3) }),
  ],
  join: ['sep arr', join],
  deepJoin: ['arr', (call) => deepJoin(call, call.value(0))],
  lines: [
    'arr',
    (call) =>
      call
        .list(0)
        .map((item) => force(item))
        .filter((item) => item !== null)
        .map((item) => `${typeof item === 'string' ? item : problemLine(call, item)}\n`)
        .join(''),
  ],
  flattenArrays: [
    'arrs',
    (call) =>
      call
        .list(0)
        .map(force)
        .reduce<Value>((sum, part) => addValues(call.machine, sum, part), []),
  ],
  flattenDeepArray: ['value', (call) => flattenDeep(call, call.value(0))],
  reverse: ['arr', (call) => [...call.list(0)].reverse()],
  sort: ['arr keyF?', (call) => sortByKey(call.machine, call.list(0), call.keyed(1))],
  uniq: ['arr keyF?', (call) => uniq(call, call.list(0), call.keyed(1))],
  all: ['arr', (call) => call.list(0).every((item) => isTrue(call, force(item), 'every item'))],
  any: ['arr', (call) => call.list(0).some((item) => isTrue(call, force(item), 'every item'))],
  sum: ['arr', sumOf],
  avg: [
    'arr',
    (call) => {
      const { length } = call.list(0);
      if (length === 0) throw call.fail('the array is empty');
      return sumOf(call) / length;
    },
  ],
  minArray: ['arr keyF? onEmpty?', extreme(-1)],
  maxArray: ['arr keyF? onEmpty?', extreme(1)],
  remove: [
    'arr elem',
    (call) => {
      const list = call.list(0);
      const at = list.findIndex((item) => equalValues(call.machine, force(item), call.value(1)));
      return at < 0 ? list : list.filter((_, index) => index !== at);
    },
  ],
  removeAt: ['arr idx', (call) => call.list(0).filter((_, index) => index !== call.number(1))],
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
  length: [
    'x',
    (call) => {
      const value = call.value(0);
      if (typeof value === 'string') return textLength(value);
      if (isArray(value)) return value.length;
      return lengthOf(call, value);
    },
  ],
};

const lengthOf = (call: Call, value: Value): number => {
  if (value !== null && typeof value === 'object' && 'names' in value) return value.names({ hidden: false }).length;
  if (value !== null && typeof value === 'object' && 'parameters' in value)
    return value.parameters.filter(({ isOptional }) => !isOptional).length;
  throw call.fail(`${withArticle(value)} has no length`);
};

const problemLine = (call: Call, value: Value): never => {
  throw problem(
    `std.lines: the items are strings, and one is ${withArticle(value)} (${toText(call.machine, value).slice(0, 40)})`,
  );
};
