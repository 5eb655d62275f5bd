/**
 * Reading, setting and deleting by path.
 * @spec github.com/itchyny/gojq func.go funcIndex2, update, delpaths
 */
import { JqError } from '../jq-error.ts';
import {
  compareJq,
  describeJq,
  isJqArray,
  isJqNumber,
  isJqObject,
  previewOf,
  valueAt,
  type Jq,
  type JqObject,
} from './jq-value.ts';

/** Steps from a value to a part of it: names, places, `{start, end}` of slices. */
export type JqPath = readonly Jq[];

/** An array may be lengthened to this many items by setting a place. */
const LARGEST_INDEX = 0x800_0000;

/** A number as a place: truncated. */
export const toIndex = (value: number | bigint): number => Math.trunc(Number(value)) || 0;

/** The part of a value a key names. */
export const indexJq = (value: Jq, key: Jq): Jq => {
  if (typeof key === 'string') {
    if (value === null) return null;
    if (!isJqObject(value)) throw new JqError(`expected an object but got: ${describeJq(value)}`);
    return valueAt(value, key);
  }
  if (isJqNumber(key)) return indexByNumber(value, toIndex(key));
  if (isJqArray(key)) {
    if (value === null) return null;
    if (!isJqArray(value)) throw new JqError(`expected an array but got: ${describeJq(value)}`);
    return placesOf(value, key);
  }
  if (isJqObject(key)) {
    if (value === null) return null;
    const { from, to } = sliceOfKey(key);
    return sliceJq(value, from, to);
  }
  if (isJqArray(value)) throw new JqError(`expected a number for indexing an array but got: ${describeJq(key)}`);
  if (typeof value === 'string')
    throw new JqError(`expected a number for indexing a string but got: ${describeJq(key)}`);
  throw new JqError(`expected a string for object key but got: ${describeJq(key)}`);
};

const sliceOfKey = (key: JqObject): { readonly from: Jq; readonly to: Jq } => {
  if (!Object.hasOwn(key, 'start') || !Object.hasOwn(key, 'end'))
    throw new JqError(`expected "start" and "end" for slicing but got: ${describeJq(key)}`);
  return { from: valueAt(key, 'start'), to: valueAt(key, 'end') };
};

const indexByNumber = (value: Jq, index: number): Jq => {
  if (value === null) return null;
  if (isJqArray(value)) return value[index < 0 ? index + value.length : index] ?? null;
  if (typeof value !== 'string') throw new JqError(`expected an array but got: ${describeJq(value)}`);
  const runes = [...value];
  return runes[index < 0 ? index + runes.length : index] ?? null;
};

/** Where a run of items occurs in an array. */
export const placesOf = (items: readonly Jq[], run: readonly Jq[]): readonly number[] => {
  if (run.length === 0) return [];
  const places: number[] = [];
  for (let start = 0; start + run.length <= items.length; start += 1)
    if (run.every((item, offset) => compareJq(items[start + offset] ?? null, item) === 0)) places.push(start);
  return places;
};

/** A slice of an array or text. */
export const sliceJq = (value: Jq, from: Jq, to: Jq): Jq => {
  if (value === null) return null;
  if (isJqArray(value)) {
    const [start, end] = bounds(value.length, [from, to], 'an array');
    return value.slice(start, end);
  }
  if (typeof value !== 'string') throw new JqError(`expected an array but got: ${describeJq(value)}`);
  const runes = [...value];
  const [start, end] = bounds(runes.length, [from, to], 'a string');
  return runes.slice(start, end).join('');
};

const bounds = (length: number, [from, to]: readonly [Jq, Jq], what: string): readonly [number, number] => {
  const place = (value: Jq, least: number): number => {
    if (!isJqNumber(value)) throw new JqError(`expected a number for indexing ${what} but got: ${describeJq(value)}`);
    const index = toIndex(value);
    return Math.min(length, Math.max(least, index < 0 ? index + length : index));
  };
  const start = from === null ? 0 : place(from, 0);
  return [start, to === null ? length : place(to, start)];
};

/** Follows a path. */
export const getPath = (value: Jq, path: JqPath): Jq => {
  let part = value;
  for (const key of path) {
    if (part !== null && typeof part !== 'object')
      throw new JqError(`getpath(${previewOf(path)}) cannot be applied to: ${describeJq(value)}`);
    try {
      part = indexJq(part, key);
    } catch (thrown) {
      if (!(thrown instanceof JqError)) throw thrown;
      throw new JqError(`getpath(${previewOf(path)}) cannot be applied to ${previewOf(value)}: ${thrown.message}`);
    }
  }
  return part;
};

/** Marks what is deleted while other paths still count from the places as they were. */
const DELETED = Symbol('deleted');
type Slot = Jq | typeof DELETED;

/** What work is charged to. */
interface Meter {
  spend(steps: number): void;
}

