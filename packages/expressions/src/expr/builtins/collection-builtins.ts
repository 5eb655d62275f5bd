/**
 * Built-in functions over lists and maps.
 * @spec https://expr-lang.org/docs/language-definition#array-functions
 */
import { valueError } from '../expr-error.ts';
import {
  areEqual,
  formatGoValue,
  isExprMap,
  isNumeric,
  kindOf,
  mapGet,
  toInt64,
  toMap,
  type ExprMap,
  type ExprValue,
} from '../run/values.ts';
import type { Builtin, BuiltinCall } from './builtins.ts';

const listOf = (call: BuiltinCall, index = 0): readonly ExprValue[] => {
  const value = call.args[index];
  if (!Array.isArray(value)) throw valueError(`cannot use ${kindOf(value)} as array`, call.at);
  call.run.spend(value.length, call.at);
  return value;
};

const mapOf = (call: BuiltinCall): ExprMap => {
  const value = call.args[0];
  if (!isExprMap(value)) throw valueError(`cannot use ${kindOf(value)} as map`, call.at);
  return value;
};

const holds = (call: BuiltinCall, element: ExprValue, index: number): boolean => {
  const verdict = call.closure ? call.closure(element, index) : element;
  if (typeof verdict !== 'boolean') throw valueError('predicate must return bool', call.at);
  return verdict;
};

const numbersOf = (call: BuiltinCall): readonly (number | bigint)[] =>
  call.args
    .flatMap((argument) => (Array.isArray(argument) ? (argument as readonly ExprValue[]) : [argument]))
    .map((value) => {
      if (!isNumeric(value)) throw valueError(`invalid argument (type ${kindOf(value)})`, call.at);
      return value;
    });

const add = (left: number | bigint, right: number | bigint): number | bigint =>
  typeof left === 'bigint' && typeof right === 'bigint' ? toInt64(left + right) : Number(left) + Number(right);

const extreme = (call: BuiltinCall, sign: 1 | -1): ExprValue =>
  // Nothing to compare with: not even looked at.
  call.args.length === 1 && !Array.isArray(call.args[0]) ? call.args[0] : extremeOf(call, sign);

const extremeOf = (call: BuiltinCall, sign: 1 | -1): ExprValue =>
  numbersOf(call).reduce<number | bigint | null>(
    (best, value) => (best === null || (sign > 0 ? value > best : value < best) ? value : best),
    null,
  );

const orderValues = (left: ExprValue, right: ExprValue, at: number): number => {
  if (isNumeric(left) && isNumeric(right)) return left < right ? -1 : left > right ? 1 : 0;
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0;
  throw valueError(`cannot compare ${kindOf(left)} and ${kindOf(right)}`, at);
};

const direction = (order: ExprValue, at: number): number => {
  if (order === undefined || order === 'asc') return 1;
  if (order === 'desc') return -1;
  throw valueError(`invalid order ${formatGoValue(order)}, expected asc or desc`, at);
};

const findFrom = (call: BuiltinCall, isLast: boolean): number => {
  const list = listOf(call);
  for (let step = 0; step < list.length; step += 1) {
    const index = isLast ? list.length - 1 - step : step;
    if (holds(call, list[index] ?? null, index)) return index;
  }
  return -1;
};

const reduceList: Builtin = (call) => {
  const list = listOf(call);
  const hasInitial = call.args.length > 1;
  if (!hasInitial && list.length === 0) throw valueError('reduce of empty array with no initial value', call.at);
  let accumulator = hasInitial ? call.args[1] : list[0];
  for (let index = hasInitial ? 0 : 1; index < list.length; index += 1)
    accumulator = call.closure?.(list[index] ?? null, index, accumulator);
  return accumulator;
};

const groupList: Builtin = (call) => {
  const groups = new Map<string, ExprValue[]>();
  listOf(call).forEach((element, index) => {
    const value = call.closure?.(element, index);
    if (Array.isArray(value) || isExprMap(value))
      throw valueError(`hash of unhashable type: ${kindOf(value)}`, call.at);
    const key = formatGoValue(value);
    groups.set(key, [...(groups.get(key) ?? []), element]);
  });
  return toMap(groups);
};

const medianOf = (values: readonly number[]): number => {
  if (values.length === 0) return 0;
  const sorted = [...values].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
};

const flattenList = (list: readonly ExprValue[]): readonly ExprValue[] =>
  list.flatMap((part) => (Array.isArray(part) ? flattenList(part as readonly ExprValue[]) : [part]));

