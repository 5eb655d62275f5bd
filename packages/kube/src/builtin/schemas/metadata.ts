/** What all kinds share. @spec https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/ */
import type { StructuralSchema } from '../../kinds/structural-schema.ts';
import {
  atomicObject,
  flag,
  int64,
  tolerantKeyedList,
  listOf,
  object,
  open,
  setOf,
  text,
  textList,
  texts,
  time,
} from './fragments.ts';

/** What it must say is looked at with the rest of metadata, which all kinds share. */
export const ownerReference = atomicObject({
  apiVersion: text,
  kind: text,
  name: text,
  uid: text,
  controller: flag,
  blockOwnerDeletion: flag,
});

export const objectMeta = object({
  name: text,
  generateName: text,
  namespace: text,
  selfLink: text,
  uid: text,
  resourceVersion: text,
  generation: int64,
  creationTimestamp: time,
  deletionTimestamp: time,
  deletionGracePeriodSeconds: int64,
  labels: texts,
  annotations: texts,
  ownerReferences: tolerantKeyedList(['uid'], ownerReference),
  finalizers: { ...setOf(text), 'x-argosy-tolerates-duplicates': true },
  managedFields: listOf(
    object({
      manager: text,
      operation: text,
      apiVersion: text,
      time,
      fieldsType: text,
      fieldsV1: open,
      subresource: text,
    }),
  ),
});

export const labelSelector = atomicObject({
  matchLabels: texts,
  matchExpressions: listOf(object({ key: text, operator: text, values: textList }, ['key', 'operator'])),
});

export const localObjectReference = atomicObject({ name: text });

export const objectReference = atomicObject({
  kind: text,
  namespace: text,
  name: text,
  uid: text,
  apiVersion: text,
  resourceVersion: text,
  fieldPath: text,
});

/** What a condition must say is the rules' of its kind; most ask for nothing. */
const conditionItem = object({
  type: text,
  status: text,
  reason: text,
  message: text,
  observedGeneration: int64,
  lastTransitionTime: time,
  lastUpdateTime: time,
  lastProbeTime: time,
  lastHeartbeatTime: time,
});

export const conditions = tolerantKeyedList(['type'], conditionItem);

/** A list that managers own as a whole; strategic merge patches go by its key all the same. */
export const ownedAsWhole = ({ 'x-kubernetes-list-map-keys': _keys, ...list }: StructuralSchema): StructuralSchema => ({
  ...list,
  'x-kubernetes-list-type': 'atomic',
});

/** Schemas of what every object has, whatever its kind. */
export const OBJECT_PROPERTIES = { apiVersion: text, kind: text, metadata: objectMeta } as const satisfies Readonly<
  Record<string, StructuralSchema>
>;

/** The root of a kind. */
export const kindSchema = (
  properties: Readonly<Record<string, StructuralSchema>>,
  required: readonly string[] = [],
): StructuralSchema => object({ ...OBJECT_PROPERTIES, ...properties }, required);
