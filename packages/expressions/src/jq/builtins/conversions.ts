/**
 * Built-ins that make one type of value out of another.
 * @spec github.com/itchyny/gojq func.go
 */
import { messageOf } from '@argosy/base';

import { JqError } from '../jq-error.ts';
import type { Machine, Natives } from '../run/machine.ts';
import {
  describeJq,
  integerOf,
  isJqArray,
  isJqNumber,
  isJqObject,
  jqTypeOf,
  objectOf,
  previewOf,
  toText,
  valueAt,
  type Jq,
} from '../values/jq-value.ts';
import { formatValue, textOf } from './formats.ts';
import { deepNative, native, refuse } from './native.ts';

/** Built-ins by `name/count`. Those with `_` are for the library only. */
export const CONVERSION_NATIVES: Natives = {
  '_capture/0': native((input) => captured(input)),
  'format/1': deepNative((input, [name = null]) => {
    if (typeof name !== 'string') throw refuse('format', name);
    return formatValue(`@${name}`, input);
  }),
  'fromjson/0': native((input) => fromJson(input)),
  'toarray/0': native((input) => (isJqArray(input) ? input : [input])),
  'tojson/0': deepNative((input, _, machine) => bounded(toText(input), machine)),
  'tonumber/0': native((input) => toNumber(input)),
  'tostring/0': deepNative((input, _, machine) => bounded(textOf(input), machine)),
  'type/0': native(jqTypeOf),
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

const bounded = (text: string, machine: Machine): string => {
  machine.reserve(text.length);
  return text;
};

const toNumber = (input: Jq): Jq => {
  if (isJqNumber(input)) return input;
  if (typeof input !== 'string') throw refuse('tonumber', input);
  if (!/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(input))
    throw new JqError(`tonumber cannot be applied to ${previewOf(input)}: invalid number`);
  const bare = input.replace(/^\+/, '');
  return /^-?\d+$/.test(bare) ? integerOf(BigInt(bare)) : Number(bare);
};
