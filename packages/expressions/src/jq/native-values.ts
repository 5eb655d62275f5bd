/**
 * Built-ins of arrays, objects and anything.
 * @spec github.com/itchyny/gojq func.go
 */
import { messageOf } from '@argosy/base';

import { textOf, formatValue } from './formats.ts';
import { JqError, JqHalt, userError } from './jq-error.ts';
import {
  chargeParts,
  compareJq,
  describeJq,
  integerOf,
  isJqArray,
  isJqNumber,
  isJqObject,
  jqTypeOf,
  keysOf,
  objectOf,
  previewOf,
  toText,
  valueAt,
  type Jq,
} from './jq-value.ts';
import type { Machine, Native, Natives } from './machine.ts';
import { native, refuse } from './native.ts';
import { add } from './operators.ts';
import { deletePaths, placesOf, setPath, toIndex } from './paths.ts';

/** A built-in that walks its input and arguments whole. */
const deep = (call: (input: Jq, args: readonly Jq[], machine: Machine) => Jq): Native =>
  native((input, args, machine) => {
    chargeParts(input, machine);
    for (const arg of args) chargeParts(arg, machine);
    return call(input, args, machine);
  });

const arrayOf = (name: string, input: Jq): readonly Jq[] => {
  if (isJqArray(input)) return input;
  throw refuse(name, input);
};

const valuesOf = (name: string, input: Jq): readonly Jq[] => {
  if (isJqObject(input)) return keysOf(input).map((key) => valueAt(input, key));
  return arrayOf(name, input);
};

const lengthOf = (input: Jq): Jq => {
  if (input === null) return 0;
  if (typeof input === 'string') return [...input].length;
  if (typeof input === 'bigint') return input < 0n ? -input : input;
  if (typeof input === 'number') return Math.abs(input);
  if (isJqArray(input)) return input.length;
  if (isJqObject(input)) return Object.keys(input).length;
  throw refuse('length', input);
};

const has = (input: Jq, key: Jq): boolean => {
  if (isJqArray(input) && isJqNumber(key)) return toIndex(key) >= 0 && toIndex(key) < input.length;
  if (isJqObject(input) && typeof key === 'string') return Object.hasOwn(input, key);
  if (input === null) return false;
  throw refuse('has', input, key);
};

const contains = (input: Jq, part: Jq): boolean => {
  if (typeof input === 'string' && typeof part === 'string') return input.includes(part);
  if (isJqArray(input) && isJqArray(part)) return part.every((item) => input.some((one) => holds(one, item)));
  if (isJqObject(input) && isJqObject(part))
    return Object.entries(part).every(([key, item]) => Object.hasOwn(input, key) && holds(valueAt(input, key), item));
  if (isJqNumber(input) && isJqNumber(part)) return compareJq(input, part) === 0;
  if (input === part) return true;
  throw refuse('contains', input, part);
};

/** As `contains`, but of parts: what cannot be compared is not contained. */
const holds = (input: Jq, part: Jq): boolean => {
  try {
    return contains(input, part);
  } catch (thrown) {
    if (thrown instanceof JqError) return false;
    throw thrown;
  }
};

