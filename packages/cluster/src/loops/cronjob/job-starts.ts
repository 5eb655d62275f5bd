/**
 * Which jobs of a CronJob its schedule started, and which of them still run.
 */
import { isConditionTrue, type Job } from '@argosy/kube';

/** Annotation of a job with the time it was meant for. */
export const SCHEDULED_AT = 'batch.kubernetes.io/cronjob-scheduled-timestamp';

/** Whether a job has come to an end, good or bad. */
export const isFinished = (job: Job): boolean =>
  isConditionTrue(job.status?.conditions, 'Complete') || isConditionTrue(job.status?.conditions, 'Failed');

/** Whether the schedule made it: what people make by hand, as `kubectl create job --from` does, neither blocks it nor is replaced. */
/** Whether a job is a start of the schedule, rather than one somebody made by hand. */
export const isStart = (job: Job): boolean => job.metadata.annotations?.[SCHEDULED_AT] !== undefined;

/** Whether a start has not ended yet. */
export const isRunningStart = (job: Job): boolean => isStart(job) && !isFinished(job);
