/**
 * The order in which the tasks of a sync run. @upstream argo-cd gitops-engine/pkg/sync/sync_tasks.go
 * @spec CD-SYNC-08 … CD-SYNC-10, CD-SYNC-22
 */
import { parseApiVersion } from '@argosy/kube';

import { SYNC_PHASES, type SyncPhase } from './sync-wave.ts';

/** Kinds in the order they are applied within a wave; others come after them all. */
const KIND_ORDER = [
  'Namespace',
  'NetworkPolicy',
  'ResourceQuota',
  'LimitRange',
  'PodSecurityPolicy',
  'PodDisruptionBudget',
  'ServiceAccount',
  'Secret',
  'SecretList',
  'ConfigMap',
  'StorageClass',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'CustomResourceDefinition',
  'ClusterRole',
  'ClusterRoleList',
  'ClusterRoleBinding',
  'ClusterRoleBindingList',
  'Role',
  'RoleList',
  'RoleBinding',
  'RoleBindingList',
  'Service',
  'DaemonSet',
  'Pod',
  'ReplicationController',
  'ReplicaSet',
  'Deployment',
  'HorizontalPodAutoscaler',
  'StatefulSet',
  'Job',
  'CronJob',
  'IngressClass',
  'Ingress',
  'APIService',
] as const;

/** A kind's rank within a wave, lower first; 0 for kinds without one. */
export const kindRank = (kind: string): number => {
  const at = (KIND_ORDER as readonly string[]).indexOf(kind);
  return at < 0 ? 0 : at - KIND_ORDER.length;
};

/** What ordering needs to know of a task. */
export interface OrderedTask {
  readonly phase: SyncPhase;
  readonly wave: number;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Group and kind a CRD brings. */
  readonly defines?: { readonly group: string; readonly kind: string };
}

/** Sorts tasks by phase, wave, kind and name; a namespace or CRD needed earlier moves before its user and takes its phase and wave. */
export const orderTasks = <T extends OrderedTask>(tasks: readonly T[]): readonly T[] => {
  const sorted = [...tasks].sort(compareTasks);
  const pulled = pullBefore(
    sorted,
    (candidate, user) => candidate.kind === 'Namespace' && candidate.name === user.namespace && user.namespace !== '',
  );
  return pullBefore(pulled, (candidate, user) => {
    const { defines } = candidate;
    return (
      defines !== undefined && defines.group === parseApiVersion(user.apiVersion).group && defines.kind === user.kind
    );
  });
};

/** Mirrors the waves of objects to be pruned, so that dependants go first: the lowest changes places with the highest. */
export const mirrorWaves = (waves: readonly number[]): ReadonlyMap<number, number> => {
  const distinct = [...new Set(waves)].sort((left, right) => left - right);
  return new Map(distinct.map((wave, at) => [wave, distinct[distinct.length - 1 - at] ?? wave] as const));
};

const compareTasks = (left: OrderedTask, right: OrderedTask): number =>
  SYNC_PHASES.indexOf(left.phase) - SYNC_PHASES.indexOf(right.phase) ||
  left.wave - right.wave ||
  kindRank(left.kind) - kindRank(right.kind) ||
  (left.name < right.name ? -1 : left.name > right.name ? 1 : 0);

const pullBefore = <T extends OrderedTask>(
  tasks: readonly T[],
  isNeeded: (candidate: T, user: T) => boolean,
): readonly T[] => {
  const ordered: T[] = [];
  const rest = [...tasks];
  while (rest.length > 0) {
    const user = rest.shift();
    if (!user) break;
    for (const candidate of rest.filter((later) => isNeeded(later, user))) {
      rest.splice(rest.indexOf(candidate), 1);
      ordered.push({ ...candidate, phase: user.phase, wave: user.wave });
    }
    ordered.push(user);
  }
  return ordered;
};
