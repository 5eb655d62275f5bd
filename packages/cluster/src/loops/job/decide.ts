/**
 * What a Job does next with its pods. @upstream kubernetes pkg/controller/job/job_controller.go
 * @spec https://kubernetes.io/docs/concepts/workloads/controllers/job/
 */
import { parseTimestamp, toTimestamp, type Instant } from '@argosy/base';
import type { Decision, EventDraft, Next, Observed } from '@argosy/controller';
import { findCondition, isConditionTrue, withCondition, type Job, type JobStatus, type Pod } from '@argosy/kube';

import { isActivePod } from '../replicaset/rank-pods.ts';
import { countPods, WHOLE_JOB, withProgress, type JobCounts } from './decide/count-pods.ts';
import { indexOf, isIndexed } from './decide/indexes.ts';
import { decideEnd, type JobEnd } from './decide/job-end.ts';
import { isManagedElsewhere } from './job-policies.ts';

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

/** First wait after a failed pod, and the longest. @upstream DefaultJobPodFailureBackOff, MaxJobPodFailureBackOff */
const FIRST_BACKOFF_MS = 10_000;
const LONGEST_BACKOFF_MS = 600_000;

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

const settled = (status: JobStatus): Decision<JobStatus, JobAction> => ({
  actions: [],
  status,
  events: [],
  next: { kind: 'settled' },
});

/** What was decided once holds: the pods it was decided by may be gone by now. */
const begunEnd = ({ status }: Job): JobEnd | undefined => {
  const begun = (type: string, condition: JobEnd['condition']): JobEnd | undefined => {
    const found = findCondition(status?.conditions, type);
    return found?.status === 'True'
      ? { condition, reason: found.reason ?? '', message: found.message ?? '' }
      : undefined;
  };
  return begun('FailureTarget', 'Failed') ?? begun('SuccessCriteriaMet', 'Complete');
};

/** Whatever has not ended when a Job fails counts as failed, and stays counted when it is gone. */
const failedAtEnd = (job: Job, end: JobEnd, of: { readonly failed: number; readonly left: number }): object => {
  if (end.condition !== 'Failed') return {};
  const failed = begunEnd(job) ? Math.max(job.status?.failed ?? 0, of.failed) : of.failed + of.left;
  return failed > 0 ? { failed } : {};
};

