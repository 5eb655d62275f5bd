/**
 * Which set is which: hashes, revisions and their order. Pure. @spec RO-SVC-01, RO-HIST-01…06, RO-OPS-10
 */
import { canonicalText, fnv1a32, parseTimestamp, safeEncode } from '@argosy/base';
import { controllerReferenceTo, controllerOf, type PodTemplateSpec, type ReplicaSet } from '@argosy/kube';

import { historyLimitOf, replicasOf } from '../api/defaults.ts';
import type { Rollout } from '../api/rollout.ts';
import { CARRIED_ANNOTATIONS, DESIRED_REPLICAS, HASH_LABEL, REVISION, REVISION_HISTORY } from './names.ts';

/** The hash of a pod template: stable however the template was written. */
export const templateHashOf = (template: PodTemplateSpec | undefined, collisions: number): string =>
  safeEncode(String(fnv1a32(`${canonicalText(template ?? null)}${collisions > 0 ? `#${collisions}` : ''}`)));

/** The hash a set was made for. */
export const hashOf = (set: ReplicaSet): string => set.metadata.labels?.[HASH_LABEL] ?? '';

/** A revision annotation as a number; 0 when there is none, undefined when it cannot be read. */
export const parseRevision = (annotations: Readonly<Record<string, string>> | undefined): number | undefined => {
  const text = annotations?.[REVISION];
  if (text === undefined) return 0;
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
};

/** A set's revision; one that cannot be read counts as the lowest. */
export const revisionOf = (set: ReplicaSet): number => parseRevision(set.metadata.annotations) ?? -1;

const createdAt = (set: ReplicaSet): number => parseTimestamp(set.metadata.creationTimestamp ?? '') ?? 0;

/** Sets by revision, lowest first; equal ones by age, oldest first. */
export const byRevision = (sets: readonly ReplicaSet[]): readonly ReplicaSet[] =>
  [...sets].sort((left, right) => revisionOf(left) - revisionOf(right) || createdAt(left) - createdAt(right));

/** The revision the new set should carry: above every other one's. */
export const nextRevision = (others: readonly ReplicaSet[], current: number): number =>
  Math.max(current, Math.max(0, ...others.map(revisionOf)) + 1);

/** The set as it carries a revision; the earlier number is kept in its history. */
export const withRevision = (set: ReplicaSet, revision: number): ReplicaSet => {
  const before = set.metadata.annotations?.[REVISION];
  const history = set.metadata.annotations?.[REVISION_HISTORY];
  const past: Record<string, string> =
    before === undefined ? {} : { [REVISION_HISTORY]: history ? `${history},${before}` : before };
  const annotations = { ...set.metadata.annotations, ...past, [REVISION]: String(revision) };
  return { ...set, metadata: { ...set.metadata, annotations } };
};

/** The set a template needs, with no pods yet. @spec RO-HIST-01, RO-HIST-03 */
export const describeNewSet = (rollout: Rollout, hash: string, revision: number): ReplicaSet => {
  const template = rollout.spec?.template ?? { spec: { containers: [] } };
  const labels = { ...template.metadata?.labels, [HASH_LABEL]: hash };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${rollout.metadata.name ?? ''}-${hash}`,
      namespace: rollout.metadata.namespace,
      labels,
      annotations: {
        ...copiedAnnotations(rollout),
        [REVISION]: String(revision),
        [DESIRED_REPLICAS]: String(replicasOf(rollout.spec)),
      },
      ownerReferences: [controllerReferenceTo(rollout)],
    },
    spec: {
      replicas: 0,
      ...(rollout.spec?.minReadySeconds ? { minReadySeconds: rollout.spec.minReadySeconds } : {}),
      selector: {
        ...rollout.spec?.selector,
        matchLabels: { ...rollout.spec?.selector?.matchLabels, [HASH_LABEL]: hash },
      },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
};

const NOT_COPIED = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  'notified.notifications.argoproj.io',
]);

const copiedAnnotations = (rollout: Rollout): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(rollout.metadata.annotations ?? {}).filter(([key]) => !NOT_COPIED.has(key)));

/** Causality a rollout hands on. */
export const carriedAnnotations = (rollout: Rollout): Readonly<Record<string, string>> =>
  Object.fromEntries(
    CARRIED_ANNOTATIONS.flatMap((name) => {
      const value = rollout.metadata.annotations?.[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );

/** Old sets the history limit removes: the oldest beyond it that have no pods. @spec RO-HIST-06 */
export const surplusSets = (rollout: Pick<Rollout, 'spec'>, others: readonly ReplicaSet[]): readonly ReplicaSet[] => {
  const kept = others.filter((set) => !set.metadata.deletionTimestamp);
  const surplus = kept.length - historyLimitOf(rollout.spec);
  if (surplus <= 0) return [];
  return [...kept]
    .sort((left, right) => createdAt(left) - createdAt(right))
    .slice(0, surplus)
    .filter(
      (set) =>
        (set.spec?.replicas ?? 0) === 0 &&
        (set.status?.replicas ?? 0) === 0 &&
        (set.status?.observedGeneration ?? 0) >= (set.metadata.generation ?? 0),
    );
};

/** Whether going to a set is a rollback inside the window: it is older than stable, with few enough in between. @spec RO-OPS-10 */
export const isInRollbackWindow = (
  rollout: Pick<Rollout, 'spec'>,
  of: { readonly sets: readonly ReplicaSet[]; readonly newSet?: ReplicaSet; readonly stableSet?: ReplicaSet },
): boolean => {
  const revisions = rollout.spec?.rollbackWindow?.revisions;
  if (revisions === undefined || !of.newSet || !of.stableSet) return false;
  const from = createdAt(of.newSet);
  const to = createdAt(of.stableSet);
  if (from >= to) return false;
  const between = of.sets.filter(
    (set) => controllerOf(set)?.kind !== 'Experiment' && createdAt(set) > from && createdAt(set) < to,
  );
  return between.length < revisions;
};
