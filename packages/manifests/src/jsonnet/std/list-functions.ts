/**
 * Functions of arrays.
 */
import { equalValues, textLength, codePoints, withArticle } from '../runtime/operations.ts';
import { sliceValue } from '../runtime/slice.ts';
import { finite, force, isArray } from '../runtime/values.ts';
import type { JsonnetArray, Lazy, Value } from '../runtime/values.ts';
import type { Call, Natives } from './native.ts';

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

const fold = (call: Call, items: JsonnetArray, step: (sum: Lazy, item: Lazy) => Value): Value => {
  let sum: Lazy = call.lazy(2);
  for (const item of items) {
    call.machine.spend(1);
    sum = step(sum, item);
  }
  return force(sum);
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
      call.reserve(size);
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
      call.reserve(length);
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
      call.reserve(list.length * count);
      return Array.from({ length: count }, () => list).flat();
    },
  ],
  slice: [
    'indexable index end step',
    (call) => sliceValue(call.machine, call.value(0), { from: call.value(1), to: call.value(2), step: call.value(3) }),
  ],
  reverse: ['arr', (call) => [...call.list(0)].reverse()],
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
  remove: [
    'arr elem',
    (call) => {
      const list = call.list(0);
      const at = list.findIndex((item) => equalValues(call.machine, force(item), call.value(1)));
      return at < 0 ? list : list.filter((_, index) => index !== at);
    },
  ],
  removeAt: ['arr idx', (call) => call.list(0).filter((_, index) => index !== call.number(1))],
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
