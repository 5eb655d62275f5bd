/**
 * `replacements`: a value from one object's field into fields of others.
 * @upstream sigs.k8s.io/kustomize/api/filters/replacement/replacement.go
 */
import { Failure } from '@argosy/base';

import {
  copyValue,
  isEmptyValue,
  kindOfValue,
  textOf,
  withText,
  type MapValue,
  type Value,
} from '../document/value.ts';
import { lookUp, matchPath } from '../fields/field-path.ts';
import type { Slot } from '../fields/field-spec.ts';
import { splitFieldPath } from '../fields/split-path.ts';
import type { FieldOptions, ReplacementEntry, ReplacementSource, ReplacementTarget } from '../file/kustomization.ts';
import { isSelectedId } from '../resources/resource-id.ts';
import type { Resource } from '../resources/resource.ts';
import { compileMarks, type Selector } from '../resources/select-resources.ts';
import type { Transform } from './transformer.ts';

const DEFAULT_PATH = 'metadata.name';
/** Most characters and values all replacements of a kustomization may write: one that copies itself doubles each time. */
const MOST_WRITTEN = 16 * 1024 * 1024;
/** What a value counts besides its characters. */
const COST_OF_VALUE = 32;

/** Applies replacements in order. The transform throws Failure `InvalidReplacement` naming the field. */
export const replaceValues =
  (replacements: readonly ReplacementEntry[]): Transform =>
  (list) => {
    const budget = { left: MOST_WRITTEN };
    for (const { source, targets } of replacements) {
      if (!source || !targets) throw invalid('must specify a source and at least one target');
      const value = readSource(list.all, source);
      for (const target of targets) writeTarget(list.all, target, { value, size: sizeOf(value), budget });
    }
  };

const readSource = (resources: readonly Resource[], source: ReplacementSource): Value => {
  const matches = resources.filter((resource) => resource.allIds.some((id) => isSelectedId(id, source)));
  const [match] = matches;
  if (!match?.document || matches.length > 1)
    throw invalid(`${matches.length > 1 ? 'multiple matches for' : 'nothing selected by'} source ${describe(source)}`);
  const path = source.fieldPath || DEFAULT_PATH;
  const value = lookUp(match.document, splitFieldPath(path));
  if (value === undefined || isEmptyValue(value))
    throw invalid(`fieldPath ${path} is missing for replacement source ${describe(source)}`);
  const { delimiter, index = 0 } = source.options ?? {};
  if (!delimiter) return value;
  if (kindOfValue(value) !== 'scalar') throw invalid('delimiter option can only be used with scalar nodes');
  const part = textOf(value).split(delimiter)[index];
  if (index < 0 || part === undefined)
    throw invalid(`options.index ${index} is out of bounds for value ${textOf(value)}`);
  return withText(value, part);
};

interface Source {
  readonly value: Value;
  readonly size: number;
  readonly budget: { left: number };
}

const sizeOf = (value: Value): number => {
  if (kindOfValue(value) === 'scalar') return COST_OF_VALUE + textOf(value).length;
  return Object.values(value as MapValue | Value[]).reduce<number>((size, part) => size + sizeOf(part), COST_OF_VALUE);
};

const writeTarget = (resources: readonly Resource[], target: ReplacementTarget, source: Source): void => {
  const { select, reject = [], fieldPaths = [] } = target;
  if (!select) throw invalid('target must specify resources to select');
  const isMarked = compileMarks(select);
  const rejected = reject.filter(hasMarks).map(compileMarks);
  for (const resource of resources) {
    const ids = resource.allIds;
    if (!resource.document || !isMarked(resource) || rejected.some((matches) => matches(resource))) continue;
    const isRejected = reject.some((other) => hasId(other) && ids.some((id) => isSelectedId(id, other)));
    if (isRejected || !ids.some((id) => isSelectedId(id, select))) continue;
    for (const path of fieldPaths.length === 0 ? [DEFAULT_PATH] : fieldPaths)
      writeNamed(resource.document, { ...source, path, options: target.options });
  }
};

const hasMarks = ({ annotationSelector, labelSelector }: Selector): boolean => !!annotationSelector || !!labelSelector;
const hasId = ({ group, version, kind, name, namespace }: Selector): boolean =>
  [group, version, kind, name, namespace].some((part) => !!part);

interface Writing extends Source {
  readonly path: string;
  readonly options: FieldOptions | undefined;
}

const writeNamed = (document: MapValue, writing: Writing): void => {
  try {
    writeField(document, writing);
  } catch (thrown) {
    if (!(thrown instanceof Failure) || thrown.code === 'InvalidReplacement') throw thrown;
    throw invalid(`target field ${writing.path}: ${thrown.message}`);
  }
};

const writeField = (document: MapValue, writing: Writing): void => {
  const { path, value, options } = writing;
  const creates = options?.create ? kindOfValue(value) : undefined;
  const root: Slot = { get: () => document, set: () => undefined };
  const slots = matchPath(root, splitFieldPath(path), creates);
  if (slots.length === 0)
    throw invalid(`unable to find ${creates ? 'or create ' : ''}field ${JSON.stringify(path)} in replacement target`);
  for (const slot of slots) writeSlot(slot, writing);
};

const writeSlot = (slot: Slot, { value, size, budget, options }: Writing): void => {
  const before = slot.get();
  budget.left -= size + textOf(before).length;
  if (budget.left < 0) throw invalid(`write more than ${MOST_WRITTEN} characters; copy less`);
  const isScalar = before === undefined ? kindOfValue(value) === 'scalar' : kindOfValue(before) === 'scalar';
  if (options?.delimiter && !isScalar) throw invalid('delimiter option can only be used with scalar nodes');
  const text = options?.delimiter ? joinPart(textOf(before), textOf(value), options) : textOf(value);
  // A scalar keeps its type: a number that is given a number's text stays one.
  slot.set(isScalar ? withText(before, text) : copyValue(value));
};

const joinPart = (text: string, part: string, { delimiter = '', index = 0 }: FieldOptions): string => {
  const parts = text.split(delimiter);
  if (index < 0) parts.unshift(part);
  else if (index >= parts.length) parts.push(part);
  else parts[index] = part;
  return parts.join(delimiter);
};

const describe = ({ group, version, kind, name, namespace }: Selector): string =>
  [kind, version, group, namespace && `${namespace}/`, name].filter((part) => !!part).join(' ');

const invalid = (why: string): Failure => new Failure(`replacements: ${why}`, { code: 'InvalidReplacement' });
