/**
 * How many pods a Job runs now, and which: those it makes, and those that are too many.
 */
import { parseTimestamp, type Instant } from '@argosy/base';
import type { Decision, Next } from '@argosy/controller';
import type { Job, JobStatus } from '@argosy/kube';

import type { JobAction } from '../decide.ts';
import { WHOLE_JOB, type JobCounts } from './count-pods.ts';
import { indexOf, isIndexed } from './indexes.ts';
import { deletion } from './job-decision.ts';

/** Takes away what is too many, or makes what is missing, unless a failure is too recent. */
export const proceedWith = (
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

/** First wait after a failed pod, and the longest. @upstream DefaultJobPodFailureBackOff, MaxJobPodFailureBackOff */
const FIRST_BACKOFF_MS = 10_000;
const LONGEST_BACKOFF_MS = 600_000;
