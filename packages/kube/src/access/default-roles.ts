/**
 * The roles every cluster brings. @spec https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings
 * @upstream kubernetes plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go
 */
import type { PolicyRule, Role, RoleBinding, RoleSubject } from '../core/policy-objects.ts';
import { COMPONENT_ROLES, NAMESPACE_ROLES, type RuleRow } from './component-roles.ts';
import { CONTROLLER_ROLES } from './controller-roles.ts';
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

const binding = (name: string, subjects: readonly RoleSubject[]): RoleBinding => ({
  apiVersion: `${GROUP}/v1`,
  kind: 'ClusterRoleBinding',
  metadata: { name, labels: LABELS },
  roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name },
  subjects,
});

const groups = (...names: readonly string[]): readonly RoleSubject[] =>
  names.map((name) => ({ apiGroup: GROUP, kind: 'Group', name }));
const user = (name: string): RoleSubject => ({ apiGroup: GROUP, kind: 'User', name });
const systemAccount = (name: string): RoleSubject => ({ kind: 'ServiceAccount', name, namespace: 'kube-system' });

const ruleOf = ([verbs, apiGroups, resources, names]: RuleRow): PolicyRule => {
  const [words, things] = [verbs.split(' '), resources.split(' ')];
  if (apiGroups === '') return { verbs: words, nonResourceURLs: things };
  const all = apiGroups.split(' ').map((group) => (group === 'core' ? '' : group));
  return { verbs: words, apiGroups: all, resources: things, ...(names ? { resourceNames: names.split(' ') } : {}) };
};

const rule = (verbs: readonly string[], apiGroups: readonly string[], resources: string): PolicyRule => ({
  verbs,
  apiGroups,
  resources: resources.split(' '),
});

const CORE =
  'configmaps persistentvolumeclaims pods replicationcontrollers replicationcontrollers/scale serviceaccounts services';
const WORKLOADS =
  'daemonsets deployments deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale';
const APPS = `controllerrevisions ${WORKLOADS}`;
/** Where workloads stood before they had groups of their own. */
const OLDER =
  'daemonsets deployments deployments/scale ingresses networkpolicies replicasets replicasets/scale replicationcontrollers/scale';
const NETWORKING = 'ingresses networkpolicies';
const statusOf = (resources: string): string =>
  resources
    .split(' ')
    .filter((resource) => !resource.includes('/'))
    .map((resource) => `${resource}/status`)
    .join(' ');

const VIEW: readonly PolicyRule[] = [
  rule(
    READ,
    [''],
    `${CORE} endpoints persistentvolumeclaims/status pods/log pods/status replicationcontrollers/status services/status`,
  ),
  rule(READ, [''], 'bindings events limitranges namespaces namespaces/status resourcequotas resourcequotas/status'),
  rule(READ, ['apps'], `${APPS} ${statusOf('daemonsets deployments replicasets statefulsets')}`),
  rule(READ, ['autoscaling'], 'horizontalpodautoscalers horizontalpodautoscalers/status'),
  rule(READ, ['batch'], 'cronjobs cronjobs/status jobs jobs/status'),
  rule(READ, ['extensions'], `${OLDER} daemonsets/status deployments/status ingresses/status replicasets/status`),
  rule(READ, ['policy'], 'poddisruptionbudgets poddisruptionbudgets/status'),
  rule(READ, ['networking.k8s.io'], `${NETWORKING} ingresses/status`),
  rule(READ, ['discovery.k8s.io'], 'endpointslices'),
];

const EDIT: readonly PolicyRule[] = [
  rule(READ, [''], 'pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy'),
  rule(['impersonate'], [''], 'serviceaccounts'),
  rule(WRITE, [''], `${CORE} events secrets pods/attach pods/exec pods/portforward pods/proxy services/proxy`),
  rule(['create'], [''], 'pods/eviction serviceaccounts/token'),
  rule(WRITE, ['apps'], `${WORKLOADS} deployments/rollback`),
  rule(WRITE, ['extensions'], `${OLDER} deployments/rollback`),
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
  ...Object.entries({ ...COMPONENT_ROLES, ...CONTROLLER_ROLES }).map(([name, rows]) =>
    clusterRole(name, rows.map(ruleOf)),
  ),
];

const CONTROLLER = 'system:controller:';

/** Bindings that a server makes when they are not there. */
export const DEFAULT_CLUSTER_ROLE_BINDINGS: readonly RoleBinding[] = [
  binding('cluster-admin', groups(MASTERS)),
  binding('system:basic-user', groups('system:authenticated')),
  binding('system:discovery', groups('system:authenticated')),
  binding('system:public-info-viewer', groups('system:authenticated', 'system:unauthenticated')),
  binding('system:monitoring', groups('system:monitoring')),
  binding('system:service-account-issuer-discovery', groups('system:serviceaccounts')),
  binding('system:kube-controller-manager', [user('system:kube-controller-manager')]),
  binding('system:kube-scheduler', [user('system:kube-scheduler')]),
  binding('system:volume-scheduler', [user('system:kube-scheduler')]),
  binding('system:node-proxier', [user('system:kube-proxy')]),
  binding('system:kube-dns', [systemAccount('kube-dns')]),
  // Nodes get theirs by name, from an authorizer of their own; here nobody has it.
  binding('system:node', []),
  ...Object.keys(CONTROLLER_ROLES).map((name) => binding(name, [systemAccount(name.slice(CONTROLLER.length))])),
];

/** Roles within namespaces that a server makes when they are not there. */
export const DEFAULT_ROLES: readonly Role[] = Object.entries(NAMESPACE_ROLES).map(([key, rows]) => {
  const [namespace = '', name = ''] = key.split('/');
  return {
    apiVersion: `${GROUP}/v1`,
    kind: 'Role',
    metadata: { namespace, name, labels: LABELS },
    rules: rows.map(ruleOf),
  };
});

const within = (
  namespace: string,
  name: string,
  of: { readonly role?: string; readonly subjects: readonly RoleSubject[] },
): RoleBinding => ({
  apiVersion: `${GROUP}/v1`,
  kind: 'RoleBinding',
  metadata: { namespace, name, labels: LABELS },
  roleRef: { apiGroup: GROUP, kind: 'Role', name: of.role ?? name },
  subjects: of.subjects,
});

/** Bindings within namespaces that a server makes when they are not there. */
export const DEFAULT_ROLE_BINDINGS: readonly RoleBinding[] = [
  within('kube-system', 'system::extension-apiserver-authentication-reader', {
    role: 'extension-apiserver-authentication-reader',
    subjects: [user('system:kube-controller-manager'), user('system:kube-scheduler')],
  }),
  within('kube-system', 'system::leader-locking-kube-controller-manager', {
    subjects: [
      user('system:kube-controller-manager'),
      systemAccount('kube-controller-manager'),
      systemAccount('leader-election-controller'),
    ],
  }),
  within('kube-system', 'system::leader-locking-kube-scheduler', {
    subjects: [user('system:kube-scheduler'), systemAccount('kube-scheduler')],
  }),
  ...['bootstrap-signer', 'cloud-provider', 'token-cleaner'].map((name) =>
    within('kube-system', `${CONTROLLER}${name}`, { subjects: [systemAccount(name)] }),
  ),
  within('kube-public', `${CONTROLLER}bootstrap-signer`, { subjects: [systemAccount('bootstrap-signer')] }),
];
