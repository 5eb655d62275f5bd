/**
 * How pods rank against each other. @spec https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/
 */
import type { Pod } from '@argosy/kube';

/** The priority admission gave a pod; 0 without a class. Pure. */
export const priorityOf = (pod: Pod): number => pod.spec?.priority ?? 0;

/** Order in which pods are placed: higher priority first, then who has waited longer. Pure. */
export const byTurn = (left: Pod, right: Pod): number =>
  priorityOf(right) - priorityOf(left) || compare(left.metadata.creationTimestamp, right.metadata.creationTimestamp);

/** Order in which pods may stay: higher priority first, then who has run longer. Pure. */
export const byImportance = (left: Pod, right: Pod): number =>
  priorityOf(right) - priorityOf(left) || compare(startOf(left), startOf(right));

/** Where a pod's status says it was promised room. Pure. */
export const nominatedNodeOf = ({ status }: Pod): string | undefined =>
  (status as { readonly nominatedNodeName?: string } | undefined)?.nominatedNodeName || undefined;

/** When a pod began to run; one that has not yet has run the shortest. Pure. */
export const startOf = (pod: Pod): string => pod.status?.startTime ?? NEVER;

const NEVER = '9999';

/** Timestamps of one form compare as text. */
const compare = (left = '', right = ''): number => (left < right ? -1 : left > right ? 1 : 0);
