/**
 * What makes one array or text of many.
 */
import { addValues, codePoints, toText, withArticle } from '../runtime/operations.ts';
import { force, isArray, problem, type JsonnetArray, type Lazy, type Value } from '../runtime/values.ts';
import type { Call, Natives } from './native.ts';

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
    call.reserve(item.length + separator.length);
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
  call.reserve(flat.length);
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
    call.reserve(part.length);
    for (const inner of part) flat.push(inner);
  }
  return flat;
};

const problemLine = (call: Call, value: Value): never => {
  throw problem(
    `std.lines: the items are strings, and one is ${withArticle(value)} (${toText(call.machine, value).slice(0, 40)})`,
  );
};

/** By name. */
export const JOIN_FUNCTIONS: Natives = {
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
  flatMap: ['func arr', flatMap],
};
