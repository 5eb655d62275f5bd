/**
 * Who may do what, and how much. @spec https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/
 * @spec https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/
 */
import { resourceType, type Condition, type KubeObject, type StringMap } from '../objects/object.ts';
import type { LabelSelector } from '../selectors/label-selector.ts';
import type { Quantities } from './storage-objects.ts';

/** How a PodDisruptionBudget is doing. */
export interface PodDisruptionBudgetStatus {
  readonly observedGeneration?: number;
  /** Pods whose eviction was granted but that are still there, with the time of the grant. */
  readonly disruptedPods?: StringMap;
  readonly disruptionsAllowed: number;
  readonly currentHealthy: number;
  readonly desiredHealthy: number;
  readonly expectedPods: number;
  readonly conditions?: readonly Condition[];
}

export type PodDisruptionBudget = KubeObject<
  {
    readonly selector?: LabelSelector;
    readonly minAvailable?: number | string;
    readonly maxUnavailable?: number | string;
    readonly unhealthyPodEvictionPolicy?: 'IfHealthyBudget' | 'AlwaysAllow';
  },
  PodDisruptionBudgetStatus
>;

/** Selects the pods a quota counts. */
export interface ScopeRequirement {
  readonly scopeName: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values?: readonly string[];
}

export type ResourceQuota = KubeObject<
  {
    readonly hard?: Quantities;
    readonly scopes?: readonly string[];
    readonly scopeSelector?: { readonly matchExpressions?: readonly ScopeRequirement[] };
  },
  { readonly hard?: Quantities; readonly used?: Quantities }
>;

/** One rule of a LimitRange. */
export interface LimitRangeItem {
  readonly type: string;
  readonly max?: Quantities;
  readonly min?: Quantities;
  readonly default?: Quantities;
  readonly defaultRequest?: Quantities;
  readonly maxLimitRequestRatio?: Quantities;
}

export type LimitRange = KubeObject<{ readonly limits: readonly LimitRangeItem[] }>;

export interface PriorityClass extends KubeObject {
  readonly value: number;
  readonly globalDefault?: boolean;
  readonly preemptionPolicy?: string;
  readonly description?: string;
}

/** What a role permits. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

export interface Role extends KubeObject {
  readonly rules?: readonly PolicyRule[];
  readonly aggregationRule?: { readonly clusterRoleSelectors?: readonly LabelSelector[] };
}

/** To whom a role is given. */
export interface RoleSubject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly apiGroup?: string;
}

export interface RoleBinding extends KubeObject {
  readonly subjects?: readonly RoleSubject[];
  readonly roleRef: { readonly apiGroup?: string; readonly kind: string; readonly name: string };
}

export type HorizontalPodAutoscaler = KubeObject<
  {
    readonly scaleTargetRef: { readonly apiVersion?: string; readonly kind: string; readonly name: string };
    readonly minReplicas?: number;
    readonly maxReplicas: number;
    readonly metrics?: readonly Readonly<Record<string, unknown>>[];
    readonly behavior?: Readonly<Record<string, unknown>>;
  },
  {
    readonly currentReplicas?: number;
    readonly desiredReplicas?: number;
    readonly observedGeneration?: number;
    readonly conditions?: readonly Condition[];
    readonly currentMetrics?: readonly Readonly<Record<string, unknown>>[];
  }
>;

const RBAC = { group: 'rbac.authorization.k8s.io', version: 'v1' } as const;

export const POD_DISRUPTION_BUDGETS = resourceType<PodDisruptionBudget>({
  group: 'policy',
  version: 'v1',
  resource: 'poddisruptionbudgets',
  kind: 'PodDisruptionBudget',
  namespaced: true,
});
export const RESOURCE_QUOTAS = resourceType<ResourceQuota>({
  group: '',
  version: 'v1',
  resource: 'resourcequotas',
  kind: 'ResourceQuota',
  namespaced: true,
});
export const ROLES = resourceType<Role>({ ...RBAC, resource: 'roles', kind: 'Role', namespaced: true });
export const CLUSTER_ROLES = resourceType<Role>({
  ...RBAC,
  resource: 'clusterroles',
  kind: 'ClusterRole',
  namespaced: false,
});
export const ROLE_BINDINGS = resourceType<RoleBinding>({
  ...RBAC,
  resource: 'rolebindings',
  kind: 'RoleBinding',
  namespaced: true,
});
export const CLUSTER_ROLE_BINDINGS = resourceType<RoleBinding>({
  ...RBAC,
  resource: 'clusterrolebindings',
  kind: 'ClusterRoleBinding',
  namespaced: false,
});