/** The value with a part replaced; what is missing on the way is made. */
export const setPath = (value: Jq, path: JqPath, part: Jq, machine: Meter): Jq => {
  try {
    return update(value, path, { part, machine }) as Jq;
  } catch (thrown) {
    if (!(thrown instanceof JqError)) throw thrown;
    throw new JqError(
      `setpath(${previewOf(path)}; ${previewOf(part)}) cannot be applied to ${previewOf(value)}: ${thrown.message}`,
    );
  }
};

/** The value without the parts of some paths. */
export const deletePaths = (value: Jq, paths: Jq, machine: Meter): Jq => {
  if (!isJqArray(paths)) throw new JqError(`delpaths(${previewOf(paths)}) cannot be applied to: ${describeJq(value)}`);
  let marked: Slot = value;
  try {
    for (const path of paths) {
      if (!isJqArray(path)) throw new JqError(`expected an array but got: ${describeJq(path)}`);
      marked = update(marked, path, { part: DELETED, machine });
    }
  } catch (thrown) {
    if (!(thrown instanceof JqError)) throw thrown;
    throw new JqError(`delpaths(${previewOf(paths)}) cannot be applied to ${previewOf(value)}: ${thrown.message}`);
  }
  if (paths.length === 0) return value;
  return sweep(marked);
};

const sweep = (slot: Slot): Jq => {
  if (slot === DELETED) return null;
  if (typeof slot !== 'object' || slot === null) return slot;
  if (isJqArray(slot)) return (slot as readonly Slot[]).filter((item) => item !== DELETED).map(sweep);
  const entries = Object.entries(slot as Readonly<Record<string, Slot>>);
  return Object.fromEntries(entries.filter(([, item]) => item !== DELETED).map(([key, item]) => [key, sweep(item)]));
};

const update = (slot: Slot, path: JqPath, { part, machine }: Omit<Change, 'rest'>): Slot => {
  machine.spend(1);
  if (path.length === 0) return part;
  if (slot === DELETED) return slot;
  const [key = null, ...rest] = path;
  if (typeof key === 'string') return updateKey(slot, key, { rest, part, machine });
  if (isJqNumber(key)) return updatePlace(slot, toIndex(key), { rest, part, machine });
  if (isJqObject(key)) return updateSlice(slot, key, { rest, part, machine });
  if (isJqArray(slot)) throw new JqError(`expected a number for indexing an array but got: ${describeJq(key)}`);
  throw new JqError(`expected a string for object key but got: ${describeJq(key)}`);
};

interface Change {
  readonly rest: JqPath;
  readonly part: Slot;
  readonly machine: Meter;
}

const updateKey = (slot: Jq, key: string, { rest, part, machine }: Change): Slot => {
  if (slot !== null && !isJqObject(slot)) throw new JqError(`expected an object but got: ${describeJq(slot)}`);
  const object = slot ?? {};
  const isPresent = Object.hasOwn(object, key);
  // As gojq: what is null and would have had the key becomes empty.
  if (!isPresent && part === DELETED) return object;
  const changed = update(isPresent ? valueAt(object, key) : null, rest, { part, machine });
  const entries = new Map<string, Slot>(Object.entries(object));
  entries.set(key, changed);
  // Marks are swept away before anybody sees the value.
  return Object.fromEntries(entries) as JqObject;
};

const updatePlace = (slot: Jq, index: number, { rest, part, machine }: Change): Slot => {
  if (slot !== null && !isJqArray(slot)) throw new JqError(`expected an array but got: ${describeJq(slot)}`);
  const items: Slot[] = [...(slot ?? [])];
  const place = index < 0 ? index + items.length : index;
  if (part === DELETED && (place < 0 || place >= items.length)) return slot ?? [];
  if (place < 0) throw new JqError(`array index should not be negative: ${index}`);
  if (place >= LARGEST_INDEX) throw new JqError(`array index too large: ${index}`);
  const changed = update(items[place] ?? null, rest, { part, machine });
  // A list grown by a far place costs as much as one made item by item.
  machine.spend((items.length >> 4) + Math.max(0, place - items.length));
  while (items.length < place) items.push(null);
  items[place] = changed;
  return items as readonly Jq[];
};

const updateSlice = (slot: Jq, key: JqObject, { rest, part, machine }: Change): Slot => {
  if (slot !== null && !isJqArray(slot)) throw new JqError(`expected an array but got: ${describeJq(slot)}`);
  const { from, to } = sliceOfKey(key);
  const items: readonly Slot[] = slot ?? [];
  const [start, end] = bounds(items.length, [isJqNumber(from) ? from : null, isJqNumber(to) ? to : null], 'an array');
  if (start === end && part === DELETED) return slot;
  const changed = update(items.slice(start, end) as readonly Jq[], rest, { part, machine });
  const middle = changed === DELETED ? items.slice(start, end).map((): Slot => DELETED) : changed;
  if (!Array.isArray(middle)) throw new JqError(`expected an array but got: ${describeJq(changed as Jq)}`);
  return [...items.slice(0, start), ...(middle as readonly Slot[]), ...items.slice(end)] as readonly Jq[];
};
