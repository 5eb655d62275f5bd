/**
 * Tells a pod that it has to wait, and where it was promised room. @upstream kubernetes pkg/scheduler/schedule_one.go
 */
import type { Next } from '@argosy/controller';
import { findCondition, isApiError, keyOf, PODS, withCondition, type Pod } from '@argosy/kube';

import { nominatedNodeOf } from './preemption/pod-priority.ts';
import type { SchedulerDeps } from './scheduler-deps.ts';

/** Writes the condition and tells the event, when either is news. `nominated` is the node promised, if any. */
export const refusePod = async (
  deps: Pick<SchedulerDeps, 'client' | 'clock' | 'recorder'>,
  pod: Pod,
  { message, nominated }: { readonly message: string; readonly nominated: string | undefined },
): Promise<Next> => {
  const next: Next = { kind: 'waiting', reason: message };
  const isTold = findCondition(pod.status?.conditions, 'PodScheduled')?.message === message;
  const isPromised = nominatedNodeOf(pod) === nominated;
  if (isTold && isPromised) return next;
  if (!isTold) deps.recorder.event(pod, { type: 'Warning', reason: 'FailedScheduling', message });
  const condition = { type: 'PodScheduled', status: 'False' as const, reason: 'Unschedulable', message };
  const conditions = withCondition(pod.status?.conditions, condition, deps.clock.now());
  const promise = isPromised ? {} : { nominatedNodeName: nominated ?? null };
  await patchStatus(deps, pod, { conditions, ...promise });
  return next;
};

/** Takes a promise back from a pod's status. */
export const withdrawPromise = (deps: Pick<SchedulerDeps, 'client'>, pod: Pod): Promise<void> =>
  patchStatus(deps, pod, { nominatedNodeName: null });

const patchStatus = async ({ client }: Pick<SchedulerDeps, 'client'>, pod: Pod, status: object): Promise<void> => {
  try {
    const patch = { metadata: { uid: pod.metadata.uid }, status };
    await client.patch(PODS, keyOf(pod), { kind: 'merge', patch }, { subresource: 'status' });
  } catch (thrown) {
    // A pod that is gone or newer needs nothing of this.
    if (!isApiError(thrown, 'Conflict', 'NotFound')) throw thrown;
  }
};
