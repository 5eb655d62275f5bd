/**
 * What only pods have besides the common verbs: eviction, logs.
 * @upstream kubernetes pkg/registry/core/pod/storage
 */
import { toTimestamp, type Clock, type Instant } from '@argosy/base';
import type { Client, DeleteOptions, LogOptions } from '@argosy/client';
import {
  ApiStatusError,
  isApiError,
  isConditionTrue,
  matchesLabelSelector,
  POD_DISRUPTION_BUDGETS,
  PODS,
  type ObjectKey,
  type Pod,
  type PodDisruptionBudget,
} from '@argosy/kube';

import { markDisrupted } from '../../../scheduling/preemption/disruption-target.ts';

/** Longest an eviction tries to be granted against other evictions at the same time. */
const GRANT_ATTEMPTS = 10;

/**
 * Deletes a pod unless a disruption budget forbids it. Each budget is told of the grant, so that two evictions at once do
 * not both take the last pod it can spare. Throws TooManyRequests, NotFound.
 * @upstream kubernetes pkg/registry/core/pod/storage/eviction.go
 */
export const evictPod = async (
  context: { readonly client: Client; readonly clock: Clock },
  key: ObjectKey,
  options: DeleteOptions,
): Promise<void> => {
  const { client } = context;
  const pod = await client.get(PODS, key);
  // A pod that has ended, or never began, disrupts nothing.
  const isIdle = ['Succeeded', 'Failed', 'Pending'].includes(pod.status?.phase ?? '');
  if (!isIdle && !pod.metadata.deletionTimestamp) await grantEviction(context, pod, options);
  if (!pod.metadata.deletionTimestamp) await markEvicted(context, key, options);
  await client.delete(PODS, key, options);
};

/** Who reads the pod's end learns that it was evicted. */
const markEvicted = async (
  context: { readonly client: Client; readonly clock: Clock },
  key: ObjectKey,
  { dryRun = false }: DeleteOptions,
): Promise<void> => {
  const why = { reason: 'EvictionByEvictionAPI', message: 'Eviction API: evicting' };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await markDisrupted(context, await context.client.get(PODS, key), why, { dryRun });
    } catch (thrown) {
      if (!isApiError(thrown, 'Conflict') || attempt >= GRANT_ATTEMPTS) throw thrown;
    }
  }
};

const grantEviction = async (
  { client, clock }: { readonly client: Client; readonly clock: Clock },
  pod: Pod,
  options: DeleteOptions,
): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    const { items } = await client.list(POD_DISRUPTION_BUDGETS, { namespace: pod.metadata.namespace ?? '' });
    const budgets = items.filter(({ spec }) => matchesLabelSelector(spec?.selector, pod.metadata.labels));
    if (budgets.length > 1)
      throw new ApiStatusError(
        'InternalError',
        'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
      );
    const [budget] = budgets;
    if (!budget || mayGoUnhealthy(budget, pod)) return;
    const granted = grantedStatus(budget, pod, clock.now());
    try {
      await client.update(
        POD_DISRUPTION_BUDGETS,
        { ...budget, status: granted },
        { subresource: 'status', dryRun: options.dryRun ?? false },
      );
      return;
    } catch (thrown) {
      if (!isApiError(thrown, 'Conflict') || attempt >= GRANT_ATTEMPTS) throw thrown;
    }
  }
};

/** A pod that is not ready is no loss, if the budget says so or has enough without it. */
const mayGoUnhealthy = ({ spec, status }: PodDisruptionBudget, pod: Pod): boolean =>
  !isConditionTrue(pod.status?.conditions, 'Ready') &&
  (spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow' ||
    (status !== undefined && status.currentHealthy >= status.desiredHealthy && status.desiredHealthy > 0));

const grantedStatus = (budget: PodDisruptionBudget, pod: Pod, now: Instant): PodDisruptionBudget['status'] => {
  const { status } = budget;
  const isCurrent = (status?.observedGeneration ?? 0) >= (budget.metadata.generation ?? 0);
  if (!status || !isCurrent || status.disruptionsAllowed <= 0) {
    const message = `The disruption budget ${budget.metadata.name} needs ${status?.desiredHealthy ?? 0} healthy pods and has ${status?.currentHealthy ?? 0} currently`;
    throw new ApiStatusError('TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", {
      causes: [{ reason: 'DisruptionBudget', message }],
    });
  }
  return {
    ...status,
    disruptionsAllowed: status.disruptionsAllowed - 1,
    disruptedPods: { ...status.disruptedPods, [pod.metadata.name ?? '']: toTimestamp(now) },
  };
};

/** What of a log a request asks for. */
export const logOptions = (query: URLSearchParams, signal: AbortSignal): LogOptions => {
  const number = (name: string): number | undefined =>
    /^\d+$/.test(query.get(name) ?? '') ? Number(query.get(name)) : undefined;
  const flag = (name: string): boolean => query.get(name) === 'true';
  return {
    ...(query.get('container') ? { container: query.get('container') ?? '' } : {}),
    follow: flag('follow'),
    previous: flag('previous'),
    timestamps: flag('timestamps'),
    ...(number('tailLines') === undefined ? {} : { tailLines: number('tailLines') }),
    ...(number('sinceSeconds') === undefined ? {} : { sinceSeconds: number('sinceSeconds') }),
    ...(number('limitBytes') === undefined ? {} : { limitBytes: number('limitBytes') }),
    ...(query.get('sinceTime') ? { sinceTime: query.get('sinceTime') ?? '' } : {}),
    signal,
  };
};
