/**
 * Finished pods that others removed: a Job has to remember them. Its status does so over restarts, this does so meanwhile.
 */
import type { Informer } from '@argosy/client';
import { controllerOf, type Job, type Pod } from '@argosy/kube';

/** Remembers pods that succeeded and are gone. */
export interface RemovedPods {
  /** How many there were of a Job. What its status counts and nobody sees when it is first asked for was removed before. */
  succeededOf(job: Job, present: readonly Pod[]): number;
}

/** Watches the ends of pods and of Jobs. */
export const rememberRemovedPods = (jobs: Informer<Job>, pods: Informer<Pod>): RemovedPods => {
  const succeeded = new Map<string, number>();
  pods.onChange(({ kind, object }) => {
    if (kind !== 'deleted' || object.status?.phase !== 'Succeeded') return;
    const uid = controllerOf(object)?.uid ?? '';
    const known = succeeded.get(uid);
    if (known !== undefined) succeeded.set(uid, known + 1);
  });
  jobs.onChange(({ kind, object }) => {
    if (kind === 'deleted') succeeded.delete(object.metadata.uid ?? '');
  });
  return {
    succeededOf: (job, present) => {
      const uid = job.metadata.uid ?? '';
      const known = succeeded.get(uid);
      if (known !== undefined) return known;
      const seen = present.filter((pod) => pod.status?.phase === 'Succeeded').length;
      const removed = Math.max(0, (job.status?.succeeded ?? 0) - seen);
      succeeded.set(uid, removed);
      return removed;
    },
  };
};
