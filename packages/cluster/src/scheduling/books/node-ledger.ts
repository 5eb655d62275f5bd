/**
 * The scheduler's books: who is on which node, who is on the way there, and who was promised room. Each change costs as
 * much as one pod, however many there are.
 * @upstream kubernetes pkg/scheduler/backend/cache
 */
import { isEqual } from '@argosy/base';
import type { Change } from '@argosy/client';
import type { Namespace, Node, Pod } from '@argosy/kube';

import type { NodeRoom } from '../placement/node-fit.ts';
import { createPromises } from './promised-room.ts';
import { createNodeBook } from './node-book.ts';
import { uidOf } from './node-use.ts';

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

/** Opens empty books. */
export const createNodeLedger = (): NodeLedger => {
  const namespaces = createNamespaceLabels();
  const nodes = createNodeBook(namespaces.of);
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
    seeNamespace: namespaces.see,
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

/** Labels of namespaces, by which rules about neighbours choose. */
const createNamespaceLabels = () => {
  const labelsOf = new Map<string, Readonly<Record<string, string>>>();
  return {
    of: (name: string) => labelsOf.get(name),
    /** Takes note of a change; tells whether labels are others now. */
    see: ({ kind, object: { metadata } }: Change<Namespace>): boolean => {
      const [name = '', labels = {}] = [metadata.name, metadata.labels];
      if (kind === 'deleted') {
        labelsOf.delete(name);
        return false;
      }
      const isOther = !isEqual(labelsOf.get(name), labels);
      labelsOf.set(name, labels);
      return isOther;
    },
  };
};
