/**
 * Built-ins that put values in order, and those that look for the least and the greatest.
 * @spec github.com/itchyny/gojq func.go
 */
import type { Natives } from '../run/machine.ts';
import { compareJq, isJqArray, type Jq } from '../values/jq-value.ts';
import { deepNative, refuse } from './native.ts';

/** Built-ins by `name/count`. Those with `_` are for the library only. */
export const ORDERING_NATIVES: Natives = {
  '_group_by/1': deepNative((input, [keys = null]) => grouped('group_by', input, keys)),
  '_max_by/1': deepNative((input, [keys = null]) => best('max_by', { input, keys }, -1)),
  '_min_by/1': deepNative((input, [keys = null]) => best('min_by', { input, keys }, 1)),
  '_sort_by/1': deepNative((input, [keys = null]) => sorted('sort_by', input, keys).map(({ value }) => value)),
  '_unique_by/1': deepNative((input, [keys = null]) =>
    grouped('unique_by', input, keys).map(([first = null]) => first),
  ),
  'bsearch/1': deepNative((input, [wanted = null]) => search(input, wanted)),
  'max/0': deepNative((input) => best('max', { input, keys: input }, -1)),
  'min/0': deepNative((input) => best('min', { input, keys: input }, 1)),
  'sort/0': deepNative((input) => sorted('sort', input, input).map(({ value }) => value)),
  'unique/0': deepNative((input) => grouped('unique', input, input).map(([first = null]) => first)),
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
