/**
 * What a pod needs of its namespace: whoever runs it has to read that. @upstream kubernetes pkg/api/v1/pod/util.go
 */
import { isObject } from '@argosy/base';

import type { Pod } from '../core/workloads.ts';
import { itemsAt, objectAt, textAt, type Draft } from '../builtin/defaults/draft.ts';

/** Names of objects in the pod's own namespace. */
export interface PodReferences {
  readonly secrets: ReadonlySet<string>;
  readonly configMaps: ReadonlySet<string>;
  readonly claims: ReadonlySet<string>;
}

const CONTAINER_LISTS = ['containers', 'initContainers', 'ephemeralContainers'] as const;
/** Volumes that name a secret in a member `secretRef`. */
const WITH_SECRET_REF = ['cephfs', 'cinder', 'flexVolume', 'rbd', 'scaleIO', 'iscsi', 'storageos'] as const;

/** Collects them from all containers and volumes. Pure; takes pods nobody has validated. */
export const podReferences = (pod: Pod): PodReferences => {
  const spec: Draft = isObject(pod.spec) ? pod.spec : {};
  const containers = CONTAINER_LISTS.flatMap((list) => itemsAt(spec, list).map(([, container]) => container));
  const sources = containers.flatMap((container) => [
    ...itemsAt(container, 'envFrom').map(([, source]) => source),
    ...itemsAt(container, 'env').map(([, variable]) => objectAt(variable, 'valueFrom')),
  ]);
  const volumes = itemsAt(spec, 'volumes').map(([, volume]) => volume);
  const projected = volumes.flatMap((volume) =>
    itemsAt(objectAt(volume, 'projected'), 'sources').map(([, source]) => source),
  );
  return {
    secrets: named([
      ...itemsAt(spec, 'imagePullSecrets').map(([, reference]) => textAt(reference, 'name')),
      ...sources.flatMap((source) => [nameIn(source, 'secretRef'), nameIn(source, 'secretKeyRef')]),
      ...projected.map((source) => nameIn(source, 'secret')),
      ...volumes.flatMap(volumeSecrets),
    ]),
    configMaps: named([
      ...sources.flatMap((source) => [nameIn(source, 'configMapRef'), nameIn(source, 'configMapKeyRef')]),
      ...[...projected, ...volumes].map((source) => nameIn(source, 'configMap')),
    ]),
    claims: named(volumes.map((volume) => claimOf(volume, pod.metadata.name ?? ''))),
  };
};

const named = (names: readonly string[]): ReadonlySet<string> => new Set(names.filter((name) => name !== ''));

const nameIn = (draft: Draft, member: string): string => textAt(objectAt(draft, member), 'name');

const volumeSecrets = (volume: Draft): readonly string[] => [
  textAt(objectAt(volume, 'secret'), 'secretName'),
  textAt(objectAt(volume, 'azureFile'), 'secretName'),
  nameIn(objectAt(volume, 'csi'), 'nodePublishSecretRef'),
  ...WITH_SECRET_REF.map((kind) => nameIn(objectAt(volume, kind), 'secretRef')),
];

/** A volume that lives with its pod has a claim named after both. */
const claimOf = (volume: Draft, pod: string): string =>
  isObject(volume['ephemeral'])
    ? `${pod}-${textAt(volume, 'name')}`
    : textAt(objectAt(volume, 'persistentVolumeClaim'), 'claimName');
