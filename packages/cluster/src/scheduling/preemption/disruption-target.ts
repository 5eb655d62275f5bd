/**
 * Pods that have to go for the cluster's sake say so before they do: jobs' failure policies read it.
 * @spec https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-conditions
 */
import type { Clock } from '@argosy/base';
import type { Client, DeleteOptions } from '@argosy/client';
import { isApiError, keyOf, PODS, withCondition, type Pod } from '@argosy/kube';

/** Who takes the pod away, and why. */
export interface DisruptionReason {
  /** Machine-readable, CamelCase. */
  readonly reason: string;
  readonly message: string;
}

/** Marks a pod with the condition DisruptionTarget and deletes it. A pod that is gone already is success. */
export const evictedBy = async (
  { client, clock }: { readonly client: Client; readonly clock: Clock },
  pod: Pod,
  why: DisruptionReason,
): Promise<void> => {
  try {
    await markDisrupted({ client, clock }, pod, why);
    const preconditions = { uid: pod.metadata.uid ?? '' };
    await client.delete(PODS, keyOf(pod), { preconditions });
  } catch (thrown) {
    if (!isApiError(thrown, 'NotFound')) throw thrown;
  }
};

/** Marks a pod with the condition DisruptionTarget. Throws NotFound, Conflict. */
export const markDisrupted = async (
  { client, clock }: { readonly client: Client; readonly clock: Clock },
  pod: Pod,
  { reason, message }: DisruptionReason,
  options: Pick<DeleteOptions, 'dryRun'> = {},
): Promise<void> => {
  const { uid = '', resourceVersion = '' } = pod.metadata;
  const condition = { type: 'DisruptionTarget', status: 'True' as const, reason, message };
  const conditions = withCondition(pod.status?.conditions, condition, clock.now());
  if (conditions === pod.status?.conditions) return;
  // The version guards the list: the kubelet writes other conditions of it at the same time.
  const patch = { metadata: { uid, resourceVersion }, status: { conditions } };
  await client.patch(PODS, keyOf(pod), { kind: 'merge', patch }, { subresource: 'status', ...options });
};
