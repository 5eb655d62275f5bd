/**
 * Built-ins of the places in arrays and objects: keys, indices, entries and paths.
 * @spec github.com/itchyny/gojq func.go
 */
import { JqError } from '../jq-error.ts';
import type { Natives } from '../run/machine.ts';
import {
  describeJq,
  isJqArray,
  isJqNumber,
  isJqObject,
  keysOf,
  objectOf,
  previewOf,
  valueAt,
  type Jq,
} from '../values/jq-value.ts';
import { deletePaths, placesOf, setPath, toIndex } from '../values/paths.ts';
import { arrayOf, deepNative, native, refuse } from './native.ts';

/** Built-ins by `name/count`. */
export const PLACE_NATIVES: Natives = {
  'delpaths/1': native((input, [paths = null], machine) => deletePaths(input, paths, machine)),
  'from_entries/0': native((input) => fromEntries(input)),
  'has/1': native((input, [key = null]) => has(input, key)),
  'index/1': deepNative((input, [part = null]) => placesIn('index', input, part)?.[0] ?? null),
  'indices/1': deepNative((input, [part = null]) => placesIn('indices', input, part) ?? null),
  'keys/0': native((input) => {
    if (isJqObject(input)) return keysOf(input);
    return arrayOf('keys', input).map((_, index) => index);
  }),
  'rindex/1': deepNative((input, [part = null]) => placesIn('rindex', input, part)?.at(-1) ?? null),
  'setpath/2': native((input, [path = null, value = null], machine) => {
    if (!isJqArray(path)) throw refuse('setpath', input, path);
    return setPath(input, path, value, machine);
  }),
  'to_entries/0': native((input) => entriesOf(input)),
};

const fromEntries = (input: Jq): Jq => {
  const pairs = arrayOf('from_entries', input).map((entry): readonly [string, Jq] => {
    if (!isJqObject(entry)) throw refuse('from_entries', entry);
    const name = ['key', 'Key', 'name', 'Name', 'k', 'K']
      .map((key) => valueAt(entry, key))
      .find((value) => value !== null && value !== false);
    if (typeof name !== 'string') {
      const reason = `expected a string for object key but got: ${describeJq(name ?? null)}`;
      throw new JqError(`from_entries cannot be applied to ${previewOf(input)}: ${reason}`);
    }
    const key = ['value', 'Value', 'v', 'V'].find((one) => Object.hasOwn(entry, one));
    return [name, key === undefined ? null : valueAt(entry, key)];
  });
  return objectOf(pairs);
};

const has = (input: Jq, key: Jq): boolean => {
  if (isJqArray(input) && isJqNumber(key)) return toIndex(key) >= 0 && toIndex(key) < input.length;
  if (isJqObject(input) && typeof key === 'string') return Object.hasOwn(input, key);
  if (input === null) return false;
  throw refuse('has', input, key);
};

/** Where a part stands in a text or an array; in `null` there is no place to be. */
const placesIn = (name: string, input: Jq, part: Jq): readonly number[] | undefined => {
  if (input === null) return undefined;
  if (typeof input === 'string' && typeof part === 'string') return placesOf([...input], [...part]);
  if (!isJqArray(input)) throw refuse(name, input, part);
  return placesOf(input, isJqArray(part) ? part : [part]);
};

const entriesOf = (input: Jq): Jq => {
  if (isJqArray(input)) return input.map((value, key) => ({ key, value }));
  if (isJqObject(input)) return keysOf(input).map((key) => ({ key, value: valueAt(input, key) }));
  throw refuse('to_entries', input);
};
