/**
 * What a Job does next with its pods. @upstream kubernetes pkg/controller/job/job_controller.go
 * @spec https://kubernetes.io/docs/concepts/workloads/controllers/job/
 */
import { parseTimestamp, toTimestamp, type Instant } from '@argosy/base';
import type { Decision, EventDraft, Next, Observed } from '@argosy/controller';
import {
  findCondition,
  isConditionTrue,
  withCondition,
  type Condition,
  type Job,
  type JobStatus,
  type Pod,
} from '@argosy/kube';

import { isActivePod, isReadyPod } from '../replicaset/rank-pods.ts';

/** What a Job is decided from. */
export interface JobWorld {
  readonly pods: readonly Pod[];
}

/** What may be done for a Job. */
export type JobAction =
  | { readonly kind: 'create-pod'; readonly index?: number }
  | { readonly kind: 'delete-pod'; readonly name: string; readonly uid: string }
  /** The time to live after the end is over. */
  | { readonly kind: 'delete-job' };

/** Annotation and label with the index of a pod of an Indexed job. */
export const COMPLETION_INDEX = 'batch.kubernetes.io/job-completion-index';

/** First wait after a failed pod, and the longest. @upstream DefaultJobPodFailureBackOff, MaxJobPodFailureBackOff */
const FIRST_BACKOFF_MS = 10_000;
const LONGEST_BACKOFF_MS = 600_000;

/** Decides pods and status. Pure and total. */
export const decideJob = ({ object, world, now }: Observed<Job, JobWorld>): Decision<JobStatus, JobAction> => {
  if (object.metadata.deletionTimestamp) return settled(object.status ?? {});
  if (isFinished(object)) return decideFinished(object, world, now);
  const counts = countPods(object, world.pods);
  const status = withProgress(object, counts, now);
  const end = decideEnd(object, counts, { status, now });
  if (end) return finish(object, world, { status, end, now });
  if (object.spec?.suspend) return suspend(object, world, { status, now });
  return proceed(object, counts, { status, now });
};

/** Whether a Job has its last condition. */
export const isFinished = (job: Job): boolean =>
  isConditionTrue(job.status?.conditions, 'Complete') || isConditionTrue(job.status?.conditions, 'Failed');

interface Counts {
  readonly active: readonly Pod[];
  /** Ended well; of an Indexed job one per index. */
  readonly succeeded: number;
  readonly failed: number;
  readonly completedIndexes: readonly number[];
  readonly lastFailureAt: Instant | undefined;
  readonly failuresInARow: number;
}

const settled = (status: JobStatus): Decision<JobStatus, JobAction> => ({
  actions: [],
  status,
  events: [],
  next: { kind: 'settled' },
});

const endedAt = (pod: Pod): Instant =>
  Math.max(
    0,
    ...(pod.status?.containerStatuses ?? []).map(
      (container) => parseTimestamp(container.state?.terminated?.finishedAt) ?? 0,
    ),
  ) ||
  (parseTimestamp(pod.metadata.creationTimestamp) ?? 0);

const indexOf = (pod: Pod): number | undefined => {
  const text = pod.metadata.annotations?.[COMPLETION_INDEX];
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
};

const isIndexed = (job: Job): boolean => job.spec?.completionMode === 'Indexed';

/** Restarts inside pods count as failures when the pods restart themselves. */
const restartsOf = (job: Job, pods: readonly Pod[]): number =>
  job.spec?.template.spec.restartPolicy === 'OnFailure'
    ? pods
        .flatMap((pod) => pod.status?.containerStatuses ?? [])
        .reduce((sum, container) => sum + container.restartCount, 0)
    : 0;

const countPods = (job: Job, pods: readonly Pod[]): Counts => {
  const ended = (phase: string): readonly Pod[] => pods.filter((pod) => pod.status?.phase === phase);
  const completed = [
    ...new Set(
      ended('Succeeded')
        .map(indexOf)
        .filter((index) => index !== undefined),
    ),
  ].sort((left, right) => left - right);
  const lastSuccess = Math.max(0, ...ended('Succeeded').map(endedAt));
  // A pod deleted while it ran has not done its work.
  const failed = pods.filter((pod) => pod.status?.phase === 'Failed');
  const failures = failed.map(endedAt).filter((at) => at > lastSuccess);
  return {
    active: pods.filter(isActivePod),
    succeeded: isIndexed(job) ? completed.length : ended('Succeeded').length,
    failed: failed.length + restartsOf(job, pods),
    completedIndexes: isIndexed(job) ? completed : [],
    lastFailureAt: failures.length === 0 ? undefined : Math.max(...failures),
    failuresInARow: failures.length,
  };
};

const withProgress = (job: Job, counts: Counts, now: Instant): JobStatus => {
  const base = job.status ?? {};
  const numbers = {
    active: counts.active.length,
    ready: counts.active.filter(isReadyPod).length,
    succeeded: counts.succeeded,
    failed: counts.failed,
  };
  return {
    ...withoutKeys(base, ['active', 'succeeded', 'failed', 'completedIndexes']),
    ...(numbers.active > 0 ? { active: numbers.active } : {}),
    ready: numbers.ready,
    ...(numbers.succeeded > 0 ? { succeeded: numbers.succeeded } : {}),
    ...(numbers.failed > 0 ? { failed: numbers.failed } : {}),
    ...(counts.completedIndexes.length > 0 ? { completedIndexes: formatIndexes(counts.completedIndexes) } : {}),
    ...(base.startTime === undefined && !job.spec?.suspend ? { startTime: toTimestamp(now) } : {}),
  };
};

