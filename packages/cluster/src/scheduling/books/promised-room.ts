/**
 * Room that pods were promised, by whoever made it or by their own status.
 */
import type { Pod } from '@argosy/kube';

import { nominatedNodeOf } from '../preemption/pod-priority.ts';
import { uidOf } from './node-use.ts';

/** A promise. */
export interface Promised {
  readonly pod: Pod;
  readonly node: string;
  /** Whether the pod's status says so: from then on it decides. */
  readonly isSeen: boolean;
}

/** Room that pods were promised, by whoever made it or by their own status. */
export const createPromises = () => {
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
