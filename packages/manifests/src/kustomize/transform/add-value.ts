/**
 * The transformer that writes one value into fields, or between the parts of paths that stand there.
 * @upstream sigs.k8s.io/kustomize/api/internal/builtins/ValueAddTransformer.go, api/filters/valueadd/valueadd.go
 */
import { Failure } from '@argosy/base';

import { parseYamlDocuments } from '../../yaml/parse-manifests.ts';
import { isMap, isMissing, kindOfValue, memberOf, setMember, textOf, type MapValue } from '../document/value.ts';
import { memberSlot } from '../fields/field-spec.ts';
import { splitPath } from '../fields/split-path.ts';
import { decodeLoosely, type Shape } from '../file/decode.ts';
import { SELECTOR } from '../file/kustomization-shapes.ts';
import { selectResources, type Selector } from '../resources/select-resources.ts';
import type { ReadText } from './apply-patches.ts';
import { writeNamespace } from './set-namespace.ts';
import type { Transform } from './transformer.ts';

interface Target {
  readonly selector?: Selector;
  readonly fieldPath?: string;
  /** From 1: before which part of a path the value goes; the value replaces the field when absent. */
  readonly filePathPosition?: number;
}

/** The transformer's settings. */
export interface ValueAddition {
  /** The folder's name when empty. */
  readonly value?: string;
  readonly targets?: readonly Target[];
  readonly targetFilePath?: string;
}

const TARGETS: Shape = {
  list: {
    fields: {
      selector: { fields: SELECTOR },
      fieldPath: 'text',
      filePathPosition: 'int',
    },
  },
};

/** The fields of the settings. */
export const VALUE_ADD: Readonly<Record<string, Shape>> = { value: 'text', targets: TARGETS, targetFilePath: 'text' };

/** Prepares the transformer. Throws Failure `InvalidPlugin` naming the field. */
export const addValue = async (
  settings: ValueAddition,
  source: { readonly folder: string; readonly read: ReadText },
): Promise<Transform> => {
  const value = (settings.value ?? '').trim() || (source.folder.split('/').at(-1) ?? '');
  const { targetFilePath } = settings;
  const shared = targetFilePath ? readTargets(await source.read(targetFilePath), targetFilePath) : [];
  const targets = [...(settings.targets ?? []), ...shared];
  if (targets.length === 0) throw invalid('must specify at least one target');
  for (const { fieldPath, filePathPosition = 0 } of targets) {
    if (!fieldPath) throw invalid('fieldPath cannot be empty');
    if (filePathPosition < 0) throw invalid(`filePathPosition (${filePathPosition}) cannot be negative`);
  }
  return (list) => {
    for (const target of targets) {
      for (const resource of target.selector ? selectResources(list.all, target.selector) : list.all) {
        if (target.fieldPath === 'metadata/namespace') writeNamespace(resource, { namespace: value, fields: [] });
        else if (resource.document) writeValue(resource.document, target, value);
      }
    }
  };
};

const readTargets = (text: string, path: string): readonly Target[] => {
  const [document] = parseYamlDocuments(text, path);
  // The shape is the type's.
  const { targets } = (decodeLoosely(document, { fields: { targets: TARGETS } }, path) ?? {}) as ValueAddition;
  return targets ?? [];
};

const writeValue = (document: MapValue, { fieldPath = '', filePathPosition = 0 }: Target, value: string): void => {
  const parts = splitPath(fieldPath, '/');
  const last = parts.at(-1) ?? '';
  const slot = memberSlot(makeMaps(document, parts.slice(0, -1), fieldPath), last);
  const before = slot.get() ?? null;
  if (kindOfValue(before) !== 'scalar') throw invalid(`field ${fieldPath} is a ${kindOfValue(before)}`);
  slot.set(filePathPosition > 0 ? insertPart(textOf(before), filePathPosition - 1, value) : value);
};

const makeMaps = (document: MapValue, parts: readonly string[], fieldPath: string): MapValue => {
  let map = document;
  for (const part of parts) {
    const found = memberOf(map, part);
    if (!isMissing(found) && !isMap(found)) throw invalid(`field ${fieldPath}: ${part} is not a mapping`);
    const next: MapValue = isMap(found) ? found : {};
    setMember(map, part, next);
    map = next;
  }
  return map;
};

/** Puts a part into a path; an absolute one stays absolute. */
const insertPart = (path: string, position: number, part: string): string => {
  const isAbsolute = path.startsWith('/');
  const parts = path.split('/').filter((one) => one !== '');
  parts.splice(Math.min(position, parts.length), 0, part);
  return `${isAbsolute ? '/' : ''}${parts.join('/')}`;
};

const invalid = (why: string): Failure => new Failure(`ValueAddTransformer: ${why}`, { code: 'InvalidPlugin' });
