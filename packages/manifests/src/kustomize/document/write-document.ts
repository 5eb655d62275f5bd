/**
 * Documents as Kustomize prints them: through JSON, so keys are sorted, and numbers are what JSON made of them.
 * @upstream sigs.k8s.io/kustomize/api/resource/resource.go#AsYAML
 */
import { isObject, type Json } from '@argosy/base';
import { writeJson } from '@argosy/expressions';

import { toGoData } from './go-data.ts';
import { numberOf, toJsonTime } from './plain-scalar.ts';
import { isMap, PlainScalar, setMember, StyledText, type MapValue, type Value } from './value.ts';
import { writePlainWord } from './yaml-text.ts';
import { writeYamlDocument } from './yaml-writer.ts';

/** A document as YAML, with a newline at its end. */
export const writeDocument = (value: Value): string => writeYamlDocument(value);

/** A document as compact JSON with sorted keys and `<`, `>` and `&` escaped, as Go writes it. */
export const writeCompactJson = (value: Value): string => writeJson(toGoData(value), { indent: '', escapesHtml: true });

/** Plain data as a document: texts that cannot stand plainly are taken for quoted ones, as they would be written. */
export const fromJson = (value: unknown): Value => {
  if (typeof value === 'string') return writePlainWord(value) === undefined ? new StyledText(value) : value;
  if (value === null) return new PlainScalar('null', 'null');
  if (Array.isArray(value)) return value.map(fromJson);
  // JSON has nothing else.
  if (!isObject(value)) return value as Value;
  const map: MapValue = {};
  for (const name of Object.keys(value)) setMember(map, name, fromJson(value[name]));
  return map;
};

/** A document as plain data. Numbers too large for one lose digits. */
export const toJson = (value: Value): Json => {
  if (value instanceof PlainScalar) return scalarToJson(value);
  if (value instanceof StyledText) return value.printed;
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
