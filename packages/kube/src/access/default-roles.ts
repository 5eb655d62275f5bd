/**
 * The roles every cluster brings. @spec https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings
 * @upstream kubernetes plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go
 */
import type { PolicyRule, Role, RoleBinding } from '../core/policy-objects.ts';
import { MASTERS } from './request-attributes.ts';

const GROUP = 'rbac.authorization.k8s.io';
const LABELS = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'delete', 'deletecollection', 'patch', 'update'];

const clusterRole = (name: string, rules: readonly PolicyRule[], aggregatedTo?: string): Role => ({
  apiVersion: `${GROUP}/v1`,
  kind: 'ClusterRole',
  metadata: {
    name,
    labels: { ...LABELS, ...(aggregatedTo ? { [`${GROUP}/aggregate-to-${aggregatedTo}`]: 'true' } : {}) },
  },
  rules,
});

const collecting = (name: string, collected: string, aggregatedTo?: string): Role => ({
  ...clusterRole(name, [], aggregatedTo),
  aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [`${GROUP}/aggregate-to-${collected}`]: 'true' } }] },
});

const binding = (name: string, role: string, groups: readonly string[]): RoleBinding => ({
  apiVersion: `${GROUP}/v1`,
  kind: 'ClusterRoleBinding',
  metadata: { name, labels: LABELS },
  roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name: role },
  subjects: groups.map((group) => ({ apiGroup: GROUP, kind: 'Group', name: group })),
});

const rule = (verbs: readonly string[], apiGroups: readonly string[], resources: string): PolicyRule => ({
  verbs,
  apiGroups,
  resources: resources.split(' '),
});

const CORE =
  'configmaps endpoints persistentvolumeclaims pods replicationcontrollers replicationcontrollers/scale serviceaccounts services';
const APPS =
  'controllerrevisions daemonsets deployments deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale';
const NETWORKING = 'ingresses networkpolicies';
const statusOf = (resources: string): string =>
  resources
    .split(' ')
    .filter((resource) => !resource.includes('/'))
    .map((resource) => `${resource}/status`)
    .join(' ');

const VIEW: readonly PolicyRule[] = [
  rule(READ, [''], `${CORE} persistentvolumeclaims/status pods/log pods/status services/status`),
  rule(READ, [''], 'bindings events limitranges namespaces namespaces/status resourcequotas resourcequotas/status'),
  rule(READ, ['apps'], `${APPS} ${statusOf(APPS)}`),
  rule(READ, ['autoscaling'], 'horizontalpodautoscalers horizontalpodautoscalers/status'),
  rule(READ, ['batch'], 'cronjobs cronjobs/status jobs jobs/status'),
  rule(READ, ['policy'], 'poddisruptionbudgets poddisruptionbudgets/status'),
  rule(READ, ['networking.k8s.io'], `${NETWORKING} ingresses/status`),
  rule(READ, ['discovery.k8s.io'], 'endpointslices'),
];

const EDIT: readonly PolicyRule[] = [
  rule(READ, [''], 'pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy'),
  rule(['impersonate'], [''], 'serviceaccounts'),
  rule(WRITE, [''], `${CORE} secrets pods/attach pods/exec pods/portforward pods/proxy services/proxy`),
  rule(['create'], [''], 'pods/eviction serviceaccounts/token'),
  rule(['create', 'patch', 'update'], [''], 'events'),
  rule(WRITE, ['apps'], `${APPS} deployments/rollback`),
  rule(WRITE, ['autoscaling'], 'horizontalpodautoscalers'),
  rule(WRITE, ['batch'], 'cronjobs jobs'),
  rule(WRITE, ['policy'], 'poddisruptionbudgets'),
  rule(WRITE, ['networking.k8s.io'], NETWORKING),
  rule([...WRITE, ...READ], ['coordination.k8s.io'], 'leases'),
];

const ADMIN: readonly PolicyRule[] = [
  rule(['create'], ['authorization.k8s.io'], 'localsubjectaccessreviews'),
  rule([...WRITE, ...READ], [GROUP], 'rolebindings roles'),
];

const DISCOVERY = [
  '/api',
  '/api/*',
  '/apis',
  '/apis/*',
  '/healthz',
  '/livez',
  '/openapi',
  '/openapi/*',
  '/readyz',
  '/version',
  '/version/',
];

/** Roles that a server makes when they are not there. */
export const DEFAULT_CLUSTER_ROLES: readonly Role[] = [
  clusterRole('cluster-admin', [
    { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
    { verbs: ['*'], nonResourceURLs: ['*'] },
  ]),
  collecting('admin', 'admin'),
  collecting('edit', 'edit', 'admin'),
  collecting('view', 'view', 'edit'),
  clusterRole('system:aggregate-to-admin', ADMIN, 'admin'),
  clusterRole('system:aggregate-to-edit', EDIT, 'edit'),
  clusterRole('system:aggregate-to-view', VIEW, 'view'),
  clusterRole('system:basic-user', [
    rule(['create'], ['authorization.k8s.io'], 'selfsubjectaccessreviews selfsubjectrulesreviews'),
    rule(['create'], ['authentication.k8s.io'], 'selfsubjectreviews'),
  ]),
  clusterRole('system:discovery', [{ verbs: ['get'], nonResourceURLs: DISCOVERY }]),
  clusterRole('system:auth-delegator', [
    rule(['create'], ['authentication.k8s.io'], 'tokenreviews'),
    rule(['create'], ['authorization.k8s.io'], 'subjectaccessreviews'),
  ]),
];

/** Bindings that a server makes when they are not there. */
export const DEFAULT_CLUSTER_ROLE_BINDINGS: readonly RoleBinding[] = [
  binding('cluster-admin', 'cluster-admin', [MASTERS]),
  binding('system:basic-user', 'system:basic-user', ['system:authenticated']),
  binding('system:discovery', 'system:discovery', ['system:authenticated']),
];
