/**
 * How far a Job has come, by its pods and by what it has noted of pods that are no more. Pure.
 */
import { parseTimestamp, toTimestamp, type Instant } from '@argosy/base';
import type { Job, Pod } from '@argosy/kube';

import { isActivePod, isReadyPod } from '../../replicaset/rank-pods.ts';
import { policiesOf, type IndexedStatus } from '../job-policies.ts';
import { judgeFailure } from './failure-policy.ts';
import { formatIndexes, indexOf, isIndexed, parseIndexes, sortedIndexes } from './indexes.ts';

/** The numbers of a Job. */
export interface JobCounts {
  readonly active: readonly Pod[];
  /** Told to end and not ended yet. */
  readonly terminating: readonly Pod[];
  /** Ended well; of an Indexed job one per index. */
  readonly succeeded: number;
  /** Failures that count. */
  readonly failed: number;
  /** Restarts of containers in pods that restart themselves. */
  readonly restarts: number;
  readonly completedIndexes: readonly number[];
  readonly failedIndexes: readonly number[];
  /** The words of the rule by which a pod fails the whole Job. */
  readonly jobFailure: string | undefined;
  /** Failures since the last success: when the last was, and how many there are; of each index, or of the Job at -1. */
  readonly failures: ReadonlyMap<number, { readonly count: number; readonly lastAt: Instant }>;
}

/** The key of failures that are no index's own. */
export const WHOLE_JOB = -1;

/** Counts; with those that succeeded and were removed. */
export const countPods = (job: Job, pods: readonly Pod[], removedSucceeded = 0): JobCounts => {
  const policies = policiesOf(job);
  const succeeded = pods.filter((pod) => pod.status?.phase === 'Succeeded');
  const failed = pods.filter((pod) => pod.status?.phase === 'Failed');
  const judged = failed.map((pod) => ({ pod, ...judgeFailure(pod, policies.podFailurePolicy?.rules ?? []) }));
  const counted = judged.filter(({ action }) => action !== 'Ignore').map(({ pod }) => pod);
  const indexFailures = judged.filter(({ action }) => action === 'FailIndex').map(({ pod }) => pod);
  const completedIndexes = isIndexed(job) ? completedOf(job, succeeded) : [];
  return {
    active: pods.filter(isActivePod),
    terminating: pods.filter((pod) => pod.metadata.deletionTimestamp && !isEnded(pod)),
    succeeded: isIndexed(job) ? completedIndexes.length : succeeded.length + removedSucceeded,
    failed: counted.length,
    restarts: restartsOf(job, pods),
    completedIndexes,
    failedIndexes: failedOf(job, { counted, indexFailures, completedIndexes }),
    jobFailure: judged.find(({ action }) => action === 'FailJob')?.message,
    failures: failuresOf(counted, { succeeded, perIndex: policies.backoffLimitPerIndex !== undefined }),
  };
};

/** The status with these numbers; what is zero is left out, as the API does. */
export const withProgress = (job: Job, counts: JobCounts, now: Instant): IndexedStatus => {
  const base: IndexedStatus = job.status ?? {};
  const { active, terminating, succeeded, failed } = counts;
  const text = {
    completedIndexes: formatIndexes(counts.completedIndexes),
    failedIndexes: formatIndexes(counts.failedIndexes),
  };
  return {
    ...withoutKeys(base, ['active', 'succeeded', 'failed', 'terminating', 'completedIndexes', 'failedIndexes']),
    ...positive({ active: active.length, succeeded, failed }),
    ready: active.filter(isReadyPod).length,
    terminating: terminating.length,
    ...(text.completedIndexes === '' ? {} : { completedIndexes: text.completedIndexes }),
    ...(text.failedIndexes === '' ? {} : { failedIndexes: text.failedIndexes }),
    ...(base.startTime === undefined && !job.spec?.suspend ? { startTime: toTimestamp(now) } : {}),
  };
};

const positive = (numbers: Readonly<Record<string, number>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(numbers).filter(([, value]) => value > 0));

const withoutKeys = (status: IndexedStatus, keys: readonly string[]): IndexedStatus =>
  Object.fromEntries(Object.entries(status).filter(([key]) => !keys.includes(key)));

const isEnded = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

/** An index that was done once stays done, whoever removes its pod. */
const completedOf = (job: Job, succeeded: readonly Pod[]): readonly number[] => {
  const completions = job.spec?.completions ?? 0;
  const own = succeeded.map(indexOf).filter((index) => index !== undefined && index < completions);
  return sortedIndexes([
    ...parseIndexes(job.status?.completedIndexes, completions),
    ...own.filter((index) => index !== undefined),
  ]);
};

const failedOf = (
  job: Job,
  of: {
    readonly counted: readonly Pod[];
    readonly indexFailures: readonly Pod[];
    readonly completedIndexes: readonly number[];
  },
): readonly number[] => {
  const { backoffLimitPerIndex: limit } = policiesOf(job);
  if (limit === undefined) return [];
  const status: IndexedStatus = job.status ?? {};
  const perIndex = new Map<number, number>();
  for (const pod of of.counted) {
    const index = indexOf(pod);
    if (index !== undefined) perIndex.set(index, (perIndex.get(index) ?? 0) + 1);
  }
  const over = [...perIndex].filter(([, count]) => count > limit).map(([index]) => index);
  const completed = new Set(of.completedIndexes);
  return sortedIndexes([
    ...parseIndexes(status.failedIndexes, job.spec?.completions ?? 0),
    ...over,
    ...of.indexFailures.map(indexOf).filter((index) => index !== undefined),
  ]).filter((index) => !completed.has(index));
};

/** Restarts count as failures when the pods restart themselves. */
const restartsOf = (job: Job, pods: readonly Pod[]): number =>
  job.spec?.template.spec.restartPolicy === 'OnFailure'
    ? pods
        .filter((pod) => !isEnded(pod))
        .flatMap((pod) => [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])])
        .reduce((sum, container) => sum + container.restartCount, 0)
    : 0;

const failuresOf = (
  failed: readonly Pod[],
  of: { readonly succeeded: readonly Pod[]; readonly perIndex: boolean },
): JobCounts['failures'] => {
  const keyOf = (pod: Pod): number => (of.perIndex ? (indexOf(pod) ?? WHOLE_JOB) : WHOLE_JOB);
  const lastSuccess = new Map<number, Instant>();
  for (const pod of of.succeeded) lastSuccess.set(keyOf(pod), Math.max(lastSuccess.get(keyOf(pod)) ?? 0, endedAt(pod)));
  const failures = new Map<number, { readonly count: number; readonly lastAt: Instant }>();
  for (const pod of failed) {
    const [key, at] = [keyOf(pod), endedAt(pod)];
    if (at <= (lastSuccess.get(key) ?? 0)) continue;
    const known = failures.get(key);
    failures.set(key, { count: (known?.count ?? 0) + 1, lastAt: Math.max(known?.lastAt ?? 0, at) });
  }
  return failures;
};

const endedAt = (pod: Pod): Instant =>
  Math.max(
    0,
    ...(pod.status?.containerStatuses ?? []).map(
      (container) => parseTimestamp(container.state?.terminated?.finishedAt) ?? 0,
    ),
  ) ||
  (parseTimestamp(pod.metadata.creationTimestamp) ?? 0);
