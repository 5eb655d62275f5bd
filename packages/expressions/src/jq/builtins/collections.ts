/**
 * Built-ins of arrays and objects as a whole.
 * @spec github.com/itchyny/gojq func.go
 */
import { JqError } from '../jq-error.ts';
import type { Machine, Natives } from '../run/machine.ts';
import {
  compareJq,
  describeJq,
  isJqArray,
  isJqNumber,
  isJqObject,
  keysOf,
  previewOf,
  valueAt,
  type Jq,
} from '../values/jq-value.ts';
import { add } from '../values/operators.ts';
import { textOf } from './formats.ts';
import { arrayOf, deepNative, native, refuse } from './native.ts';

/** Built-ins by `name/count`. */
export const COLLECTION_NATIVES: Natives = {
  'add/0': native((input, _, machine) => sum(input, machine)),
  'contains/1': deepNative((input, [part = null]) => contains(input, part)),
  'flatten/0': native((input, _, machine) => flatten(valuesOf('flatten', input), -1, machine)),
  'flatten/1': native((input, [depth = null], machine) => flattenTo(input, depth, machine)),
  'join/1': native((input, [separator = null], machine) => join(input, separator, machine)),
  'length/0': native((input) => lengthOf(input)),
  'reverse/0': native((input) => arrayOf('reverse', input).toReversed()),
  'transpose/0': native((input, _, machine) => transpose(input, machine)),
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

const flattenTo = (input: Jq, depth: Jq, machine: Machine): Jq => {
  const items = valuesOf('flatten', input);
  if (!isJqNumber(depth)) throw refuse('flatten', depth);
  if (depth < 0) throw new JqError(`flatten depth should not be negative: ${previewOf(depth)}`);
  return flatten(items, Number(depth), machine);
};

const flatten = (items: readonly Jq[], depth: number, machine: Machine): readonly Jq[] =>
  items.flatMap((item): readonly Jq[] => {
    machine.spend(1);
    return isJqArray(item) && depth !== 0 ? flatten(item, depth - 1, machine) : [item];
  });

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

const transpose = (input: Jq, machine: Machine): Jq => {
  const rows = arrayOf('transpose', input).map((row) => {
    if (!isJqArray(row)) throw refuse('transpose', input);
    return row;
  });
  const width = Math.max(0, ...rows.map((row) => row.length));
  machine.spend(width * rows.length);
  return Array.from({ length: width }, (_, column) => rows.map((row) => row[column] ?? null));
};
