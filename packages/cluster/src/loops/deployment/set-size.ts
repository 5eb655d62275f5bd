/**
 * The size of a deployment's sets.
 */
import type { ReplicaSet } from '@argosy/kube';

/** How many pods a set is to have; none where it says nothing. */
export const sizeOf = (set: ReplicaSet): number => set.spec?.replicas ?? 0;