/** Active pods are told to go first; the last condition is written once none is left. */
const finish = (
  job: Job,
  world: JobWorld,
  of: { readonly status: JobStatus; readonly end: JobEnd; readonly now: Instant },
): Decision<JobStatus, JobAction> => {
  const { end, now } = of;
  const early = end.condition === 'Complete' ? 'SuccessCriteriaMet' : 'FailureTarget';
  const met = withCondition(
    of.status.conditions,
    { type: early, status: 'True', reason: end.reason, message: end.message },
    now,
  );
  const left = world.pods.filter((pod) => pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed');
  const failed = failedAtEnd(job, end, { failed: of.status.failed ?? 0, left: left.length });
  const status = { ...of.status, ...failed };
  if (left.length > 0) {
    return {
      actions: left.filter((pod) => !pod.metadata.deletionTimestamp).map(deletion),
      status: { ...status, conditions: met },
      events: [],
      next: { kind: 'waiting', reason: 'waiting for the last pods to end' },
    };
  }
  const conditions = withCondition(
    met,
    { type: end.condition, status: 'True', reason: end.reason, message: end.message },
    now,
  );
  const completion = end.condition === 'Complete' ? { completionTime: toTimestamp(now) } : {};
  const event: EventDraft =
    end.condition === 'Complete'
      ? { type: 'Normal', reason: 'Completed', message: 'Job completed' }
      : { type: 'Warning', reason: end.reason, message: end.message };
  return {
    actions: [],
    status: { ...status, ...completion, conditions },
    events: [event],
    next: { kind: 'recheck', afterMs: 0 },
  };
};

const deletion = (pod: Pod): JobAction => ({
  kind: 'delete-pod',
  name: pod.metadata.name ?? '',
  uid: pod.metadata.uid ?? '',
});

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

const proceedWith = (
  job: Job,
  counts: JobCounts,
  { status, now }: { readonly status: JobStatus; readonly now: Instant },
): Decision<JobStatus, JobAction> => {
  const wanted = wantedActive(job, counts);
  const surplus = counts.active.length - wanted;
  if (surplus > 0)
    return {
      actions: counts.active.slice(0, surplus).map(deletion),
      status,
      events: [],
      next: deadlineLook(job, status, now),
    };
  const missing = Math.min(-surplus, 500);
  const { actions, waitMs } = decidePods(job, counts, { missing, now });
  const next: Next = waitMs > 0 && missing > 0 ? { kind: 'recheck', afterMs: waitMs } : deadlineLook(job, status, now);
  return { actions, status, events: [], next };
};

/** Pods to make now, and how long until one more may be made that failed too lately. */
const decidePods = (
  job: Job,
  counts: JobCounts,
  of: { readonly missing: number; readonly now: Instant },
): { readonly actions: readonly JobAction[]; readonly waitMs: number } => {
  const waitOf = (key: number): number => backoffMs(counts.failures.get(key), of.now);
  const whole = waitOf(WHOLE_JOB);
  if (whole > 0) return { actions: [], waitMs: whole };
  if (!isIndexed(job))
    return { actions: Array.from({ length: of.missing }, () => ({ kind: 'create-pod' })), waitMs: 0 };
  const isFree = freeIndexes(job, counts);
  const due: number[] = [];
  const completions = job.spec?.completions ?? 0;
  for (let index = 0; index < completions && due.length < of.missing; index += 1)
    if (isFree(index) && waitOf(index) === 0) due.push(index);
  const later = [...counts.failures.keys()]
    .filter((index) => index >= 0 && index < completions && isFree(index))
    .map(waitOf)
    .filter((waitMs) => waitMs > 0);
  return {
    actions: due.map((index) => ({ kind: 'create-pod', index })),
    waitMs: due.length >= of.missing || later.length === 0 ? 0 : Math.min(...later),
  };
};

const wantedActive = (job: Job, counts: JobCounts): number => {
  const parallelism = job.spec?.parallelism ?? 1;
  const completions = job.spec?.completions;
  // A work queue: once one has succeeded no new ones start.
  if (completions === undefined) return counts.succeeded > 0 ? counts.active.length : parallelism;
  const left = completions - counts.succeeded - counts.failedIndexes.length;
  return Math.max(0, Math.min(parallelism, left) - occupiedBy(job, counts));
};

/** Who waits for a pod's end before there is another counts those that end as well. */
const occupiedBy = (job: Job, counts: JobCounts): number =>
  job.spec?.podReplacementPolicy === 'Failed' ? counts.terminating.length : 0;

/** Tells indexes that nobody works on and that are neither done nor given up: there may be billions of them. */
const freeIndexes = (job: Job, counts: JobCounts): ((index: number) => boolean) => {
  const waited = job.spec?.podReplacementPolicy === 'Failed' ? counts.terminating : [];
  const taken = new Set([
    ...counts.completedIndexes,
    ...counts.failedIndexes,
    ...[...counts.active, ...waited].map(indexOf),
  ]);
  return (index) => !taken.has(index);
};

const backoffMs = (failed: { readonly count: number; readonly lastAt: Instant } | undefined, now: Instant): number => {
  if (!failed) return 0;
  const wait = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(failed.count - 1, 20));
  return Math.max(0, failed.lastAt + wait - now);
};

const deadlineLook = (job: Job, status: JobStatus, now: Instant): Next => {
  const startedAt = parseTimestamp(status.startTime);
  const deadline = job.spec?.activeDeadlineSeconds;
  if (deadline === undefined || startedAt === undefined) return { kind: 'settled' };
  return { kind: 'recheck', afterMs: Math.max(10, startedAt + deadline * 1000 - now) };
};

const decideFinished = (job: Job, world: JobWorld, now: Instant): Decision<JobStatus, JobAction> => {
  const status = job.status ?? {};
  const leftovers = world.pods.filter(isActivePod).map(deletion);
  const ttl = job.spec?.ttlSecondsAfterFinished;
  if (ttl === undefined) return { ...settled(status), actions: leftovers };
  const last = findCondition(status.conditions, isConditionTrue(status.conditions, 'Complete') ? 'Complete' : 'Failed');
  const dueAt = (parseTimestamp(last?.lastTransitionTime) ?? now) + ttl * 1000;
  if (dueAt <= now) return { ...settled(status), actions: [...leftovers, { kind: 'delete-job' }] };
  return { ...settled(status), actions: leftovers, next: { kind: 'recheck', afterMs: dueAt - now } };
};
