/** Configuration and storage. @spec https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/ */
import {
  atomicObject,
  flag,
  tolerantKeyedList,
  listOf,
  mapOf,
  object,
  quantities,
  text,
  textList,
  texts,
} from './fragments.ts';
import { fieldsOfMessage } from './message-schemas.ts';
import { conditions, kindSchema, labelSelector, localObjectReference, objectReference } from './metadata.ts';

export const configMap = kindSchema({
  data: texts,
  binaryData: mapOf({ type: 'string', format: 'byte' }),
  immutable: flag,
});
export const secret = kindSchema({
  data: mapOf({ type: 'string', format: 'byte' }),
  stringData: texts,
  type: text,
  immutable: flag,
});
export const serviceAccount = kindSchema({
  secrets: tolerantKeyedList(['name'], objectReference),
  imagePullSecrets: listOf(localObjectReference),
  automountServiceAccountToken: flag,
});

const dataSource = { apiGroup: text, kind: text, name: text };

export const persistentVolumeClaim = kindSchema({
  spec: object({
    accessModes: textList,
    selector: labelSelector,
    resources: object({ limits: quantities, requests: quantities }),
    volumeName: text,
    storageClassName: text,
    volumeMode: text,
    dataSource: atomicObject(dataSource),
    dataSourceRef: object({ ...dataSource, namespace: text }),
    volumeAttributesClassName: text,
  }),
  status: object({
    phase: text,
    accessModes: textList,
    capacity: quantities,
    conditions,
    allocatedResources: quantities,
    allocatedResourceStatuses: { ...texts, 'x-kubernetes-map-type': 'granular' },
    currentVolumeAttributesClassName: text,
    modifyVolumeStatus: object(fieldsOfMessage('core/v1.ModifyVolumeStatus')),
  }),
});

export const storageClass = kindSchema(
  {
    provisioner: text,
    parameters: texts,
    reclaimPolicy: text,
    mountOptions: textList,
    allowVolumeExpansion: flag,
    volumeBindingMode: text,
    allowedTopologies: listOf(atomicObject({ matchLabelExpressions: listOf(object({ key: text, values: textList })) })),
  },
  ['provisioner'],
);
