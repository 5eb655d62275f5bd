/**
 * Which ReplicaSet is the new one, and which revision each is. @upstream kubernetes pkg/controller/deployment/util/deployment_util.go
 */
import { isEqual } from '@argosy/base';
import type { Deployment, PodTemplateSpec, ReplicaSet } from '@argosy/kube';

/** Label that tells the pods of one template from another's. */
export const POD_TEMPLATE_HASH = 'pod-template-hash';
/** Annotation with a set's revision, an integer from 1. */
export const REVISION = 'deployment.kubernetes.io/revision';
/** Annotation with the sizes the deployment asked for when it last sized the set. */
export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';

/** The set whose template equals the deployment's, apart from the hash label; the oldest if there are several. */
export const findNewSet = (deployment: Deployment, sets: readonly ReplicaSet[]): ReplicaSet | undefined =>
  [...sets]
    .sort((left, right) =>
      (left.metadata.creationTimestamp ?? '') < (right.metadata.creationTimestamp ?? '') ? -1 : 1,
    )
    .find((set) => isEqual(plain(withoutHash(set.spec?.template)), plain(deployment.spec?.template)));

/** A set's revision; 0 when it has none. */
export const revisionOf = (set: ReplicaSet): number => {
  const text = set.metadata.annotations?.[REVISION];
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : 0;
};

const plain = (template: PodTemplateSpec | undefined): unknown => {
  const { metadata, ...rest } = template ?? { spec: { containers: [] } };
  const { creationTimestamp: _created, ...kept } = (metadata ?? {}) as Readonly<Record<string, unknown>>;
  return { ...rest, metadata: kept };
};

const withoutHash = (template: PodTemplateSpec | undefined): PodTemplateSpec | undefined => {
  if (!template) return undefined;
  const { [POD_TEMPLATE_HASH]: _hash, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
};
