/**
 * Makes room: has pods leave in favour of a more important one. @upstream kubernetes pkg/scheduler/framework/preemption/preemption.go
 */
import { formatKey, isApiError, keyOf, PODS, type Pod } from '@argosy/kube';

import { evictedBy } from './disruption-target.ts';
import type { SchedulerDeps } from '../scheduler-deps.ts';

/** Attempts to mark a pod that others write at the same time. */
const ATTEMPTS = 10;

/** Marks and deletes the victims, each with its own grace period, and tells them by whom. Throws when one stays. */
export const preemptPods = async (
  deps: Pick<SchedulerDeps, 'client' | 'clock' | 'recorder'>,
  victims: readonly Pod[],
  { pod, node }: { readonly pod: Pod; readonly node: string },
): Promise<void> => {
  const message = `Preempted by pod ${pod.metadata.uid ?? ''} on node ${node}`;
  await Promise.all(
    victims.map(async (victim) => {
      await evict(deps, victim);
      deps.recorder.event(victim, { type: 'Normal', reason: 'Preempted', message });
    }),
  );
};

const WHY = {
  reason: 'PreemptionByScheduler',
  message: 'default-scheduler: preempting to accommodate a higher priority pod',
} as const;

const evict = async (deps: Pick<SchedulerDeps, 'client' | 'clock'>, victim: Pod): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const pod = await deps.client.get(PODS, keyOf(victim));
      // Another pod by the name, or one that leaves anyway, is not to be marked.
      if (pod.metadata.uid !== victim.metadata.uid || pod.metadata.deletionTimestamp) return;
      return await evictedBy(deps, pod, WHY);
    } catch (thrown) {
      if (isApiError(thrown, 'NotFound')) return;
      if (!isApiError(thrown, 'Conflict') || attempt >= ATTEMPTS)
        throw new Error(`preempt pod ${formatKey(keyOf(victim))}`, { cause: thrown });
    }
  }
};
