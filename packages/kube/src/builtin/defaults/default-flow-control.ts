/**
 * The flow schemas and priority levels every cluster brings.
 * @upstream k8s.io/apiserver/pkg/apis/flowcontrol/bootstrap
 */
import type { FlowRules, FlowSchema, FlowSubject, PriorityLevelConfiguration } from '../../core/flow-control.ts';

const API = 'flowcontrol.apiserver.k8s.io';
/** The server keeps objects with it as it brings them. */
const KEPT = { 'apf.kubernetes.io/autoupdate-spec': 'true' };

const groups = (...names: readonly string[]): readonly FlowSubject[] =>
  names.map((name) => ({ kind: 'Group', group: { name } }));
const users = (...names: readonly string[]): readonly FlowSubject[] =>
  names.map((name) => ({ kind: 'User', user: { name } }));
const systemAccounts = (...names: readonly string[]): readonly FlowSubject[] =>
  names.map((name) => ({ kind: 'ServiceAccount', serviceAccount: { namespace: 'kube-system', name } }));

const ANYBODY = groups('system:unauthenticated', 'system:authenticated');
const NODES = groups('system:nodes');
const SYSTEM = systemAccounts('*');
const [MANAGER, SCHEDULER] = [users('system:kube-controller-manager'), users('system:kube-scheduler')];

type Resources = NonNullable<FlowRules['resourceRules']>[number];

const ANYTHING: Resources = { verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] };
const everything = (subjects: readonly FlowSubject[]): FlowRules => ({
  subjects,
  resourceRules: [ANYTHING],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
});
const updating = (group: string, ...resources: readonly string[]): Resources => ({
  verbs: ['get', 'create', 'update'],
  apiGroups: [group],
  resources,
  namespaces: ['*'],
});
const LEASES = updating('coordination.k8s.io', 'leases');

interface SchemaRow {
  readonly level: string;
  readonly precedence: number;
  readonly by?: 'ByUser' | 'ByNamespace';
  readonly rules: FlowRules;
}

const schema = (name: string, { level, precedence, by, rules }: SchemaRow): FlowSchema => ({
  apiVersion: `${API}/v1`,
  kind: 'FlowSchema',
  metadata: { name, annotations: KEPT },
  spec: {
    priorityLevelConfiguration: { name: level },
    matchingPrecedence: precedence,
    ...(by ? { distinguisherMethod: { type: by } } : {}),
    rules: [rules],
  },
});

/** By name, in the order of precedence. */
export const DEFAULT_FLOW_SCHEMAS: readonly FlowSchema[] = [
  schema('exempt', { level: 'exempt', precedence: 1, rules: everything(groups('system:masters')) }),
  schema('probes', {
    level: 'exempt',
    precedence: 2,
    rules: {
      subjects: ANYBODY,
      nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] }],
    },
  }),
  schema('system-leader-election', {
    level: 'leader-election',
    precedence: 100,
    by: 'ByUser',
    rules: { subjects: [...MANAGER, ...SCHEDULER, ...SYSTEM], resourceRules: [LEASES] },
  }),
  schema('endpoint-controller', {
    level: 'workload-high',
    precedence: 150,
    by: 'ByUser',
    rules: {
      subjects: [...MANAGER, ...systemAccounts('endpoint-controller', 'endpointslicemirroring-controller')],
      resourceRules: [updating('', 'endpoints')],
    },
  }),
  schema('workload-leader-election', {
    level: 'leader-election',
    precedence: 200,
    by: 'ByUser',
    rules: { subjects: SYSTEM, resourceRules: [updating('', 'endpoints', 'configmaps'), LEASES] },
  }),
  schema('system-node-high', {
    level: 'node-high',
    precedence: 400,
    by: 'ByUser',
    rules: {
      subjects: NODES,
      resourceRules: [
        { ...ANYTHING, apiGroups: [''], resources: ['nodes', 'nodes/status'] },
        { verbs: ['*'], apiGroups: ['coordination.k8s.io'], resources: ['leases'], namespaces: ['*'] },
      ],
    },
  }),
  schema('system-nodes', { level: 'system', precedence: 500, by: 'ByUser', rules: everything(NODES) }),
  schema('kube-controller-manager', {
    level: 'workload-high',
    precedence: 800,
    by: 'ByNamespace',
    rules: everything(MANAGER),
  }),
  schema('kube-scheduler', {
    level: 'workload-high',
    precedence: 800,
    by: 'ByNamespace',
    rules: everything(SCHEDULER),
  }),
  schema('kube-system-service-accounts', {
    level: 'workload-high',
    precedence: 900,
    by: 'ByNamespace',
    rules: everything(SYSTEM),
  }),
  schema('service-accounts', {
    level: 'workload-low',
    precedence: 9000,
    by: 'ByUser',
    rules: everything(groups('system:serviceaccounts')),
  }),
  schema('global-default', { level: 'global-default', precedence: 9900, by: 'ByUser', rules: everything(ANYBODY) }),
  schema('catch-all', { level: 'catch-all', precedence: 10_000, by: 'ByUser', rules: everything(ANYBODY) }),
];

const level = (name: string, spec: PriorityLevelConfiguration['spec']): PriorityLevelConfiguration => ({
  apiVersion: `${API}/v1`,
  kind: 'PriorityLevelConfiguration',
  metadata: { name, annotations: KEPT },
  ...(spec ? { spec } : {}),
});

const queued = (
  name: string,
  of: { readonly shares: number; readonly lendable: number; readonly queues: number; readonly hand: number },
): PriorityLevelConfiguration =>
  level(name, {
    type: 'Limited',
    limited: {
      nominalConcurrencyShares: of.shares,
      lendablePercent: of.lendable,
      limitResponse: {
        type: 'Queue',
        queuing: { queues: of.queues, handSize: of.hand, queueLengthLimit: 50 },
      },
    },
  });

/** By name. */
export const DEFAULT_PRIORITY_LEVELS: readonly PriorityLevelConfiguration[] = [
  level('exempt', { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } }),
  level('catch-all', {
    type: 'Limited',
    limited: { nominalConcurrencyShares: 5, lendablePercent: 0, limitResponse: { type: 'Reject' } },
  }),
  queued('system', { shares: 30, lendable: 33, queues: 64, hand: 6 }),
  queued('node-high', { shares: 40, lendable: 25, queues: 64, hand: 6 }),
  queued('leader-election', { shares: 10, lendable: 0, queues: 16, hand: 4 }),
  queued('workload-high', { shares: 40, lendable: 50, queues: 128, hand: 6 }),
  queued('workload-low', { shares: 100, lendable: 90, queues: 128, hand: 6 }),
  queued('global-default', { shares: 20, lendable: 50, queues: 128, hand: 6 }),
];
