/**
 * Volumes and the claims on them: both are held by a finalizer for as long as somebody uses them.
 * @upstream kubernetes pkg/registry/core/persistentvolume/strategy.go, pkg/registry/core/persistentvolumeclaim/strategy.go
 */
import { isObject } from '@argosy/base';
import type { KubeObject } from '@argosy/kube';

import type { KindStrategy } from '../served-kind.ts';
import { withFinalizer } from './with-finalizer.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Keeps a claim while a pod uses it. */
export const CLAIM_PROTECTION = 'kubernetes.io/pvc-protection';

/** Keeps a volume while a claim is bound to it. */
export const VOLUME_PROTECTION = 'kubernetes.io/pv-protection';

/** A new claim is pending, and stays while pods use it. */
export const persistentVolumeClaims: KindStrategy = {
  prepare: (object, previous) => {
    if (previous) return withSameSource(object);
    return { ...withFinalizer(withSameSource(object), CLAIM_PROTECTION), status: { phase: 'Pending' } };
  },
};

/** A source within the namespace is the same by both names. @upstream kubernetes pkg/api/persistentvolumeclaim/util.go#NormalizeDataSources */
const withSameSource = (object: KubeObject): KubeObject => {
  const spec = object.spec as Fields | undefined;
  const { dataSource, dataSourceRef } = spec ?? {};
  if (isObject(dataSource) && dataSourceRef === undefined)
    return { ...object, spec: { ...spec, dataSourceRef: dataSource } };
  const isLocal = isObject(dataSourceRef) && !dataSourceRef['namespace'];
  return isLocal && dataSource === undefined ? { ...object, spec: { ...spec, dataSource: dataSourceRef } } : object;
};

/** A new volume says since when it has its phase, and stays while a claim is bound to it. */
export const persistentVolumes: KindStrategy = {
  prepare: (object, previous) => (previous ? object : withFinalizer(object, VOLUME_PROTECTION)),
  complete: (object) => ({
    ...object,
    status: { ...(object.status as Fields), lastPhaseTransitionTime: object.metadata.creationTimestamp },
  }),
};
