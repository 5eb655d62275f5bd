/**
 * The order of kinds Kustomize sorts by: what others need comes first.
 * @upstream sigs.k8s.io/kustomize/kyaml/resid/gvk.go#IsLessThan, api/internal/builtins/SortOrderTransformer.go
 */
import { compareText } from '@argosy/expressions';

import type { Gvk } from './resource-id.ts';

/** Kinds that come first and last, in this order. */
export interface KindOrder {
  readonly first: readonly string[];
  readonly last: readonly string[];
}

/** Kustomize's own order. */
export const DEFAULT_KIND_ORDER: KindOrder = {
  first: [
    'Namespace',
    'ResourceQuota',
    'StorageClass',
    'CustomResourceDefinition',
    'ServiceAccount',
    'PodSecurityPolicy',
    'Role',
    'ClusterRole',
    'RoleBinding',
    'ClusterRoleBinding',
    'ConfigMap',
    'Secret',
    'Endpoints',
    'Service',
    'LimitRange',
    'PriorityClass',
    'PersistentVolume',
    'PersistentVolumeClaim',
    'Deployment',
    'StatefulSet',
    'CronJob',
    'PodDisruptionBudget',
  ],
  last: ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'],
};

/** Compares two group-version-kinds. */
export const compareGvks = (left: Gvk, right: Gvk, order: KindOrder = DEFAULT_KIND_ORDER): number => {
  const difference = rankOf(left.kind ?? '', order) - rankOf(right.kind ?? '', order);
  if (difference !== 0) return difference;
  // Upstream turns the order around among kinds named Namespace, so that the core one comes first.
  const areNamespaces = left.kind === 'Namespace' && right.kind === 'Namespace' && (!left.group || !right.group);
  const compared = compareText(sortText(left), sortText(right));
  return areNamespaces ? -compared : compared;
};

const rankOf = (kind: string, order: KindOrder): number => {
  const last = order.last.lastIndexOf(kind);
  if (last >= 0) return 1 + last;
  const first = order.first.lastIndexOf(kind);
  return first < 0 ? 0 : first - order.first.length;
};

const sortText = (gvk: Gvk): string => `${gvk.group || '~G'}_${gvk.version || '~V'}_${gvk.kind || '~K'}`;
