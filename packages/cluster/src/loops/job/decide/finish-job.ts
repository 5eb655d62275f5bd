/**
 * The end of a Job: its pods go first, then it is told, and after a time it goes itself.
 */
import { parseTimestamp, toTimestamp, type Instant } from '@argosy/base';
import type { Decision, EventDraft } from '@argosy/controller';
import { findCondition, isConditionTrue, withCondition, type Job, type JobStatus } from '@argosy/kube';

import { isActivePod } from '../../replicaset/rank-pods.ts';
import type { JobAction, JobWorld } from '../decide.ts';
import type { JobEnd } from './job-end.ts';
import { deletion, settled } from './job-decision.ts';

/** Active pods are told to go first; the last condition is written once none is left. */
export const finish = (
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

/** What was decided once holds: the pods it was decided by may be gone by now. */
export const begunEnd = ({ status }: Job): JobEnd | undefined => {
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

/** A Job that has its last condition: what is left goes, and it goes itself when its time to live is over. */
export const decideFinished = (job: Job, world: JobWorld, now: Instant): Decision<JobStatus, JobAction> => {
  const status = job.status ?? {};
  const leftovers = world.pods.filter(isActivePod).map(deletion);
  const ttl = job.spec?.ttlSecondsAfterFinished;
  if (ttl === undefined) return { ...settled(status), actions: leftovers };
  const last = findCondition(status.conditions, isConditionTrue(status.conditions, 'Complete') ? 'Complete' : 'Failed');
  const dueAt = (parseTimestamp(last?.lastTransitionTime) ?? now) + ttl * 1000;
  if (dueAt <= now) return { ...settled(status), actions: [...leftovers, { kind: 'delete-job' }] };
  return { ...settled(status), actions: leftovers, next: { kind: 'recheck', afterMs: dueAt - now } };
};
