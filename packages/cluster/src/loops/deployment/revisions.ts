/**
 * Which ReplicaSet is the new one, and which revision each is. @upstream kubernetes pkg/controller/deployment/util/deployment_util.go
 */
import { fnv1a32, isEqual, safeEncode } from '@argosy/base';
import type { Deployment, PodTemplateSpec, ReplicaSet } from '@argosy/kube';

/** Label that tells the pods of one template from another's. */
export const POD_TEMPLATE_HASH = 'pod-template-hash';
/** Annotation with a set's revision, an integer from 1. */
export const REVISION = 'deployment.kubernetes.io/revision';
/** Annotation with the sizes the deployment asked for when it last sized the set. */
export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';

/**
 * The hash of a template. Upstream hashes Go's printed struct, which no other program can repeat; what users rely on
 * is that it is stable, spelt in the safe alphabet and the same in names and labels.
 */
export const templateHash = (template: PodTemplateSpec, collisions: number): string =>
  safeEncode(String(fnv1a32(`${canonical(template)}${collisions > 0 ? `#${collisions}` : ''}`)));

/** JSON with sorted keys: two equal templates hash alike however they were written. */
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${fields.map(([key, part]) => `${JSON.stringify(key)}:${canonical(part)}`).join(',')}}`;
};

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
