/**
 * A ReplicaSet as the arithmetic sees it. Pure.
 */
import type { ReplicaSet } from '@argosy/kube';

/** Pods wanted, created and available. */
export interface SetSize {
  readonly spec: number;
  readonly created: number;
  readonly available: number;
}

/** Reads the sizes of a set; undefined stays undefined. */
export const sizeOf = <T extends ReplicaSet | undefined>(
  set: T,
): T extends undefined ? SetSize | undefined : SetSize => {
  // The conditional type says that only an absent set gives an absent size.
  if (!set) return undefined as never;
  return {
    spec: set.spec?.replicas ?? 0,
    created: set.status?.replicas ?? 0,
    available: set.status?.availableReplicas ?? 0,
  } as never;
};

/** Pods of these sets together, by `of`. */
export const totalOf = (sets: readonly (SetSize | undefined)[], of: keyof SetSize): number =>
  sets.reduce((sum, size) => sum + (size?.[of] ?? 0), 0);
