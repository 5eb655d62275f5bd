/**
 * What the sets of a rollout are to it.
 */
import type { ReplicaSet } from '@argosy/kube';

import type { Rollout } from '../api/rollout.ts';
import { hashOf } from '../rollout/revisions.ts';

/** Stable, canary, active or preview; nothing for the sets of before. */
export const tagsOf = (rollout: Rollout, set: ReplicaSet): readonly string[] => {
  const hash = hashOf(set);
  const { status } = rollout;
  if (rollout.spec?.strategy?.blueGreen) {
    return [
      ...(hash === status?.stableRS ? ['stable'] : []),
      ...(hash === status?.blueGreen?.activeSelector ? ['active'] : []),
      ...(hash === status?.blueGreen?.previewSelector && hash !== status?.blueGreen?.activeSelector ? ['preview'] : []),
    ];
  }
  if (hash === status?.stableRS) return ['stable'];
  return hash === status?.currentPodHash ? ['canary'] : [];
};
