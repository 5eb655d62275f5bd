/**
 * The kubelet's books: which pods it took, and so what is left for the next.
 * @upstream kubernetes pkg/kubelet/kubelet.go#HandlePodAdditions
 */
import type { Node, Pod } from '@argosy/kube';

import { hasEnded } from '../../scheduling/books/node-ledger.ts';
import { allocatableOf } from '../../scheduling/placement/node-resources.ts';
import { createNodeUse } from '../../scheduling/books/node-use.ts';
import { decideAdmission, type PodAdmission } from './decide-admission.ts';

/** The books. */
export interface PodAdmissions {
  /** Takes a pod or not; one that has begun, or was taken before, is taken. */
  admit(pod: Pod): PodAdmission;
  /** Takes note that a pod may have ended. */
  see(pod: Pod): void;
  /** A pod is gone. */
  forget(pod: Pod): void;
}

/** Opens the books of a node, with the pods that are there from before; `node` gives its newest state. */
export const createPodAdmissions = (node: () => Node, pods: Iterable<Pod> = []): PodAdmissions => {
  const use = createNodeUse();
  const forget = ({ metadata }: Pod): void => use.remove(metadata.uid ?? '');
  const admit = (pod: Pod): PodAdmission => {
    if (hasEnded(pod) || use.has(pod.metadata.uid ?? '')) return ADMITTED;
    const current = node();
    const decided = hasBegun(pod)
      ? ADMITTED
      : decideAdmission(pod, { node: current, allocatable: allocatableOf(current), use });
    if (decided.kind === 'admitted') use.put(pod);
    return decided;
  };
  // What has begun counts before what has not, in whatever order they are looked at.
  for (const pod of pods) if (hasBegun(pod)) admit(pod);
  return {
    admit,
    forget,
    see: (pod) => {
      if (hasEnded(pod)) forget(pod);
    },
  };
};

const ADMITTED: PodAdmission = { kind: 'admitted' };

const hasBegun = ({ status }: Pod): boolean => status?.startTime !== undefined;
