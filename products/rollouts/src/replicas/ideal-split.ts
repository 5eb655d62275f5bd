/**
 * The closest split of a replica count for a weight. Pure. @spec RO-REP-02, RO-REP-03, RO-SE-01, RO-SE-02
 */

/** Pods of both versions. */
export interface ReplicaSplit {
  readonly canary: number;
  readonly stable: number;
}

interface Candidate {
  readonly canary: number;
  readonly total: number;
}

/**
 * Splits `replicas` for `weight` of `maxWeight`. At most one surge pod is considered, and only when `maxSurge` is above
 * 0. When a weight lies exactly between two counts and no surge is allowed, no candidate may remain: the canary then
 * gets nothing, as upstream has it.
 */
export const splitReplicas = (of: {
  readonly replicas: number;
  readonly weight: number;
  readonly maxWeight: number;
  readonly maxSurge: number;
}): ReplicaSplit => {
  const { replicas, weight, maxWeight, maxSurge } = of;
  if (replicas === 0) return { canary: 0, stable: 0 };
  const mayBeNone = weight === maxWeight || weight === 0 || (replicas === 1 && maxSurge === 0);
  const plain = candidatesAt(replicas, weight / maxWeight, mayBeNone);
  const surged = maxSurge > 0 ? candidatesAt(replicas + 1, weight / maxWeight, mayBeNone) : [];
  const best = closest([...plain, ...surged], weight, maxWeight);
  return best ? { canary: best.canary, stable: best.total - best.canary } : { canary: 0, stable: replicas };
};

const candidatesAt = (total: number, share: number, mayBeNone: boolean): readonly Candidate[] => {
  // The order of multiplication matters: whether the fraction is exactly a half is asked of IEEE doubles.
  const exact = total * share;
  const isTied = exact - Math.floor(exact) === 0.5;
  const floor = Math.floor(exact);
  const ceiling = Math.ceil(exact);
  // A version that is to have a share keeps a pod, whichever of the two it is.
  return [
    ...(ceiling < total || mayBeNone ? [{ canary: ceiling, total }] : []),
    ...(!isTied && (floor !== 0 || mayBeNone) ? [{ canary: floor, total }] : []),
  ];
};

const closest = (candidates: readonly Candidate[], weight: number, maxWeight: number): Candidate | undefined => {
  const distance = ({ canary, total }: Candidate): number => Math.abs((canary * maxWeight) / total - weight);
  return candidates.reduce<Candidate | undefined>(
    (best, next) => (best === undefined || distance(next) < distance(best) ? next : best),
    undefined,
  );
};
