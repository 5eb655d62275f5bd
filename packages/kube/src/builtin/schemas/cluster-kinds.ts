/** Cluster-wide kinds, access and records. @spec https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/ */
import {
  atomicObject,
  flag,
  int32,
  tolerantKeyedList,
  keyedListWithoutPatch,
  listOf,
  object,
  open,
  setOf,
  text,
  textList,
  microTime,
  time,
} from './fragments.ts';
import { jsonSchema } from './json-schema.ts';
import { fieldsOfMessage } from './message-schemas.ts';
import { conditions, kindSchema, labelSelector, objectReference } from './metadata.ts';

export const namespace = kindSchema({
  spec: object({ finalizers: textList }),
  status: object({ phase: text, conditions }),
});

export const node = kindSchema({
  spec: object({
    podCIDR: text,
    podCIDRs: setOf(text),
    providerID: text,
    unschedulable: flag,
    taints: listOf(object({ key: text, value: text, effect: text, timeAdded: time })),
    configSource: object(fieldsOfMessage('core/v1.NodeConfigSource')),
    externalID: text,
  }),
  status: object({
    ...fieldsOfMessage('core/v1.NodeStatus'),
    conditions,
    addresses: tolerantKeyedList(['type'], object({ type: text, address: text })),
    declaredFeatures: textList,
  }),
});

const policyRules = listOf(
  object(
    { verbs: textList, apiGroups: textList, resources: textList, resourceNames: textList, nonResourceURLs: textList },
    ['verbs'],
  ),
);
const roleRef = atomicObject({ apiGroup: text, kind: text, name: text }, ['kind', 'name']);
const subjects = listOf(atomicObject({ kind: text, apiGroup: text, name: text, namespace: text }, ['kind', 'name']));

export const role = kindSchema({ rules: policyRules });
export const clusterRole = kindSchema({
  rules: policyRules,
  aggregationRule: object({ clusterRoleSelectors: listOf(labelSelector) }),
});
export const roleBinding = kindSchema({ subjects, roleRef });

export const priorityClass = kindSchema({
  value: int32,
  globalDefault: flag,
  description: text,
  preemptionPolicy: text,
});

export const lease = kindSchema({
  spec: object({
    holderIdentity: text,
    leaseDurationSeconds: int32,
    acquireTime: microTime,
    renewTime: microTime,
    leaseTransitions: int32,
    strategy: text,
    preferredHolder: text,
  }),
});

const eventMembers = {
  reason: text,
  type: text,
  action: text,
  eventTime: microTime,
  reportingInstance: text,
  related: objectReference,
};
const eventSource = object({ component: text, host: text });

export const event = kindSchema({
  ...eventMembers,
  involvedObject: objectReference,
  message: text,
  source: eventSource,
  firstTimestamp: time,
  lastTimestamp: time,
  count: int32,
  series: object({ count: int32, lastObservedTime: microTime }),
  reportingComponent: text,
});

export const eventV1 = kindSchema({
  ...eventMembers,
  reportingController: text,
  regarding: objectReference,
  note: text,
  series: object({ count: int32, lastObservedTime: microTime }),
  deprecatedSource: eventSource,
  deprecatedFirstTimestamp: time,
  deprecatedLastTimestamp: time,
  deprecatedCount: int32,
});

const names = object(
  { plural: text, singular: text, shortNames: textList, kind: text, listKind: text, categories: textList },
  ['plural', 'kind'],
);

const crdVersion = object(
  {
    name: text,
    served: flag,
    storage: flag,
    deprecated: flag,
    deprecationWarning: text,
    schema: object({ openAPIV3Schema: jsonSchema }),
    subresources: object({
      status: object({}),
      scale: object({ specReplicasPath: text, statusReplicasPath: text, labelSelectorPath: text }),
    }),
    additionalPrinterColumns: listOf(
      object({ name: text, type: text, format: text, description: text, priority: int32, jsonPath: text }),
    ),
    selectableFields: listOf(object({ jsonPath: text })),
  },
  ['name'],
);

export const customResourceDefinition = kindSchema(
  {
    spec: object(
      {
        group: text,
        names,
        scope: text,
        versions: listOf(crdVersion),
        conversion: open,
        preserveUnknownFields: flag,
      },
      ['group', 'names', 'scope', 'versions'],
    ),
    status: object({
      conditions: keyedListWithoutPatch(['type'], open),
      acceptedNames: object({
        plural: text,
        singular: text,
        shortNames: textList,
        kind: text,
        listKind: text,
        categories: textList,
      }),
      storedVersions: textList,
      observedGeneration: { type: 'integer', format: 'int64' },
    }),
  },
  ['spec'],
);
