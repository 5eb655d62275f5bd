/**
 * What pods have asked for on one node, kept as sums that change with each pod that comes or goes.
 * @upstream kubernetes pkg/scheduler/framework/types.go#NodeInfo
 */
import type { Amounts, Pod } from '@argosy/kube';

import { takesPorts } from '../placement/node-ports.ts';
import { createClaims, type PodClaim } from '../placement/pod-claims.ts';
import { hasPodPreferences } from '../placement/neighbours/pod-preferences.ts';
import { hasPodTerms } from '../placement/neighbours/pod-terms.ts';

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
  const known = new Map<string, { readonly pod: Pod; readonly claim: PodClaim }>();
  const particular = new Map<string, Pod>();
  const sums = createSums();
  const claimOf = createClaims();
  const remove = (uid: string): void => {
    const entry = known.get(uid);
    if (!entry) return;
    known.delete(uid);
    particular.delete(uid);
    sums.count(entry.claim, -1n);
  };
  const put = (pod: Pod): void => {
    const uid = uidOf(pod);
    const former = known.get(uid);
    const claim = former && isSameGeneration(former.pod, pod) ? former.claim : claimOf(pod);
    known.set(uid, { pod, claim });
    if (takesPorts(pod) || hasPodTerms(pod) || hasPodPreferences(pod)) particular.set(uid, pod);
    else particular.delete(uid);
    // What most changes of a pod are about leaves the sums alone.
    if (claim === former?.claim) return;
    if (former) sums.count(former.claim, -1n);
    sums.count(claim, 1n);
  };
  for (const pod of pods) put(pod);
  return {
    get count() {
      return known.size;
    },
    requested: sums.requested,
    weighed: sums.weighed,
    pods: () => podsOf(known.values()),
    particular: () => particular.values(),
    put,
    remove,
    has: (uid) => known.has(uid),
  };
};

/** How the books know a pod. */
export const uidOf = (pod: Pod): string => pod.metadata.uid ?? '';

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

/** What many claims come to. */
const createSums = () => {
  const requested = new Map<string, bigint>();
  const weighed = new Map<string, bigint>();
  return {
    count: (claim: PodClaim, sign: bigint): void => {
      add(requested, claim.requests, sign);
      add(weighed, claim.weights, sign);
    },
    requested: (resource: string): bigint => requested.get(resource) ?? 0n,
    weighed: (resource: string): bigint => weighed.get(resource) ?? 0n,
  };
};

/** Requests change with the generation only; where pods have none, they never do. */
const isSameGeneration = (one: Pod, other: Pod): boolean => one.metadata.generation === other.metadata.generation;

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
