/**
 * The values of documents while Kustomize works on them: drafts that are changed in place and never leave a render.
 * Kustomize keeps YAML nodes; here only what its output can show is kept, which is the text of scalars that are not
 * strings (`0644`, `1.10`, `null`) besides their meaning.
 * @upstream sigs.k8s.io/kustomize/kyaml/yaml/rnode.go
 */
import { Failure } from '@argosy/base';

import { parsePlain } from './plain-scalar.ts';
import { PlainScalar, StyledText } from './plain-text.ts';

export { PlainScalar, StyledText } from './plain-text.ts';

/** A value. `null` is one without text; `~` and `null` are a PlainScalar. */
export type Value = null | boolean | number | string | PlainScalar | StyledText | Value[] | MapValue;

/** A mapping. */
export interface MapValue {
  [key: string]: Value;
}

/** What a value is; a missing one is none of them. */
export type ValueKind = 'map' | 'list' | 'scalar';

/** Whether a value is a mapping. */
export const isMap = (value: Value | undefined): value is MapValue =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isScalarObject(value);

/** Whether a value is a text, however written. */
export const isText = (value: Value | undefined): value is string | StyledText =>
  typeof value === 'string' || value instanceof StyledText;

/** Whether there is nothing, or a null. */
export const isMissing = (value: Value | undefined): value is undefined | null | PlainScalar =>
  value === undefined || isNull(value);

/** Whether a value is a null, written out or not. */
export const isNull = (value: Value | undefined): boolean =>
  value === null || (value instanceof PlainScalar && value.kind === 'null');

/** Whether nothing is there: missing, null, an empty list or mapping. */
export const isEmptyValue = (value: Value | undefined): boolean =>
  isMissing(value) || (Array.isArray(value) && value.length === 0) || (isMap(value) && Object.keys(value).length === 0);

/** The kind of a value that is there; nulls are scalars. */
export const kindOfValue = (value: Value): ValueKind => {
  if (Array.isArray(value)) return 'list';
  return isMap(value) ? 'map' : 'scalar';
};

/** A member, own ones only. */
export const memberOf = (value: Value | undefined, name: string): Value | undefined =>
  isMap(value) && Object.hasOwn(value, name) ? value[name] : undefined;

/** Sets a member, also one named `__proto__`. */
export const setMember = (map: MapValue, name: string, value: Value): void => {
  if (name !== '__proto__') map[name] = value;
  else Object.defineProperty(map, name, { value, enumerable: true, writable: true, configurable: true });
};

/** The member at names one below the other. */
export const valueAt = (value: Value | undefined, ...names: readonly string[]): Value | undefined =>
  names.reduce<Value | undefined>((current, name) => memberOf(current, name), value);

/** The text of a scalar as it was written; empty for lists, mappings and what is missing. */
export const textOf = (value: Value | undefined): string => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return value instanceof PlainScalar || value instanceof StyledText ? value.text : '';
};

/** A copy that shares nothing. */
export const copyValue = (value: Value): Value => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyValue);
  return isMap(value) ? copyMap(value) : value;
};

/** A copy of a mapping that shares nothing. */
export const copyMap = (map: MapValue): MapValue => {
  const copy: MapValue = {};
  for (const name of Object.keys(map)) setMember(copy, name, copyValue(map[name] ?? null));
  return copy;
};

/**
 * A scalar of the type another one has, with another text: numbers stay numbers and text stays text. A scalar that was
 * just made has no type yet and takes the text's. Throws Failure `InvalidValue`.
 */
export const withText = (typed: Value | undefined, text: string): Value => {
  if (typed === undefined) return parsePlain(text);
  if (typeof typed === 'string') return text;
  if (typed instanceof StyledText) return new StyledText(text, typed.isFolded);
  const value = parsePlain(text);
  const isSame = isNull(typed) ? isNull(value) : typeof value === typeof typed && value !== null;
  if (isSame || (isNumeric(typed) && isNumeric(value))) return value;
  throw new Failure(`${JSON.stringify(text)} cannot stand where ${JSON.stringify(textOf(typed))} stood: types differ`, {
    code: 'InvalidValue',
  });
};

const isScalarObject = (value: object): value is PlainScalar | StyledText =>
  value instanceof PlainScalar || value instanceof StyledText;

const isNumeric = (value: Value): boolean =>
  typeof value === 'number' || (value instanceof PlainScalar && value.kind === 'number');
