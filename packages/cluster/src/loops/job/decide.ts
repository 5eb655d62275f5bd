/**
 * What a Job does next with its pods. @upstream kubernetes pkg/controller/job/job_controller.go
 * @spec https://kubernetes.io/docs/concepts/workloads/controllers/job/
 */
import type { Instant } from '@argosy/base';
import type { Decision, EventDraft, Observed } from '@argosy/controller';
import { findCondition, isConditionTrue, withCondition, type Job, type JobStatus, type Pod } from '@argosy/kube';

import { isActivePod } from '../replicaset/rank-pods.ts';
import { countPods, withProgress, type JobCounts } from './decide/count-pods.ts';
import { decideEnd } from './decide/job-end.ts';
import { isManagedElsewhere } from './job-policies.ts';
import { proceedWith } from './decide/next-pods.ts';
import { begunEnd, decideFinished, finish } from './decide/finish-job.ts';
import { deletion, settled } from './decide/job-decision.ts';

/** What a Job is decided from. */
export interface JobWorld {
  readonly pods: readonly Pod[];
  /** Pods that succeeded and that others have removed since. */
  readonly removedSucceeded?: number;
}

/** What may be done for a Job. */
export type JobAction =
  | { readonly kind: 'create-pod'; readonly index?: number }
  | { readonly kind: 'delete-pod'; readonly name: string; readonly uid: string }
  /** The time to live after the end is over. */
  | { readonly kind: 'delete-job' };

/** Decides pods and status. Pure and total. */
export const decideJob = ({ object, world, now }: Observed<Job, JobWorld>): Decision<JobStatus, JobAction> => {
  if (object.metadata.deletionTimestamp || isManagedElsewhere(object)) return settled(object.status ?? {});
  if (isFinished(object)) return decideFinished(object, world, now);
  const counts = countPods(object, world.pods, world.removedSucceeded);
  const status = withProgress(object, counts, now);
  const end = begunEnd(object) ?? decideEnd(object, counts, { status, now });
  if (end) return finish(object, world, { status, end, now });
  if (object.spec?.suspend) return suspend(object, world, { status, now });
  return proceed(object, counts, { status, now });
};

/** Whether a Job has its last condition. */
const isFinished = (job: Job): boolean =>
  isConditionTrue(job.status?.conditions, 'Complete') || isConditionTrue(job.status?.conditions, 'Failed');

const suspend = (
  job: Job,
  world: JobWorld,
  of: { readonly status: JobStatus; readonly now: Instant },
): Decision<JobStatus, JobAction> => {
  const isNew = findCondition(job.status?.conditions, 'Suspended')?.status !== 'True';
  const { startTime: _started, ...status } = of.status;
  return {
    actions: world.pods.filter(isActivePod).map(deletion),
    status: {
      ...status,
      conditions: withCondition(
        of.status.conditions,
        { type: 'Suspended', status: 'True', reason: 'JobSuspended', message: 'Job suspended' },
        of.now,
      ),
    },
    events: isNew ? [{ type: 'Normal', reason: 'Suspended', message: 'Job suspended' }] : [],
    next: { kind: 'settled' },
  };
};

const RESUMED: EventDraft = { type: 'Normal', reason: 'Resumed', message: 'Job resumed' };

const resumed = (status: JobStatus, now: Instant): JobStatus => ({
  ...status,
  conditions: withCondition(
    status.conditions,
    { type: 'Suspended', status: 'False', reason: 'JobResumed', message: 'Job resumed' },
    now,
  ),
});

const proceed = (
  job: Job,
  counts: JobCounts,
  of: { readonly status: JobStatus; readonly now: Instant },
): Decision<JobStatus, JobAction> => {
  const isResumed = findCondition(job.status?.conditions, 'Suspended')?.status === 'True';
  const status = isResumed ? resumed(of.status, of.now) : of.status;
  const decided = proceedWith(job, counts, { status, now: of.now });
  return isResumed ? { ...decided, events: [RESUMED] } : decided;
};