const withoutKeys = (status: JobStatus, keys: readonly string[]): JobStatus =>
  Object.fromEntries(Object.entries(status).filter(([key]) => !keys.includes(key)));

/** Writes indexes as ranges: `0-2,5`. */
export const formatIndexes = (indexes: readonly number[]): string => {
  const ranges: [number, number][] = [];
  for (const index of indexes) {
    const last = ranges.at(-1);
    if (last && last[1] === index - 1) last[1] = index;
    else ranges.push([index, index]);
  }
  return ranges
    .map(([from, to]) => (from === to ? String(from) : to === from + 1 ? `${from},${to}` : `${from}-${to}`))
    .join(',');
};

interface End {
  readonly condition: 'Complete' | 'Failed';
  readonly reason: string;
  readonly message: string;
}

const decideEnd = (
  job: Job,
  counts: Counts,
  at: { readonly status: JobStatus; readonly now: Instant },
): End | undefined => {
  const backoffLimit = job.spec?.backoffLimit ?? 6;
  if (counts.failed > backoffLimit)
    return {
      condition: 'Failed',
      reason: 'BackoffLimitExceeded',
      message: 'Job has reached the specified backoff limit',
    };
  const startedAt = parseTimestamp(at.status.startTime);
  const deadline = job.spec?.activeDeadlineSeconds;
  if (
    deadline !== undefined &&
    startedAt !== undefined &&
    !job.spec?.suspend &&
    at.now - startedAt >= deadline * 1000
  ) {
    return {
      condition: 'Failed',
      reason: 'DeadlineExceeded',
      message: 'Job was active longer than specified deadline',
    };
  }
  const completions = job.spec?.completions;
  const isDone =
    completions === undefined ? counts.succeeded > 0 && counts.active.length === 0 : counts.succeeded >= completions;
  return isDone
    ? { condition: 'Complete', reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' }
    : undefined;
};

/** Active pods are told to go first; the last condition is written once none is left. */
const finish = (
  job: Job,
  world: JobWorld,
  of: { readonly status: JobStatus; readonly end: End; readonly now: Instant },
): Decision<JobStatus, JobAction> => {
  const { end, now } = of;
  const early = end.condition === 'Complete' ? 'SuccessCriteriaMet' : 'FailureTarget';
  const met = withCondition(
    of.status.conditions,
    { type: early, status: 'True', reason: end.reason, message: end.message },
    now,
  );
  const left = world.pods.filter((pod) => pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed');
  if (left.length > 0) {
    return {
      actions: left.filter((pod) => !pod.metadata.deletionTimestamp).map(deletion),
      status: { ...of.status, conditions: met },
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
    status: { ...of.status, ...completion, conditions },
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

const resumed = (job: Job, status: JobStatus, now: Instant): JobStatus => {
  if (findCondition(job.status?.conditions, 'Suspended')?.status !== 'True') return status;
  const conditions: readonly Condition[] = withCondition(
    status.conditions,
    { type: 'Suspended', status: 'False', reason: 'JobResumed', message: 'Job resumed' },
    now,
  );
  return { ...status, conditions };
};

const proceed = (
  job: Job,
  counts: Counts,
  of: { readonly status: JobStatus; readonly now: Instant },
): Decision<JobStatus, JobAction> => {
  const status = resumed(job, of.status, of.now);
  const wanted = wantedActive(job, counts);
  const surplus = counts.active.length - wanted;
  if (surplus > 0)
    return {
      actions: counts.active.slice(0, surplus).map(deletion),
      status,
      events: [],
      next: deadlineLook(job, status, of.now),
    };
  const waitMs = backoffMs(counts, of.now);
  if (surplus < 0 && waitMs > 0) return { actions: [], status, events: [], next: { kind: 'recheck', afterMs: waitMs } };
  const missing = Math.min(-surplus, 500);
  const actions: readonly JobAction[] = isIndexed(job)
    ? missingIndexes(job, counts, missing).map((index) => ({ kind: 'create-pod', index }))
    : Array.from({ length: missing }, () => ({ kind: 'create-pod' }));
  return { actions, status, events: [], next: deadlineLook(job, status, of.now) };
};

const wantedActive = (job: Job, counts: Counts): number => {
  const parallelism = job.spec?.parallelism ?? 1;
  const completions = job.spec?.completions;
  // A work queue: once one has succeeded no new ones start.
  if (completions === undefined) return counts.succeeded > 0 ? counts.active.length : parallelism;
  return Math.min(parallelism, Math.max(0, completions - counts.succeeded));
};

const missingIndexes = (job: Job, counts: Counts, count: number): readonly number[] => {
  const taken = new Set([...counts.completedIndexes, ...counts.active.map(indexOf)]);
  const free: number[] = [];
  for (let index = 0; index < (job.spec?.completions ?? 0) && free.length < count; index += 1)
    if (!taken.has(index)) free.push(index);
  return free;
};

const backoffMs = (counts: Counts, now: Instant): number => {
  if (counts.lastFailureAt === undefined) return 0;
  const wait = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(counts.failuresInARow - 1, 20));
  return Math.max(0, counts.lastFailureAt + wait - now);
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
