/**
 * What of a quota an object uses. @upstream kubernetes pkg/quota/v1/evaluator/core
 */
import type { PersistentVolumeClaim, ResourceQuota, ScopeRequirement } from '../core/index.ts';
import type { Service } from '../core/cluster-objects.ts';
import type { Pod } from '../core/workloads.ts';
import type { KubeObject } from '../objects/object.ts';
import { toAmounts, type Amounts } from './amounts.ts';
import { podAmounts } from './pod-resources.ts';

/** An object and the resource it is one of, e.g. group `apps`, plural `deployments`. */
export interface CountedObject {
  readonly group: string;
  readonly plural: string;
  readonly object: KubeObject;
}

const ONE = 1_000_000_000n;
/** Counted under their bare name as well. */
const BARE = new Set(
  'configmaps persistentvolumeclaims replicationcontrollers resourcequotas secrets services'.split(' '),
);

/** Whether a quota looks at a resource at all: so that others need not be counted. Pure. */
export const quotaCounts = (quota: ResourceQuota, of: Omit<CountedObject, 'object'>): boolean => {
  const names = Object.keys(quota.spec?.hard ?? {});
  const counted = countName(of);
  if (names.includes(counted)) return true;
  if (of.group !== '') return false;
  if (of.plural === 'pods') return names.some((name) => !name.startsWith('count/') && !BARE.has(name));
  return BARE.has(of.plural) && names.some((name) => name.startsWith(of.plural) || name.includes('storage'));
};

/** What an object uses of everything quotas can limit. Pure. */
export const usageOf = (counted: CountedObject): Amounts => {
  const { group, plural, object } = counted;
  const used = new Map([[countName(counted), ONE]]);
  if (group !== '') return used;
  if (BARE.has(plural)) used.set(plural, ONE);
  if (plural === 'pods') addPod(used, object as Pod);
  if (plural === 'services') addService(used, object as Service);
  if (plural === 'persistentvolumeclaims') addClaim(used, object as PersistentVolumeClaim);
  return used;
};

/** Whether a quota's scopes select an object. Pure. */
export const quotaSelects = (quota: ResourceQuota, { group, plural, object }: CountedObject): boolean => {
  const requirements: readonly ScopeRequirement[] = [
    ...(quota.spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' as const })),
    ...(quota.spec?.scopeSelector?.matchExpressions ?? []),
  ];
  if (requirements.length === 0) return true;
  return group === '' && plural === 'pods' && requirements.every((one) => meets(object as Pod, one));
};

const countName = ({ group, plural }: Omit<CountedObject, 'object'>): string =>
  `count/${plural}${group === '' ? '' : `.${group}`}`;

const addPod = (used: Map<string, bigint>, pod: Pod): void => {
  // Who has ended uses nothing but its place in the store.
  if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return;
  used.set('pods', ONE);
  for (const [name, amount] of podAmounts(pod, 'requests')) {
    used.set(`requests.${name}`, amount);
    if (['cpu', 'memory', 'ephemeral-storage'].includes(name)) used.set(name, amount);
  }
  for (const [name, amount] of podAmounts(pod, 'limits')) used.set(`limits.${name}`, amount);
};

const addService = (used: Map<string, bigint>, service: Service): void => {
  const ports = BigInt(service.spec?.ports?.length ?? 0);
  if (service.spec?.type === 'NodePort' || service.spec?.type === 'LoadBalancer')
    used.set('services.nodeports', ports * ONE);
  if (service.spec?.type === 'LoadBalancer') used.set('services.loadbalancers', ONE);
};

const addClaim = (used: Map<string, bigint>, claim: PersistentVolumeClaim): void => {
  const storage = toAmounts(claim.spec?.resources?.requests).get('storage') ?? 0n;
  used.set('requests.storage', storage);
  const storageClass = claim.spec?.storageClassName;
  if (!storageClass) return;
  used.set(`${storageClass}.storageclass.storage.k8s.io/requests.storage`, storage);
  used.set(`${storageClass}.storageclass.storage.k8s.io/persistentvolumeclaims`, ONE);
};

const meets = (pod: Pod, { scopeName, operator, values = [] }: ScopeRequirement): boolean => {
  if (scopeName === 'PriorityClass') {
    const name = pod.spec?.['priorityClassName'];
    const isIn = typeof name === 'string' && (values.length === 0 || values.includes(name));
    return operator === 'NotIn' || operator === 'DoesNotExist' ? !isIn : isIn;
  }
  const asksNothing = podAmounts(pod, 'requests').size + podAmounts(pod, 'limits').size === 0;
  switch (scopeName) {
    case 'BestEffort':
      return asksNothing;
    case 'NotBestEffort':
      return !asksNothing;
    case 'Terminating':
      return pod.spec?.activeDeadlineSeconds !== undefined;
    case 'NotTerminating':
      return pod.spec?.activeDeadlineSeconds === undefined;
    default:
      return true;
  }
};
