/**
 * The way from client-side to server-side apply with kubectl: what the annotation of the former says the user wanted is the
 * user's, whoever is recorded as its owner, and the annotation follows what is applied from then on.
 * @upstream k8s.io/apimachinery/pkg/util/managedfields/internal/{lastappliedmanager,lastappliedupdater}.go
 */
import { isObject } from '@argosy/base';

import type { StructuralSchema } from '../kinds/structural-schema.ts';
import type { KubeObject } from '../objects/object.ts';
import { EMPTY_SET, subtract, unite, type FieldSet } from './field-set.ts';
import { compareTyped } from './typed-compare.ts';
import { fieldsOf } from './typed-fields.ts';
import { TypedProblem } from './typed-value.ts';

/** The only manager that is moved over; others keep out of this by another name. */
export const MIGRATING_MANAGER = 'kubectl';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
/** All annotations of an object together; a longer one is left empty, as upstream does. */
const LARGEST_ANNOTATIONS_BYTES = 256 * 1024;

/** Fields that the annotation names and that still are as it says; none without a readable annotation of this version. */
export const fieldsLastApplied = (schema: StructuralSchema, live: KubeObject, apiVersion: string): FieldSet => {
  const config = parsed(live.metadata.annotations?.[LAST_APPLIED]);
  if (config?.['apiVersion'] !== apiVersion) return EMPTY_SET;
  try {
    const { added, modified, removed } = compareTyped(schema, config, live);
    return subtract(fieldsOf(schema, config), unite(unite(added, modified), removed));
  } catch (thrown) {
    if (thrown instanceof TypedProblem) return EMPTY_SET;
    throw thrown;
  }
};

/** The object with its annotation, where it has one, saying what was applied now. */
export const withLastApplied = (object: KubeObject, config: KubeObject): KubeObject => {
  const { annotations } = object.metadata;
  if (!annotations?.[LAST_APPLIED]) return object;
  const value = `${JSON.stringify(sorted(withoutAnnotation(config)))}\n`;
  const others = Object.entries(annotations).filter(([name]) => name !== LAST_APPLIED);
  const size = [...others, [LAST_APPLIED, value]].reduce((sum, entry) => sum + entry.join('').length, 0);
  const kept = size > LARGEST_ANNOTATIONS_BYTES ? '' : value;
  return { ...object, metadata: { ...object.metadata, annotations: { ...annotations, [LAST_APPLIED]: kept } } };
};

const parsed = (text: string | undefined): Readonly<Record<string, unknown>> | undefined => {
  if (!text) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

const withoutAnnotation = (config: KubeObject): KubeObject => {
  const { annotations } = config.metadata;
  if (!annotations || !(LAST_APPLIED in annotations)) return config;
  const { [LAST_APPLIED]: _own, ...others } = annotations;
  return { ...config, metadata: { ...config.metadata, annotations: others } };
};

/** Members by name, as Go writes maps: the text is compared by people. */
const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const members = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)] as const));
};
