/**
 * Nodes and what is on them; pods may be known before their node is.
 */
import { isEqual } from '@argosy/base';
import type { Change } from '@argosy/client';
import type { Amounts, KubeObject, Node, Pod } from '@argosy/kube';

import type { NodeRoom } from '../placement/node-fit.ts';
import { allocatableOf } from '../placement/node-resources.ts';
import type { NamespaceLabels } from '../placement/neighbours/pod-terms.ts';
import { createNodeUse, uidOf, type LiveNodeUse } from './node-use.ts';
import type { Promised } from './promised-room.ts';

/** Nodes and what is on them; pods may be known before their node is. */
export const createNodeBook = (namespaceLabels: NamespaceLabels) => {
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
