/**
 * Which ReplicaSet is the new one, and which revision each is. @upstream kubernetes pkg/controller/deployment/util/deployment_util.go
 */
import { isEqual } from '@argosy/base';
import type { Deployment, PodTemplateSpec, ReplicaSet, StringMap } from '@argosy/kube';

/** Label that tells the pods of one template from another's. */
export const POD_TEMPLATE_HASH = 'pod-template-hash';
/** Annotation with a set's revision, an integer from 1. */
export const REVISION = 'deployment.kubernetes.io/revision';
/** Annotation with the revisions a set had before it came back, by commas. */
const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
/** Longest history kept, in characters; the oldest revisions go first. */
const LONGEST_HISTORY = 2000;
/** Annotation with the sizes the deployment asked for when it last sized the set. */
export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
/** The same with what a rollout may add to it. */
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';

/** The set whose template equals the deployment's, apart from the hash label; the oldest if there are several. */
export const findNewSet = (deployment: Deployment, sets: readonly ReplicaSet[]): ReplicaSet | undefined =>
  [...sets]
    .sort((left, right) =>
      (left.metadata.creationTimestamp ?? '') < (right.metadata.creationTimestamp ?? '') ? -1 : 1,
    )
    .find((set) => isEqual(plain(withoutHash(set.spec?.template)), plain(deployment.spec?.template)));

/** A set's revision; 0 when it has none. Upstream counts in 64 bits, and users' annotations go to the end of them. */
export const revisionOf = (set: ReplicaSet): bigint => {
  const text = set.metadata.annotations?.[REVISION];
  return text !== undefined && /^\d{1,19}$/.test(text) ? BigInt(text) : 0n;
};

/** What sets do not take over: it is about the deployment, or about one set alone. */
const OWN_ANNOTATIONS: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'deprecated.deployment.rollback.revision',
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
]);

/** Annotations of a deployment that its newest set has as well: a change cause, what carries causality. */
export const annotationsForSets = ({ metadata }: Deployment): StringMap =>
  Object.fromEntries(Object.entries(metadata.annotations ?? {}).filter(([name]) => !OWN_ANNOTATIONS.has(name)));

/** The annotations of a set that gets a revision; the one it had goes to its history. */
export const withRevision = (annotations: StringMap | undefined, revision: bigint): StringMap => {
  const { [REVISION]: former, [REVISION_HISTORY]: history } = annotations ?? {};
  const next = { ...annotations, [REVISION]: String(revision) };
  if (!former || former === next[REVISION]) return next;
  return { ...next, [REVISION_HISTORY]: shortened([...(history ? history.split(',') : []), former]) };
};

const shortened = (revisions: readonly string[]): string => {
  const text = revisions.join(',');
  return text.length > LONGEST_HISTORY && revisions.length > 1 ? shortened(revisions.slice(1)) : text;
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
