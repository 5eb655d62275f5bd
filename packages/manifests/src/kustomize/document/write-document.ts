/**
 * Documents as Kustomize prints them: through JSON, so keys are sorted, and numbers are what JSON made of them.
 * @upstream sigs.k8s.io/kustomize/api/resource/resource.go#AsYAML
 */
import { Failure, type Json } from '@argosy/base';
import { GoList, GoMap, writeGoYaml, writeJson, type GoValue } from '@argosy/expressions';

import { numberOf, toJsonTime } from './plain-scalar.ts';
import { isMap, PlainScalar, setMember, type MapValue, type Value } from './value.ts';

const LARGEST_INTEGER = 2n ** 64n - 1n;
const SMALLEST_INTEGER = -(2n ** 63n);

/** A document as YAML, with a newline at its end. */
export const writeDocument = (value: Value): string => writeGoYaml(toGoData(value));

/** A document as compact JSON with sorted keys and `<`, `>` and `&` escaped, as Go writes it. */
export const writeCompactJson = (value: Value): string => writeJson(toGoData(value), { indent: '', escapesHtml: true });

/** A document as plain data. Numbers too large for one lose digits. */
export const toJson = (value: Value): Json => {
  if (value instanceof PlainScalar) return scalarToJson(value);
  if (Array.isArray(value)) return value.map(toJson);
  if (!isMap(value)) return value;
  const copy: Record<string, Json> = {};
  for (const name of Object.keys(value)) setMember(copy as MapValue, name, toJson(value[name] ?? null) as Value);
  return copy;
};

const scalarToJson = (scalar: PlainScalar): Json => {
  if (scalar.kind === 'null') return null;
  return scalar.kind === 'time' ? toJsonTime(scalar.text) : Number(numberOf(scalar.text));
};

const toGoData = (value: Value): GoValue => {
  if (value instanceof PlainScalar) return scalarToGo(value);
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
