/**
 * What a CronJob's status says of its jobs, and what is told of those that ended, went missing or were never expected.
 * @upstream kubernetes pkg/controller/cronjob/cronjob_controllerv2.go#syncCronJob
 */
import type { EventDraft } from '@argosy/controller';
import { isConditionTrue, type CronJob, type CronJobStatus, type Job, type StringMap } from '@argosy/kube';

import { isFinished, isRunningStart, isStart } from './job-starts.ts';

/** Jobs that have ended, or are gone, are no longer active; each of them is told of once. */
export const refreshStatus = (
  cronJob: CronJob,
  jobs: readonly Job[],
): { readonly status: CronJobStatus; readonly events: readonly EventDraft[] } => {
  const before = cronJob.status ?? {};
  const running = jobs.filter(isRunningStart);
  const latest = latestOf([before.lastSuccessfulTime, ...jobs.map(successOf)]);
  const { active: _active, ...rest } = before;
  return {
    status: {
      ...rest,
      ...(running.length > 0 ? { active: running.map(referenceTo) } : {}),
      ...(latest ? { lastSuccessfulTime: latest } : {}),
    },
    events: changesOf(before, jobs),
  };
};

const successOf = ({ status }: Job): string | undefined =>
  isConditionTrue(status?.conditions, 'Complete') ? status?.completionTime : undefined;

/** The latest of some timestamps: all are written alike, and sort as texts do. */
const latestOf = (times: readonly (string | undefined)[]): string | undefined =>
  times
    .filter((time) => time !== undefined)
    .sort()
    .at(-1);

const changesOf = ({ active = [] }: CronJobStatus, jobs: readonly Job[]): readonly EventDraft[] => {
  const known = new Set(active.map((one) => one['name']));
  const ended = jobs.filter((job) => known.has(job.metadata.name ?? '') && isFinished(job));
  const unexpected = jobs.filter((job) => !isFinished(job) && !isStart(job));
  const gone = active.filter((one) => !jobs.some((job) => job.metadata.name === one['name']));
  return [
    ...ended.map((job): EventDraft => ({
      type: 'Normal',
      reason: 'SawCompletedJob',
      message: `Saw completed job: ${job.metadata.name}, condition: ${isConditionTrue(job.status?.conditions, 'Complete') ? 'Complete' : 'Failed'}`,
    })),
    ...unexpected.map((job): EventDraft => ({
      type: 'Warning',
      reason: 'UnexpectedJob',
      message: `Saw a job that the controller did not create or forgot: ${job.metadata.name}`,
    })),
    ...gone.map((one): EventDraft => ({
      type: 'Normal',
      reason: 'MissingJob',
      message: `Active job went missing: ${one['name']}`,
    })),
  ];
};

const referenceTo = (job: Job): StringMap => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  name: job.metadata.name ?? '',
  namespace: job.metadata.namespace ?? '',
  uid: job.metadata.uid ?? '',
});
