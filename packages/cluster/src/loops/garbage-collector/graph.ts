/**
 * Who owns whom, by uid. Fed by informers; every question costs what the answer is long.
 */
import type { KubeObject, ObjectKey, OwnerReference, ResourceType } from '@argosy/kube';

/** An object in the graph. */
export interface GraphNode {
  readonly uid: string;
  readonly resource: ResourceType;
  readonly key: ObjectKey;
  readonly owners: readonly OwnerReference[];
  readonly finalizers: readonly string[];
  readonly isDeleting: boolean;
  readonly resourceVersion: string;
}

/** The ownership graph. */
export interface OwnershipGraph {
  node(uid: string): GraphNode | undefined;
  /** Objects that name this uid as an owner, whether it exists or not. */
  dependentsOf(uid: string): readonly GraphNode[];
  put(resource: ResourceType, object: KubeObject): void;
  remove(uid: string): void;
}

/** Creates an empty graph. */
export const createOwnershipGraph = (): OwnershipGraph => {
  const nodes = new Map<string, GraphNode>();
  const dependents = new Map<string, Set<string>>();

  const unlink = (node: GraphNode): void => {
    for (const owner of node.owners) {
      const set = dependents.get(owner.uid);
      set?.delete(node.uid);
      if (set?.size === 0) dependents.delete(owner.uid);
    }
  };
  return {
    node: (uid) => nodes.get(uid),
    dependentsOf: (uid) => {
      const known = dependents.get(uid);
      return known ? [...known].flatMap((dependent) => nodes.get(dependent) ?? []) : NONE;
    },
    put: (resource, object) => {
      const node = toNode(resource, object);
      const previous = nodes.get(node.uid);
      if (previous) unlink(previous);
      nodes.set(node.uid, node);
      for (const owner of node.owners)
        dependents.set(owner.uid, (dependents.get(owner.uid) ?? new Set<string>()).add(node.uid));
    },
    remove: (uid) => {
      const node = nodes.get(uid);
      if (!node) return;
      unlink(node);
      nodes.delete(uid);
    },
  };
};

/** Most objects own nothing and have no owner: they share it. */
const NONE: readonly never[] = [];

const toNode = (resource: ResourceType, { metadata }: KubeObject): GraphNode => ({
  uid: metadata.uid ?? '',
  resource,
  key: { ...(metadata.namespace ? { namespace: metadata.namespace } : {}), name: metadata.name ?? '' },
  owners: metadata.ownerReferences ?? NONE,
  finalizers: metadata.finalizers ?? NONE,
  isDeleting: metadata.deletionTimestamp !== undefined,
  resourceVersion: metadata.resourceVersion ?? '',
});
