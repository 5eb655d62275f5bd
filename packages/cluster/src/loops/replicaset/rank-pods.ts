/**
 * The order in which a ReplicaSet gives up pods: those whose loss hurts least come first.
 * @upstream kubernetes pkg/controller/controller_utils.go#ActivePodsWithRanks
 */
import { parseTimestamp, type Instant } from '@argosy/base';
import { findCondition, isConditionTrue, type Pod } from '@argosy/kube';

/** Annotation by which a user names pods to give up first; an integer, default 0. */
const POD_DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';

/** A pod that still counts: neither finished nor being deleted. */
export const isActivePod = (pod: Pod): boolean =>
  pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed' && pod.metadata.deletionTimestamp === undefined;

/** Whether a pod has its Ready condition. */
export const isReadyPod = (pod: Pod): boolean => isConditionTrue(pod.status?.conditions, 'Ready');

/** Whether a pod has been ready for `minReadySeconds` (≥ 0) at `now`. */
export const isAvailablePod = (pod: Pod, minReadySeconds: number, now: Instant): boolean => {
  if (minReadySeconds === 0) return isReadyPod(pod);
  const readySince = readySinceOf(pod);
  return readySince !== undefined && readySince + minReadySeconds * 1000 <= now;
};

/** Since when a pod is ready; `undefined` when it is not or does not say. */
export const readySinceOf = (pod: Pod): Instant | undefined => {
  const ready = findCondition(pod.status?.conditions, 'Ready');
  return ready?.status === 'True' ? parseTimestamp(ready.lastTransitionTime) : undefined;
};

/** Returns the pods with the first to be deleted first; does not change its argument. */
export const rankPodsForDeletion = (pods: readonly Pod[], now: Instant): readonly Pod[] =>
  [...pods].sort((left, right) => {
    for (const compare of COMPARISONS) {
      const order = compare(left, right, now);
      if (order !== 0) return order;
    }
    return 0;
  });

type Comparison = (left: Pod, right: Pod, now: Instant) => number;

const PHASE_ORDER: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

const by =
  (rank: (pod: Pod) => number): Comparison =>
  (left, right) =>
    rank(left) - rank(right);

/** Later instants first; unknown ones before known ones. Compared by powers of two of age, so that near ones tie. */
const youngestFirst =
  (instantOf: (pod: Pod) => Instant | undefined): Comparison =>
  (left, right, now) => {
    const ages = [instantOf(left), instantOf(right)].map((at) => (at === undefined ? -1 : ageRank(now - at)));
    return (ages[0] ?? 0) - (ages[1] ?? 0);
  };

const ageRank = (ageMs: number): number => Math.floor(Math.log2(Math.max(1, ageMs)));

const restartsOf = (pod: Pod): number =>
  Math.max(0, ...(pod.status?.containerStatuses ?? []).map((status) => status.restartCount));

const deletionCostOf = (pod: Pod): number => {
  const text = pod.metadata.annotations?.[POD_DELETION_COST];
  return text !== undefined && /^[+-]?\d{1,10}$/.test(text) ? Number(text) : 0;
};

const COMPARISONS: readonly Comparison[] = [
  by((pod) => (pod.spec?.nodeName ? 1 : 0)),
  by((pod) => PHASE_ORDER[pod.status?.phase ?? 'Unknown'] ?? 1),
  by((pod) => (isReadyPod(pod) ? 1 : 0)),
  by(deletionCostOf),
  (left, right, now) => (isReadyPod(left) && isReadyPod(right) ? youngestFirst(readySinceOf)(left, right, now) : 0),
  (left, right) => restartsOf(right) - restartsOf(left),
  youngestFirst((pod) => parseTimestamp(pod.metadata.creationTimestamp)),
  // The last word goes to the uid, so that the same world always gives the same order.
  (left, right) => ((left.metadata.uid ?? '') < (right.metadata.uid ?? '') ? -1 : 1),
];