const getFrom: Builtin = (call) => {
  const [object, key] = call.args;
  if (Array.isArray(object)) {
    if (!isNumeric(key)) throw valueError(`cannot use ${kindOf(key)} as an index`, call.at);
    return (object as readonly ExprValue[]).at(Number(key)) ?? null;
  }
  if (typeof object === 'string' && !isNumeric(key)) throw valueError(`cannot use ${kindOf(key)} as an index`, call.at);
  return isExprMap(object) && typeof key === 'string' ? mapGet(object, key) : null;
};

const fromPairs: Builtin = (call) =>
  toMap(
    listOf(call).map((pair): readonly [string, ExprValue] => {
      if (!Array.isArray(pair) || pair.length !== 2) throw valueError('invalid pair', call.at);
      return [String(pair[0]), pair[1]];
    }),
  );

/** Functions over lists and maps, by name. */
export const COLLECTION_BUILTINS: Readonly<Record<string, Builtin>> = {
  all: (call) => listOf(call).every((element, index) => holds(call, element, index)),
  none: (call) => !listOf(call).some((element, index) => holds(call, element, index)),
  any: (call) => listOf(call).some((element, index) => holds(call, element, index)),
  one: (call) => listOf(call).filter((element, index) => holds(call, element, index)).length === 1,
  filter: (call) => listOf(call).filter((element, index) => holds(call, element, index)),
  map: (call) => listOf(call).map((element, index) => call.closure?.(element, index)),
  count: (call) => BigInt(listOf(call).filter((element, index) => holds(call, element, index)).length),
  find: (call) => listOf(call)[findFrom(call, false)] ?? null,
  findLast: (call) => listOf(call)[findFrom(call, true)] ?? null,
  findIndex: (call) => indexOrNil(findFrom(call, false)),
  findLastIndex: (call) => indexOrNil(findFrom(call, true)),
  groupBy: groupList,
  sortBy: (call) => {
    const sign = direction(call.args[1], call.at);
    const keyed = listOf(call).map((element, index) => ({ element, key: call.closure?.(element, index) }));
    return keyed.sort((left, right) => sign * orderValues(left.key, right.key, call.at)).map((one) => one.element);
  },
  reduce: reduceList,
  sum: (call) =>
    listOf(call).reduce<number | bigint>((total, element, index) => {
      const value = call.closure ? call.closure(element, index) : element;
      if (!isNumeric(value)) throw valueError(`cannot sum ${kindOf(value)}`, call.at);
      return add(total, value);
    }, 0n),
  max: (call) => extreme(call, 1),
  min: (call) => extreme(call, -1),
  mean: (call) => {
    const values = numbersOf(call).map(Number);
    return values.length === 0 ? 0 : values.reduce((total, value) => total + value, 0) / values.length;
  },
  median: (call) => medianOf(numbersOf(call).map(Number)),
  first: (call) => (Array.isArray(call.args[0]) ? (listOf(call)[0] ?? null) : null),
  last: (call) => (Array.isArray(call.args[0]) ? (listOf(call).at(-1) ?? null) : null),
  take: (call) => {
    const count = call.args[1];
    if (!isNumeric(count)) throw valueError(`cannot take ${kindOf(count)} elements`, call.at);
    return listOf(call).slice(0, Math.max(0, Number(count)));
  },
  get: getFrom,
  keys: (call) => Object.keys(mapOf(call)).sort(),
  values: (call) =>
    Object.keys(mapOf(call))
      .sort()
      .map((key) => mapGet(mapOf(call), key)),
  toPairs: (call) =>
    Object.keys(mapOf(call))
      .sort()
      .map((key) => [key, mapGet(mapOf(call), key)]),
  fromPairs,
  reverse: (call) => [...listOf(call)].reverse(),
  uniq: (call) =>
    listOf(call).filter((element, index, list) => list.findIndex((other) => areEqual(other, element)) === index),
  concat: (call) => call.args.flatMap((_, index) => [...listOf(call, index)]),
  flatten: (call) => flattenList(listOf(call)),
  sort: (call) => {
    const sign = direction(call.args[1], call.at);
    if (!Array.isArray(call.args[0])) return [];
    return [...listOf(call)].sort((left, right) => sign * orderValues(left, right, call.at));
  },
};

const indexOrNil = (index: number): ExprValue => (index < 0 ? null : BigInt(index));
