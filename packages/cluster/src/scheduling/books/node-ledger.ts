/**
 * The scheduler's books: who is on which node, who is on the way there, and who was promised room. Each change costs as
 * much as one pod, however many there are.
 * @upstream kubernetes pkg/scheduler/backend/cache
 */
import { isEqual } from '@argosy/base';
import type { Change } from '@argosy/client';
import type { Amounts, KubeObject, Namespace, Node, Pod } from '@argosy/kube';

import type { NodeRoom } from '../placement/node-fit.ts';
import { allocatableOf } from '../placement/node-resources.ts';
import { createNodeUse, type LiveNodeUse } from './node-use.ts';
import { nominatedNodeOf } from '../preemption/pod-priority.ts';
import type { NamespaceLabels } from '../placement/pod-terms.ts';

/** The books. */
export interface NodeLedger {
  /** Takes note of a change of a node; tells whether pods may fit now that did not before. */
  seeNode(change: Change<Node>): boolean;
  /** Takes note of a change of a pod; tells whether there is more room now. */
  seePod(change: Change<Pod>): boolean;
  /** Takes note of a change of a namespace; tells whether rules about neighbours may mean others now. */
  seeNamespace(change: Change<Namespace>): boolean;
  /** Counts a pod on a node before anybody has seen it there. */
  assume(pod: Pod, node: string): void;
  /** Whether a pod is counted so. */
  isAssumed(uid: string): boolean;
  /** It did not come to that. */
  unassume(uid: string): void;
  /** Keeps room for a pod on a node. */
  promise(pod: Pod, node: string): void;
  /** Keeps none any longer; tells whether there was a promise. */
  release(uid: string): boolean;
  /** Where a pod was promised room. */
  promisedNode(uid: string): string | undefined;
  /** Pods that were promised room on a node. */
  promisedAt(node: string): readonly Pod[];
  /** All nodes. */
  rooms(): readonly NodeRoom[];
}

interface Promised {
  readonly pod: Pod;
  readonly node: string;
  /** Whether the pod's status says so: from then on it decides. */
  readonly isSeen: boolean;
}

/** Opens empty books. */
export const createNodeLedger = (): NodeLedger => {
  const namespaces = new Map<string, Readonly<Record<string, string>>>();
  const nodes = createNodeBook((name) => namespaces.get(name));
  const promises = createPromises();
  const assumed = new Set<string>();

  const dropPod = (uid: string): boolean => {
    assumed.delete(uid);
    const wasPromised = promises.delete(uid);
    return nodes.remove(uid) || wasPromised;
  };
  return {
    seeNode: nodes.seeNode,
    seePod: ({ kind, object: pod }) => {
      const uid = uidOf(pod);
      if (kind === 'deleted' || hasEnded(pod)) return dropPod(uid);
      const node = pod.spec?.nodeName;
      // What is older than its binding does not undo it.
      if (!node) return !assumed.has(uid) && promises.see(pod);
      assumed.delete(uid);
      promises.delete(uid);
      nodes.put(pod, node);
      return false;
    },
    seeNamespace: ({ kind, object: { metadata } }) => {
      const [name = '', labels = {}] = [metadata.name, metadata.labels];
      if (kind === 'deleted') {
        namespaces.delete(name);
        return false;
      }
      const isOther = !isEqual(namespaces.get(name), labels);
      namespaces.set(name, labels);
      return isOther;
    },
    assume: (pod, node) => {
      assumed.add(uidOf(pod));
      nodes.put(pod, node);
    },
    isAssumed: (uid) => assumed.has(uid),
    unassume: (uid) => void (assumed.delete(uid) && nodes.remove(uid)),
    promise: promises.add,
    release: promises.delete,
    promisedNode: promises.nodeOf,
    promisedAt: (node) =>
      promises
        .all()
        .filter((promise) => promise.node === node)
        .map(({ pod }) => pod),
    rooms: () => nodes.rooms(promises.all()),
  };
};

/** Whether a pod is done with its node. Pure. */
export const hasEnded = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

const uidOf = (pod: Pod): string => pod.metadata.uid ?? '';

/** Room that pods were promised, by whoever made it or by their own status. */
const createPromises = () => {
  const promises = new Map<string, Promised>();
  return {
    add: (pod: Pod, node: string): void => void promises.set(uidOf(pod), { pod, node, isSeen: false }),
    delete: (uid: string): boolean => promises.delete(uid),
    nodeOf: (uid: string): string | undefined => promises.get(uid)?.node,
    all: (): readonly Promised[] => [...promises.values()],
    /** Takes what a pod's status says of it; tells whether a promise has ended. */
    see: (pod: Pod): boolean => {
      const uid = uidOf(pod);
      const said = nominatedNodeOf(pod);
      const known = promises.get(uid);
      if (known && !known.isSeen && said !== known.node) {
        promises.set(uid, { ...known, pod });
        return false;
      }
      if (said !== undefined) promises.set(uid, { pod, node: said, isSeen: true });
      return said === undefined && promises.delete(uid);
    },
  };
};

/** Nodes and what is on them; pods may be known before their node is. */
const createNodeBook = (namespaceLabels: NamespaceLabels) => {
  const known = new Map<string, { readonly node: KubeObject; readonly allocatable: Amounts }>();
  const uses = new Map<string, LiveNodeUse>();
  const placed = new Map<string, string>();
  const useOf = (name: string): LiveNodeUse => {
    const use = uses.get(name) ?? createNodeUse();
    uses.set(name, use);
    return use;
  };
  const remove = (uid: string): boolean => {
    const node = placed.get(uid);
    if (node === undefined) return false;
    placed.delete(uid);
    uses.get(node)?.remove(uid);
    return true;
  };
  return {
    put: (pod: Pod, node: string): void => {
      const uid = uidOf(pod);
      if (placed.get(uid) !== node) remove(uid);
      placed.set(uid, node);
      useOf(node).put(pod);
    },
    remove,
    seeNode: (change: Change<Node>): boolean => {
      const name = change.object.metadata.name ?? '';
      if (change.kind === 'deleted') return known.delete(name);
      known.set(name, { node: change.object, allocatable: allocatableOf(change.object) });
      return change.kind !== 'updated' || !isEqual(relevantOf(change.previous), relevantOf(change.object));
    },
    rooms: (promises: readonly Promised[]): readonly NodeRoom[] =>
      [...known].map(([name, { node, allocatable }]) => ({
        node,
        allocatable,
        use: useOf(name),
        namespaceLabels,
        nominated: promises.filter((promise) => promise.node === name).map(({ pod }) => pod),
      })),
  };
};

/** What of a node may let pods in; heartbeats are not among it. */
const relevantOf = ({ metadata, spec, status }: Node) => ({
  labels: metadata.labels,
  spec,
  allocatable: status?.allocatable,
  ready: status?.conditions?.find(({ type }) => type === 'Ready')?.status,
});
