/**
 * What operators do to values.
 */
import type { Place } from '../syntax/ast.ts';
import { JsonnetObject, compareNames, type Field, type Layer } from './object.ts';
import { writeJson } from './write-json.ts';
import type { Machine } from './machine.ts';
import { finite, force, isArray, JsonnetFunction, problem, typeOf, type Lazy, type Value } from './values.ts';

/** `+`: numbers, texts with anything, arrays, objects. */
export const addValues = (machine: Machine, left: Value, right: Value): Value => {
  if (typeof left === 'number' && typeof right === 'number') return finite(left + right);
  if (typeof left === 'string' || typeof right === 'string') {
    const joined = [left, right].map((value) => toText(machine, value));
    machine.reserve((joined[0] ?? '').length / 8 + (joined[1] ?? '').length);
    return `${joined[0]}${joined[1]}`;
  }
  if (isArray(left) && isArray(right)) {
    machine.reserve(left.length + right.length);
    machine.spend(1 + (left.length + right.length) / 16);
    return [...left, ...right];
  }
  if (left instanceof JsonnetObject && right instanceof JsonnetObject) return left.extend(right);
  throw problem(`${withArticle(left)} and ${withArticle(right)} cannot be added`);
};

/** An object of the library: one layer of fields that are known. */
export const objectOf = (machine: Machine, entries: Iterable<readonly [name: string, value: Lazy]>): JsonnetObject => {
  const fields = new Map<string, Field>();
  for (const [name, value] of entries)
    fields.set(name, { visibility: 'inherit', isAdding: false, place: undefined, compute: () => force(value) });
  machine.spend(1 + fields.size);
  return createObject(machine, [{ fields, environment: undefined, asserts: [] }]);
};

/** An object of layers. */
export const createObject = (machine: Machine, layers: readonly Layer[]): JsonnetObject =>
  new JsonnetObject(machine, layers, (left, right) => addValues(machine, left, right));

/** What `std.toString` gives. */
export const toText = (machine: Machine, value: Value): string =>
  typeof value === 'string' ? value : writeJson(machine, value, { indent: '', newline: '', separator: ', ' });

/** Whether two values are the same, deeply. Throws for functions. */
export const equalValues = (machine: Machine, left: Value, right: Value): boolean => {
  machine.spend(1);
  if (left === right && !(left instanceof JsonnetFunction)) return true;
  if (isArray(left) && isArray(right)) {
    if (left.length !== right.length) return false;
    return left.every((item, at) => equalValues(machine, force(item), force(right[at] ?? null)));
  }
  if (left instanceof JsonnetObject && right instanceof JsonnetObject) return equalObjects(machine, left, right);
  if (left instanceof JsonnetFunction && right instanceof JsonnetFunction)
    throw problem('functions cannot be compared');
  return false;
};

const equalObjects = (machine: Machine, left: JsonnetObject, right: JsonnetObject): boolean => {
  const names = left.names({ hidden: false });
  const others = right.names({ hidden: false });
  if (names.length !== others.length || names.some((name, at) => name !== others[at])) return false;
  return names.every((name) => equalValues(machine, left.get(name), right.get(name)));
};

/** Order of two values: numbers, texts by code points, arrays by their items. */
export const compareValues = (machine: Machine, left: Value, right: Value): number => {
  machine.spend(1);
  if (typeof left === 'number' && typeof right === 'number') return left < right ? -1 : Number(left > right);
  if (typeof left === 'string' && typeof right === 'string') return Math.sign(compareNames(left, right));
  if (isArray(left) && isArray(right)) {
    for (let at = 0; at < Math.min(left.length, right.length); at += 1) {
      const order = compareValues(machine, force(left[at] ?? null), force(right[at] ?? null));
      if (order !== 0) return order;
    }
    return Math.sign(left.length - right.length);
  }
  throw problem(`${withArticle(left)} and ${withArticle(right)} have no order`);
};

/** An item, a character or a field. */
export const indexValue = (target: Value, index: Value, place: Place): Value => {
  if (target instanceof JsonnetObject) {
    if (typeof index !== 'string') throw problem(`a field's name is a string, not ${withArticle(index)}`, place);
    return target.get(index, place);
  }
  if (typeof target !== 'string' && !isArray(target))
    throw problem(
      `${withArticle(target)} has no ${typeof index === 'string' ? `field ${JSON.stringify(index)}` : 'items'}`,
      place,
    );
  if (typeof index !== 'number') throw problem(`an index is a number, not ${withArticle(index)}`, place);
  const at = Math.trunc(index);
  const items = typeof target === 'string' ? codePoints(target) : target;
  const item = at < 0 ? undefined : items[at];
  if (item === undefined) throw problem(`index ${at} is outside of 0 to ${items.length - 1}`, place);
  return force(item);
};

const ASTRAL = /[\ud800-\udfff]/;

/** A text's characters; texts without surrogates need no list of them. */
export const codePoints = (text: string): ArrayLike<string> & { readonly length: number } =>
  ASTRAL.test(text) ? [...text] : text;

/** Length in code points. */
export const textLength = (text: string): number => codePoints(text).length;

/** Part of a text, by code points. */
export const sliceText = (text: string, from: number, to: number): string =>
  ASTRAL.test(text) ? [...text].slice(from, to).join('') : text.slice(from, to);

/** A type with its article, for messages. */
export const withArticle = (value: Value): string => {
  const type = typeOf(value);
  if (type === 'null') return 'null';
  return /^[ao]/.test(type) ? `an ${type}` : `a ${type}`;
};
