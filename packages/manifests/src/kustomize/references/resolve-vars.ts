/**
 * `vars`: `$(NAME)` in known fields stands for a field of an object.
 * @upstream sigs.k8s.io/kustomize/api/filters/refvar, api/internal/accumulator/resaccumulator.go
 */
import { Failure } from '@argosy/base';
import { formatFloat } from '@argosy/expressions';
import { parseApiVersion } from '@argosy/kube';

import { replaceMember } from '../document/shared-members.ts';
import { isMap, isMissing, isText, textOf, type Value } from '../document/value.ts';
import { lookUp } from '../fields/field-path.ts';
import { visitField, type FieldSpec, type Slot } from '../fields/field-spec.ts';
import { splitFieldPath } from '../fields/split-path.ts';
import type { VarEntry } from '../file/kustomization.ts';
import { isSameGvk, scopeOf, type Gvk } from '../resources/resource-id.ts';
import type { ResourceList } from '../resources/resource-list.ts';
import type { Transform } from '../transform/transformer.ts';

/** Longest text that vars may make: each may stand in it many times. */
const LONGEST_TEXT = 16 * 1024 * 1024;

/** Marks the objects vars take their values from. Throws Failure `InvalidVar`. */
export const bindVars = (list: ResourceList, vars: readonly VarEntry[]): void => {
  for (const entry of vars) {
    const { objref = {} } = entry;
    const gvk = gvkOf(objref);
    const matches = list.findByAnyId(
      (id) =>
        id.name === (objref.name ?? '') &&
        isSameGvk(id, gvk) &&
        (!objref.namespace || scopeOf(objref.namespace) === id.scope),
    );
    if (matches.length > 1)
      throw invalid(`${matches.length} objects match var ${entry.name ?? ''}; set objref.namespace`);
    const [match] = matches;
    if (match && entry.name) match.varNames = [...match.varNames, entry.name];
  }
};

/** Adds vars to those known. Throws Failure `InvalidVar` for one that is known already. */
export const mergeVars = (vars: readonly VarEntry[], added: readonly VarEntry[]): readonly VarEntry[] => {
  const merged = [...vars];
  for (const entry of added) {
    if (merged.some(({ name }) => name === entry.name)) throw invalid(`var '${entry.name ?? ''}' already encountered`);
    merged.push(entry);
  }
  return merged;
};

/** Replaces vars in fields. `report` is told of vars nobody uses. The transform throws Failure `InvalidVar`. */
export const resolveVars =
  (vars: readonly VarEntry[], fields: readonly FieldSpec[], report: (warning: string) => void): Transform =>
  (list) => {
    if (vars.length === 0) return;
    const values = new Map(vars.map((entry) => [entry.name ?? '', valueOf(list, entry)] as const));
    const used = new Set<string>();
    const replace = (text: string): Value => substitute(text, values, used);
    for (const { document } of list.all)
      if (document)
        for (const spec of fields) visitField(document, spec, { visit: (slot) => replaceSlot(slot, replace) });
    const unused = [...values.keys()].filter((name) => !used.has(name));
    if (unused.length > 0) report(`well-defined vars that were never replaced: ${unused.join(',')}`);
  };

const gvkOf = ({ apiVersion, group, version, kind }: NonNullable<VarEntry['objref']>): Gvk => {
  if (!apiVersion) return { group, version, kind };
  const parts = parseApiVersion(apiVersion);
  return { group: parts.group || group, version: parts.version, kind };
};

const valueOf = (list: ResourceList, entry: VarEntry): Value => {
  const name = entry.name ?? '';
  const resource = list.all.find(({ varNames }) => varNames.includes(name));
  if (!resource?.document)
    throw invalid(`var '${name}' cannot be mapped to a field in the set of known resources; check its objref`);
  const path = entry.fieldref?.fieldPath || 'metadata.name';
  const parts = splitFieldPath(path).flatMap((part) => {
    const indexed = /^(.*)\[(\d+)\]$/.exec(part);
    return indexed ? [indexed[1] ?? '', indexed[2] ?? ''].filter((one) => one !== '') : [part];
  });
  const value = lookUp(resource.document, parts);
  if (value === undefined)
    throw invalid(`field ${path} specified in var '${name}' not found in corresponding resource`);
  return value;
};

const replaceSlot = (slot: Slot, replace: (text: string) => Value): void => {
  const value = slot.get();
  if (value === undefined || isMissing(value)) return;
  if (isText(value)) return slot.set(replace(textOf(value)));
  if (Array.isArray(value))
    return value.forEach((item, at) => {
      if (!isText(item)) throw invalid('a list that may hold vars has an item that is not text; quote it');
      value[at] = replace(textOf(item));
    });
  if (!isMap(value)) return;
  for (const name of Object.keys(value)) {
    const part = value[name];
    if (isText(part)) replaceMember(value, name, replace(textOf(part)));
  }
};

/** A text that is nothing but a var becomes the value, of its type; within a text it becomes text. */
const substitute = (text: string, values: ReadonlyMap<string, Value>, used: Set<string>): Value => {
  let result = '';
  const lastEnd = text.lastIndexOf(')');
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] !== '$' || at + 1 >= text.length) {
      result += text[at] ?? '';
      continue;
    }
    const end = text[at + 1] === '(' && at < lastEnd ? text.indexOf(')', at + 2) : -1;
    if (end < 0) {
      // `$$` is a dollar; a dollar before anything else, and an open bracket without end, stay.
      result += text[at + 1] === '$' ? '$' : `$${text[at + 1] ?? ''}`;
      at += 1;
      continue;
    }
    const name = text.slice(at + 2, end);
    const value = values.get(name);
    const isKnown = value !== undefined && !isMissing(value) && !isMap(value) && !Array.isArray(value);
    if (isKnown) used.add(name);
    if (isKnown && text === `$(${name})`) return value;
    result += isKnown ? formatValue(value) : `$(${name})`;
    if (result.length > LONGEST_TEXT) throw invalid(`a text becomes longer than ${LONGEST_TEXT} characters`);
    at = end;
  }
  return result;
};

const formatValue = (value: Value): string =>
  typeof value === 'number' && !Number.isInteger(value) ? formatFloat(value, 'g', -1) : textOf(value);

const invalid = (why: string): Failure => new Failure(`vars: ${why}`, { code: 'InvalidVar' });
