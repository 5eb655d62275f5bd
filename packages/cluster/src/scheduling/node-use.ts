/**
 * What pods have asked for on one node, kept as sums that change with each pod that comes or goes.
 * @upstream kubernetes pkg/scheduler/framework/types.go#NodeInfo
 */
import { podAmounts, type Amounts, type Pod } from '@argosy/kube';

import { takesPorts } from './node-ports.ts';
import { hasPodPreferences } from './pod-preferences.ts';
import { hasPodTerms } from './pod-terms.ts';

/** The pods of a node and the sums of their requests, to be read. */
export interface NodeUse {
  /** Pods on the node. */
  readonly count: number;
  /** What they request of a resource, in nano units. */
  requested(resource: string): bigint;
  /** The same for scoring: a container that requests no processor or memory counts as one of ordinary size. */
  weighed(resource: 'cpu' | 'memory'): bigint;
  /** All of them. */
  pods(): Iterable<Pod>;
  /** Those others may have to keep away from: with ports of the node, or with terms or wishes about their neighbours. */
  particular(): Iterable<Pod>;
}

/** One that changes. */
export interface LiveNodeUse extends NodeUse {
  /** Adds a pod, or what is newer of it. */
  put(pod: Pod): void;
  /** Takes a pod off; unknown ones are no matter. */
  remove(uid: string): void;
  has(uid: string): boolean;
}

/** Creates one with pods; the cost is theirs, and of each change later one pod's. */
export const createNodeUse = (pods: Iterable<Pod> = []): LiveNodeUse => {
  const known = new Map<string, { readonly pod: Pod; readonly requests: Amounts; readonly weights: Amounts }>();
  const particular = new Map<string, Pod>();
  const requested = new Map<string, bigint>();
  const weighed = new Map<string, bigint>();
  const remove = (uid: string): void => {
    const entry = known.get(uid);
    if (!entry) return;
    known.delete(uid);
    particular.delete(uid);
    add(requested, entry.requests, -1n);
    add(weighed, entry.weights, -1n);
  };
  const put = (pod: Pod): void => {
    const uid = pod.metadata.uid ?? '';
    const former = known.get(uid);
    remove(uid);
    const isSameSpec = former && isSameGeneration(former.pod, pod);
    const requests = isSameSpec ? former.requests : podAmounts(pod, 'requests');
    const weights = isSameSpec ? former.weights : weightsOf(pod, requests);
    known.set(uid, { pod, requests, weights });
    if (takesPorts(pod) || hasPodTerms(pod) || hasPodPreferences(pod)) particular.set(uid, pod);
    add(requested, requests, 1n);
    add(weighed, weights, 1n);
  };
  for (const pod of pods) put(pod);
  return {
    get count() {
      return known.size;
    },
    requested: (resource) => requested.get(resource) ?? 0n,
    weighed: (resource) => weighed.get(resource) ?? 0n,
    pods: () => podsOf(known.values()),
    particular: () => particular.values(),
    put,
    remove,
    has: (uid) => known.has(uid),
  };
};

/** A use with more pods, which are not among it; the use itself stays as it is. Pure. */
export const withPods = (use: NodeUse, more: readonly Pod[]): NodeUse => {
  if (more.length === 0) return use;
  const added = createNodeUse(more);
  return {
    count: use.count + added.count,
    requested: (resource) => use.requested(resource) + added.requested(resource),
    weighed: (resource) => use.weighed(resource) + added.weighed(resource),
    pods: () => joined(use.pods(), added.pods()),
    particular: () => joined(use.particular(), added.particular()),
  };
};

/** What a pod counts as in scoring. Pure. */
export const weightsOf = (pod: Pod, requests: Amounts = podAmounts(pod, 'requests')): Amounts => {
  const containers = pod.spec?.containers ?? [];
  const missing = (resource: 'cpu' | 'memory'): bigint =>
    BigInt(containers.filter(({ resources }) => asksNothing(resources?.requests, resource)).length);
  return new Map([
    ['cpu', (requests.get('cpu') ?? 0n) + missing('cpu') * ORDINARY.cpu],
    ['memory', (requests.get('memory') ?? 0n) + missing('memory') * ORDINARY.memory],
  ]);
};

/** @upstream kubernetes pkg/scheduler/util/pod_resources.go: 100 millicores, 200 MB. */
const ORDINARY = { cpu: 100_000_000n, memory: 209_715_200_000_000_000n } as const;

/** Requests change with the generation only; where pods have none, they never do. */
const isSameGeneration = (one: Pod, other: Pod): boolean => one.metadata.generation === other.metadata.generation;

const asksNothing = (requests: Readonly<Record<string, unknown>> | undefined, resource: string): boolean =>
  requests?.[resource] === undefined;

const add = (sums: Map<string, bigint>, amounts: Amounts, sign: bigint): void => {
  for (const [name, amount] of amounts) sums.set(name, (sums.get(name) ?? 0n) + sign * amount);
};

function* podsOf(entries: Iterable<{ readonly pod: Pod }>): Iterable<Pod> {
  for (const { pod } of entries) yield pod;
}

function* joined<T>(left: Iterable<T>, right: Iterable<T>): Iterable<T> {
  yield* left;
  yield* right;
}
