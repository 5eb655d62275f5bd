/**
 * Whether an object may stay once its owners go. @upstream kubernetes pkg/controller/garbagecollector/garbagecollector.go#attemptToDeleteItem
 * @spec https://kubernetes.io/docs/concepts/architecture/garbage-collection/
 */
import type { OwnerReference } from '@argosy/kube';

import type { GraphNode } from './graph.ts';

/** Finalizer of an owner that goes after its dependents. */
export const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';

/** What is known of one owner. */
export type OwnerState =
  /** There, and to stay. */
  | 'solid'
  /** Being deleted in the foreground: waits for us. */
  | 'waiting'
  /** No such object. */
  | 'absent';

/** What the decision is made from. */
export interface OwnershipFacts {
  readonly node: GraphNode;
  readonly owners: readonly { readonly reference: OwnerReference; readonly state: OwnerState }[];
  readonly dependents: readonly GraphNode[];
}

/** What may be done. */
export type CollectorAction =
  | {
      readonly kind: 'delete';
      readonly target: GraphNode;
      readonly propagation: 'Background' | 'Foreground' | 'Orphan';
    }
  /** Takes references to these owners away from an object. */
  | { readonly kind: 'disown'; readonly target: GraphNode; readonly ownerUids: readonly string[] }
  /** Lets owners go before an object, though its references said that they wait. */
  | { readonly kind: 'unblock'; readonly target: GraphNode }
  | { readonly kind: 'drop-finalizer'; readonly target: GraphNode; readonly finalizer: string };

/** Decides about one object. Pure and total. */
export const decideOwnership = (facts: OwnershipFacts): readonly CollectorAction[] => {
  const { node } = facts;
  if (node.isDeleting) return decideDependents(facts);
  return decideByOwners(facts);
};

const decideDependents = ({ node, dependents }: OwnershipFacts): readonly CollectorAction[] => {
  if (node.finalizers.includes(ORPHAN)) {
    if (dependents.length === 0) return [{ kind: 'drop-finalizer', target: node, finalizer: ORPHAN }];
    return dependents.map((target) => ({ kind: 'disown', target, ownerUids: [node.uid] }));
  }
  if (!node.finalizers.includes(FOREGROUND)) return [];
  const blocking = dependents.filter((dependent) =>
    dependent.owners.some((owner) => owner.uid === node.uid && owner.blockOwnerDeletion === true),
  );
  if (blocking.length === 0) return [{ kind: 'drop-finalizer', target: node, finalizer: FOREGROUND }];
  return [];
};

const decideByOwners = ({ node, owners, dependents }: OwnershipFacts): readonly CollectorAction[] => {
  if (owners.length === 0) return [];
  const uidsIn = (state: OwnerState): readonly string[] =>
    owners.filter((owner) => owner.state === state).map((owner) => owner.reference.uid);
  const leaving = [...uidsIn('absent'), ...uidsIn('waiting')];
  if (leaving.length === 0) return [];
  if (uidsIn('solid').length > 0) return [{ kind: 'disown', target: node, ownerUids: leaving }];
  if (uidsIn('waiting').length > 0 && dependents.length > 0)
    return [
      // Who waits for us waits, by way of others, for itself: one of the circle must not be waited for.
      ...(dependents.some(isWaiting) ? [{ kind: 'unblock' as const, target: node }] : []),
      { kind: 'delete', target: node, propagation: 'Foreground' },
    ];
  return [{ kind: 'delete', target: node, propagation: propagationOf(node) }];
};

const isWaiting = (node: GraphNode): boolean => node.isDeleting && node.finalizers.includes(FOREGROUND);

/** An object deleted by its owner's end follows what its own finalizers say. */
const propagationOf = (node: GraphNode): 'Background' | 'Foreground' | 'Orphan' => {
  if (node.finalizers.includes(ORPHAN)) return 'Orphan';
  return node.finalizers.includes(FOREGROUND) ? 'Foreground' : 'Background';
};
