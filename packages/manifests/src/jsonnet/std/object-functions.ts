/**
 * Functions of objects and of any value.
 */
import { JsonnetObject } from '../runtime/object.ts';
import { compareValues, createObject, equalValues, objectOf, toText, withArticle } from '../runtime/operations.ts';
import { force, isArray, JsonnetFunction, problem, typeOf } from '../runtime/values.ts';
import type { Lazy, Value } from '../runtime/values.ts';
import type { Call, Native, Natives } from './native.ts';

const namesOf = (call: Call, hidden: boolean): readonly string[] => {
  const names = call.object(0).names({ hidden });
  call.machine.reserve(names.length);
  return names;
};
const fields = (hidden: boolean): Native => ['o', (call) => namesOf(call, hidden)];
const values = (hidden: boolean): Native => [
  'o',
  (call) => namesOf(call, hidden).map((name) => call.later(() => call.object(0).get(name))),
];
const pairs = (hidden: boolean): Native => [
  'o',
  (call) =>
    namesOf(call, hidden).map((name) =>
      objectOf(call.machine, [
        ['key', name],
        ['value', call.later(() => call.object(0).get(name))],
      ]),
    ),
];
const has = (object: JsonnetObject, name: string, hidden: boolean): boolean =>
  object.has(name) && (hidden || object.isVisible(name));
const typed = (type: string): Native => ['v', (call) => typeOf(call.value(0)) === type];

/** Null, empty arrays and empty objects, and what has only such inside, are gone. */
const prune = (call: Call, value: Value): Value => {
  if (isArray(value)) {
    call.machine.enter();
    const kept = value.map((item) => prune(call, force(item))).filter(isContent);
    call.machine.leave();
    return kept;
  }
  if (!(value instanceof JsonnetObject)) return value;
  call.machine.enter();
  const kept = value
    .names({ hidden: false })
    .map((name) => [name, prune(call, value.get(name))] as const)
    .filter(([, part]) => isContent(part));
  call.machine.leave();
  return objectOf(call.machine, kept);
};

const isContent = (value: Value): boolean => {
  if (value === null) return false;
  if (isArray(value)) return value.length > 0;
  return !(value instanceof JsonnetObject) || value.names({ hidden: false }).length > 0;
};

/** @spec RFC 7396 */
const mergePatch = (call: Call, target: Value, patch: Value): Value => {
  if (!(patch instanceof JsonnetObject)) return patch;
  const base = target instanceof JsonnetObject ? target : objectOf(call.machine, []);
  const merged = new Map<string, Lazy>();
  for (const name of base.names({ hidden: false }))
    if (!has(patch, name, false))
      merged.set(
        name,
        call.later(() => base.get(name)),
      );
  for (const name of patch.names({ hidden: false })) {
    const change = patch.get(name);
    if (change === null) continue;
    const before = has(base, name, false) ? call.later(() => base.get(name)) : null;
    merged.set(
      name,
      call.later(() => mergePatch(call, change instanceof JsonnetObject ? force(before) : null, change)),
    );
  }
  return objectOf(call.machine, merged);
};

const without = (call: Call): Value => {
  const [object, name] = [call.object(0), call.text(1)];
  return createObject(
    call.machine,
    object.layers.map((layer) => ({
      ...layer,
      fields: new Map([...layer.fields].filter(([known]) => known !== name)),
    })),
  );
};

/** By name. */
export const OBJECT_FUNCTIONS: Natives = {
  type: ['x', (call) => typeOf(call.value(0))],
  id: ['x', (call) => call.value(0)],
  isString: typed('string'),
  isNumber: typed('number'),
  isBoolean: typed('boolean'),
  isObject: typed('object'),
  isArray: typed('array'),
  isFunction: ['v', (call) => call.value(0) instanceof JsonnetFunction],
  objectFields: fields(false),
  objectFieldsAll: fields(true),
  objectFieldsEx: ['obj hidden', (call) => namesOf(call, call.truth(1))],
  objectValues: values(false),
  objectValuesAll: values(true),
  objectKeysValues: pairs(false),
  objectKeysValuesAll: pairs(true),
  objectHas: ['o f', (call) => has(call.object(0), call.text(1), false)],
  objectHasAll: ['o f', (call) => has(call.object(0), call.text(1), true)],
  objectHasEx: ['obj fname hidden', (call) => has(call.object(0), call.text(1), call.truth(2))],
  objectRemoveKey: ['obj key', without],
  get: [
    'o f default? inc_hidden?',
    (call) => {
      const hidden = call.has(3) ? call.truth(3) : true;
      return has(call.object(0), call.text(1), hidden) ? call.object(0).get(call.text(1)) : call.value(2);
    },
  ],
  mapWithKey: [
    'func obj',
    (call) => {
      const [callee, object] = [call.callee(0), call.object(1)];
      return objectOf(
        call.machine,
        object.names({ hidden: false }).map((name) => {
          const value = call.later(() => object.get(name));
          return [name, call.later(() => call.call(callee, name, value))] as const;
        }),
      );
    },
  ],
  prune: ['a', (call) => prune(call, call.value(0))],
  mergePatch: ['target patch', (call) => mergePatch(call, call.value(0), call.value(1))],
  equals: ['a b', (call) => equalValues(call.machine, call.value(0), call.value(1))],
  primitiveEquals: [
    'x y',
    (call) => {
      const value = call.value(0);
      if (typeOf(value) !== typeOf(call.value(1))) return false;
      if (value !== null && typeof value === 'object') throw call.fail(`${withArticle(value)} is not compared by it`);
      return value === call.value(1);
    },
  ],
  __compare: ['v1 v2', (call) => compareValues(call.machine, call.value(0), call.value(1))],
  __compare_array: ['arr1 arr2', (call) => compareValues(call.machine, call.list(0), call.list(1))],
  __array_less: ['arr1 arr2', (call) => compareValues(call.machine, call.list(0), call.list(1)) < 0],
  __array_less_or_equal: ['arr1 arr2', (call) => compareValues(call.machine, call.list(0), call.list(1)) <= 0],
  __array_greater: ['arr1 arr2', (call) => compareValues(call.machine, call.list(0), call.list(1)) > 0],
  __array_greater_or_equal: ['arr1 arr2', (call) => compareValues(call.machine, call.list(0), call.list(1)) >= 0],
  assertEqual: [
    'a b',
    (call) => {
      if (equalValues(call.machine, call.value(0), call.value(1))) return true;
      throw problem(
        `assertion failed: ${toText(call.machine, call.value(0))} is not ${toText(call.machine, call.value(1))}`,
      );
    },
  ],
  trace: [
    'str rest',
    (call) => {
      call.machine.trace(call.text(0));
      return call.value(1);
    },
  ],
};
