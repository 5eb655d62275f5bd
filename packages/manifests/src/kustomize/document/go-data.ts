/**
 * Documents as Go data, as far as JSON carries them: whole numbers lose their point, times become text.
 */
import { Failure } from '@argosy/base';
import { GoList, GoMap, type GoValue } from '@argosy/expressions';

import { numberOf, toJsonTime } from './plain-scalar.ts';
import { isMap, PlainScalar, StyledText, type Value } from './value.ts';

const LARGEST_INTEGER = 2n ** 64n - 1n;
const SMALLEST_INTEGER = -(2n ** 63n);

/** A value as Go data. Throws Failure `InvalidValue` for a number JSON does not have. */
export const toGoData = (value: Value): GoValue => {
  if (value instanceof PlainScalar) return scalarToGo(value);
  if (value instanceof StyledText) return value.printed;
  if (Array.isArray(value)) return new GoList(value.map(toGoData));
  if (!isMap(value)) return value;
  return new GoMap(new Map(Object.entries(value).map(([name, part]): [string, GoValue] => [name, toGoData(part)])));
};

const scalarToGo = (scalar: PlainScalar): GoValue => {
  if (scalar.kind === 'null') return null;
  if (scalar.kind === 'time') return toJsonTime(scalar.text);
  const value = numberOf(scalar.text);
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new Failure(`${scalar.text} is a number JSON does not have; use another value`, { code: 'InvalidValue' });
  const isWhole = typeof value === 'bigint' && value >= SMALLEST_INTEGER && value <= LARGEST_INTEGER;
  return isWhole ? value : Number(value);
};
