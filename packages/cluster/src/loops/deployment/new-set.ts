/**
 * The set of a Deployment's template: made, or kept in step with what it takes over.
 * @upstream kubernetes pkg/controller/deployment/sync.go#getNewReplicaSet
 */
import { isEqual } from '@argosy/base';
import { controllerReferenceTo, type Deployment, type ReplicaSet } from '@argosy/kube';

import { templateHash } from '../history/template-hash.ts';
import { annotationsForSets, POD_TEMPLATE_HASH, REVISION, revisionOf, withRevision } from './revisions.ts';

/** The set as it is created, without pods. */
export const describeNewSet = (object: Deployment, revision: bigint): ReplicaSet => {
  const template = object.spec?.template ?? { spec: { containers: [] } };
  const hash = templateHash(template, object.status?.collisionCount ?? 0);
  const labels = { ...template.metadata?.labels, [POD_TEMPLATE_HASH]: hash };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${object.metadata.name ?? ''}-${hash}`,
      namespace: object.metadata.namespace,
      labels,
      annotations: { ...annotationsForSets(object), [REVISION]: String(revision) },
      ownerReferences: [controllerReferenceTo(object)],
    },
    spec: {
      replicas: 0,
      ...(object.spec?.minReadySeconds ? { minReadySeconds: object.spec.minReadySeconds } : {}),
      selector: {
        ...object.spec?.selector,
        matchLabels: { ...object.spec?.selector.matchLabels, [POD_TEMPLATE_HASH]: hash },
      },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
};

/** The set with its revision and what it takes over from its deployment; the set itself when it has all of that. */
export const synchronised = (object: Deployment, set: ReplicaSet, revision: bigint): ReplicaSet => {
  const carried = { ...set.metadata.annotations, ...annotationsForSets(object) };
  const annotations = revisionOf(set) === revision ? carried : withRevision(carried, revision);
  const minReadySeconds = object.spec?.minReadySeconds ?? 0;
  const isSame =
    isEqual(annotations, set.metadata.annotations ?? {}) && (set.spec?.minReadySeconds ?? 0) === minReadySeconds;
  if (isSame || !set.spec) return set;
  return { ...set, metadata: { ...set.metadata, annotations }, spec: { ...set.spec, minReadySeconds } };
};