const entriesOf = (input: Jq): Jq => {
  if (isJqArray(input)) return input.map((value, key) => ({ key, value }));
  if (isJqObject(input)) return keysOf(input).map((key) => ({ key, value: valueAt(input, key) }));
  throw refuse('to_entries', input);
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

const sum = (input: Jq, machine: Machine): Jq => {
  const values = valuesOf('add', input);
  // Long lists of texts or lists are joined at once: adding one by one would copy them each time.
  if (values.length > 8 && values.every((value) => typeof value === 'string')) return values.join('');
  if (values.length > 8 && values.every(isJqArray)) {
    machine.spend(values.reduce((total, value) => total + value.length, 0));
    return values.flat();
  }
  return values.reduce<Jq>((total, value) => add(total, value, (size) => machine.reserve(size)), null);
};

const flatten = (items: readonly Jq[], depth: number, machine: Machine): readonly Jq[] =>
  items.flatMap((item): readonly Jq[] => {
    machine.spend(1);
    return isJqArray(item) && depth !== 0 ? flatten(item, depth - 1, machine) : [item];
  });

const flattenTo = (input: Jq, depth: Jq, machine: Machine): Jq => {
  const items = valuesOf('flatten', input);
  if (!isJqNumber(depth)) throw refuse('flatten', depth);
  if (depth < 0) throw new JqError(`flatten depth should not be negative: ${previewOf(depth)}`);
  return flatten(items, Number(depth), machine);
};

/** Items beside their keys, in order of the keys; equal ones stay as they were. */
const sorted = (name: string, input: Jq, keys: Jq): readonly { readonly value: Jq; readonly key: Jq }[] => {
  if (!isJqArray(input)) throw name.endsWith('_by') ? refuse(name, input, keys) : refuse(name, input);
  if (!isJqArray(keys)) throw refuse(name, input, keys);
  return input
    .map((value, index) => ({ value, key: keys[index] ?? null }))
    .sort((left, right) => compareJq(left.key, right.key));
};

const grouped = (name: string, input: Jq, keys: Jq): readonly (readonly Jq[])[] => {
  const groups: { readonly key: Jq; readonly values: Jq[] }[] = [];
  for (const { value, key } of sorted(name, input, keys)) {
    const last = groups.at(-1);
    if (last && compareJq(last.key, key) === 0) last.values.push(value);
    else groups.push({ key, values: [value] });
  }
  return groups.map((group) => group.values);
};

const best = (name: string, { input, keys }: { readonly input: Jq; readonly keys: Jq }, sign: 1 | -1): Jq => {
  if (!isJqArray(input) || !isJqArray(keys))
    throw name.endsWith('_by') ? refuse(name, input, keys) : refuse(name, input);
  let found = 0;
  for (let index = 1; index < input.length; index += 1) {
    const order = compareJq(keys[found] ?? null, keys[index] ?? null);
    // Of equal ones the least is the first, the greatest the last.
    if (sign === 1 ? order > 0 : order <= 0) found = index;
  }
  return input[found] ?? null;
};

const indexBy = (name: string, pick: (places: readonly number[]) => Jq): Native =>
  deep((input, [part = null]) => {
    if (input === null) return null;
    if (typeof input === 'string' && typeof part === 'string') return pick(placesOf([...input], [...part]));
    if (!isJqArray(input)) throw refuse(name, input, part);
    return pick(placesOf(input, isJqArray(part) ? part : [part]));
  });

const transpose = (input: Jq, machine: Machine): Jq => {
  const rows = arrayOf('transpose', input).map((row) => {
    if (!isJqArray(row)) throw refuse('transpose', input);
    return row;
  });
  const width = Math.max(0, ...rows.map((row) => row.length));
  machine.spend(width * rows.length);
  return Array.from({ length: width }, (_, column) => rows.map((row) => row[column] ?? null));
};

const search = (input: Jq, wanted: Jq): Jq => {
  if (!isJqArray(input)) throw refuse('bsearch', input, wanted);
  let [low, high] = [0, input.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareJq(input[middle] ?? null, wanted) >= 0) high = middle;
    else low = middle + 1;
  }
  return low < input.length && compareJq(input[low] ?? null, wanted) === 0 ? low : -low - 1;
};

const join = (input: Jq, separator: Jq, machine: Machine): Jq => {
  const values = isJqArray(input) || isJqObject(input) ? valuesOf('join', input) : undefined;
  if (!values) throw refuse('join', input, separator);
  if (values.length > 1 && typeof separator !== 'string') throw refuse('join', input, separator);
  const texts = values.map((value) => {
    if (isJqArray(value) || isJqObject(value))
      throw new JqError(`join cannot be applied to an array including: ${describeJq(value)}`);
    return value === null ? '' : textOf(value);
  });
  const text = typeof separator === 'string' ? separator : '';
  machine.reserve(text.length * texts.length);
  return texts.join(text);
};

/** JSON as a value; integers keep their digits. */
const fromJson = (input: Jq): Jq => {
  if (typeof input !== 'string') throw refuse('fromjson', input);
  try {
    const value = JSON.parse(input) as Jq;
    return /^\s*-?\d{16,}\s*$/.test(input) ? integerOf(BigInt(input.trim())) : value;
  } catch (thrown) {
    if (thrown instanceof RangeError) throw thrown;
    throw new JqError(`fromjson cannot be applied to ${previewOf(input)}: ${messageOf(thrown)}`);
  }
};

const toNumber = (input: Jq): Jq => {
  if (isJqNumber(input)) return input;
  if (typeof input !== 'string') throw refuse('tonumber', input);
  if (!/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(input))
    throw new JqError(`tonumber cannot be applied to ${previewOf(input)}: invalid number`);
  const bare = input.replace(/^\+/, '');
  return /^-?\d+$/.test(bare) ? integerOf(BigInt(bare)) : Number(bare);
};

