/**
 * Whether a Job has ended, and how. Pure. @upstream kubernetes pkg/controller/job/{job_controller,success_policy}.go
 */
import { parseTimestamp, type Instant } from '@argosy/base';
import type { Job, JobStatus } from '@argosy/kube';

import { policiesOf, type SuccessRule } from '../job-policies.ts';
import type { JobCounts } from './count-pods.ts';
import { isIndexed, parseIndexes } from './indexes.ts';

/** The last condition of a Job. */
export interface JobEnd {
  readonly condition: 'Complete' | 'Failed';
  readonly reason: string;
  readonly message: string;
}

type At = { readonly status: JobStatus; readonly now: Instant };

/** The first that holds: what fails a Job before what completes it. */
export const decideEnd = (job: Job, counts: JobCounts, at: At): JobEnd | undefined =>
  failureOf(job, counts, at) ?? successOf(job, counts);

const failureOf = (job: Job, counts: JobCounts, at: At): JobEnd | undefined => {
  const fail = (reason: string, message: string): JobEnd => ({ condition: 'Failed', reason, message });
  if (counts.jobFailure !== undefined) return fail('PodFailurePolicy', counts.jobFailure);
  if (isOverLimit(job, counts)) return fail('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  if (isLate(job, at)) return fail('DeadlineExceeded', 'Job was active longer than specified deadline');
  const { maxFailedIndexes } = policiesOf(job);
  const failedIndexes = counts.failedIndexes.length;
  if (maxFailedIndexes !== undefined && failedIndexes > maxFailedIndexes)
    return fail('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes');
  const isOver = failedIndexes > 0 && failedIndexes + counts.succeeded >= (job.spec?.completions ?? 0);
  return isOver ? fail('FailedIndexes', 'Job has failed indexes') : undefined;
};

const isOverLimit = (job: Job, { failed, restarts }: JobCounts): boolean => {
  const limit = job.spec?.backoffLimit ?? 6;
  return failed > limit || (limit === 0 ? restarts > 0 : restarts >= limit);
};

const isLate = (job: Job, { status, now }: At): boolean => {
  const startedAt = parseTimestamp(status.startTime);
  const deadline = job.spec?.activeDeadlineSeconds;
  return deadline !== undefined && startedAt !== undefined && !job.spec?.suspend && now - startedAt >= deadline * 1000;
};

const successOf = (job: Job, counts: JobCounts): JobEnd | undefined => {
  const rules = isIndexed(job) ? (policiesOf(job).successPolicy?.rules ?? []) : [];
  const met = rules.findIndex((rule) => isMet(job, counts, rule));
  if (met >= 0) return { condition: 'Complete', reason: 'SuccessPolicy', message: `Matched rules at index ${met}` };
  const completions = job.spec?.completions;
  const isDone =
    completions === undefined
      ? counts.succeeded > 0 && counts.active.length === 0 && counts.terminating.length === 0
      : counts.succeeded >= completions;
  return isDone
    ? { condition: 'Complete', reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' }
    : undefined;
};

/** Of the indexes a rule names, or of all, so many must be done; all of them when it says no number. */
const isMet = (job: Job, counts: JobCounts, { succeededIndexes, succeededCount }: SuccessRule): boolean => {
  const done = new Set(counts.completedIndexes);
  const named = succeededIndexes === undefined ? undefined : parseIndexes(succeededIndexes, job.spec?.completions ?? 0);
  const succeeded = named === undefined ? done.size : named.filter((index) => done.has(index)).length;
  const needed = succeededCount ?? named?.length;
  return needed !== undefined && succeeded >= needed;
};