const captured = (input: Jq): Jq => {
  if (!isJqObject(input)) throw new JqError(`expected an object but got: ${describeJq(input)}`);
  const captures = valueAt(input, 'captures');
  if (!isJqArray(captures)) throw new JqError(`expected an array but got: ${describeJq(captures)}`);
  return objectOf(
    captures.flatMap((capture): readonly (readonly [string, Jq])[] => {
      const name = isJqObject(capture) ? valueAt(capture, 'name') : null;
      return isJqObject(capture) && typeof name === 'string' ? [[name, valueAt(capture, 'string')]] : [];
    }),
  );
};

/** Built-ins by `name/count`. Those with `_` are for the library only. */
export const VALUE_NATIVES: Natives = {
  '_capture/0': native(captured),
  '_group_by/1': deep((input, [keys = null]) => grouped('group_by', input, keys)),
  '_max_by/1': deep((input, [keys = null]) => best('max_by', { input, keys }, -1)),
  '_min_by/1': deep((input, [keys = null]) => best('min_by', { input, keys }, 1)),
  '_sort_by/1': deep((input, [keys = null]) => sorted('sort_by', input, keys).map(({ value }) => value)),
  '_unique_by/1': deep((input, [keys = null]) => grouped('unique_by', input, keys).map(([first = null]) => first)),
  'add/0': native((input, _, machine) => sum(input, machine)),
  'bsearch/1': deep((input, [wanted = null]) => search(input, wanted)),
  'builtins/0': native(() => []),
  'contains/1': deep((input, [part = null]) => contains(input, part)),
  'debug/0': native((input) => input),
  'delpaths/1': native((input, [paths = null], machine) => deletePaths(input, paths, machine)),
  'env/0': native(() => ({})),
  'error/0': native((input) => {
    throw userError(input);
  }),
  'error/1': native((_, [value = null]) => {
    throw userError(value);
  }),
  'flatten/0': native((input, _, machine) => flatten(valuesOf('flatten', input), -1, machine)),
  'flatten/1': native((input, [depth = null], machine) => flattenTo(input, depth, machine)),
  'format/1': deep((input, [name = null]) => {
    if (typeof name !== 'string') throw refuse('format', name);
    return formatValue(`@${name}`, input);
  }),
  'from_entries/0': native(fromEntries),
  'fromjson/0': native(fromJson),
  'halt/0': native(() => {
    throw new JqHalt('halt error: null');
  }),
  'halt_error/0': native((input) => {
    throw new JqHalt(`halt error: ${textOf(input)}`);
  }),
  'halt_error/1': native((input) => {
    throw new JqHalt(`halt error: ${textOf(input)}`);
  }),
  'has/1': native((input, [key = null]) => has(input, key)),
  'index/1': indexBy('index', (places) => places[0] ?? null),
  'indices/1': indexBy('indices', (places) => places),
  'join/1': native((input, [separator = null], machine) => join(input, separator, machine)),
  'keys/0': native((input) => {
    if (isJqObject(input)) return keysOf(input);
    return arrayOf('keys', input).map((_, index) => index);
  }),
  'length/0': native(lengthOf),
  'max/0': deep((input) => best('max', { input, keys: input }, -1)),
  'min/0': deep((input) => best('min', { input, keys: input }, 1)),
  'not/0': native((input) => input === null || input === false),
  'reverse/0': native((input) => arrayOf('reverse', input).toReversed()),
  'rindex/1': indexBy('rindex', (places) => places.at(-1) ?? null),
  'setpath/2': native((input, [path = null, value = null], machine) => {
    if (!isJqArray(path)) throw refuse('setpath', input, path);
    return setPath(input, path, value, machine);
  }),
  'sort/0': deep((input) => sorted('sort', input, input).map(({ value }) => value)),
  'stderr/0': native((input) => input),
  'to_entries/0': native(entriesOf),
  'toarray/0': native((input) => (isJqArray(input) ? input : [input])),
  'tojson/0': deep((input, _, machine) => bounded(toText(input), machine)),
  'tonumber/0': native(toNumber),
  'tostring/0': deep((input, _, machine) => bounded(textOf(input), machine)),
  'transpose/0': native((input, _, machine) => transpose(input, machine)),
  'type/0': native(jqTypeOf),
  'unique/0': deep((input) => grouped('unique', input, input).map(([first = null]) => first)),
};

const bounded = (text: string, machine: Machine): string => {
  machine.reserve(text.length);
  return text;
};
