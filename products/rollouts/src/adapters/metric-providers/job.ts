/**
 * Measures by running a Job: it completes, or it does not. @spec RO-MP-03
 */
import { messageOf, parseTimestamp, toTimestamp, type Clock } from '@argosy/base';
import type { Client } from '@argosy/client';
import { controllerReferenceTo, isApiError, isConditionTrue, JOBS, PODS, type Job } from '@argosy/kube';

import type { Measurement } from '../../api/analysis.ts';
import type { MeasuredMetric, MetricProvider } from './metric-provider.ts';

/** Label by which a run's Jobs are found. */
export const LABEL_RUN_UID = 'analysisrun.argoproj.io/uid';
const JOB_NAME = 'job-name';
const LONGEST_METRIC_NAME = 63;
const NEVER_PULLED = new Set(['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName']);

/** Creates the provider. */
export const createJobProvider = (deps: { readonly client: Client; readonly clock: Clock }): MetricProvider => {
  const later = (startedAt: string): string => {
    const elapsedSeconds = Math.max(0, (deps.clock.now() - (parseTimestamp(startedAt) ?? deps.clock.now())) / 1000);
    return toTimestamp(deps.clock.now() + Math.max(1, Math.sqrt(2 * elapsedSeconds)) * 1000);
  };
  const ended = (measurement: Measurement, of: Pick<Measurement, 'phase' | 'message'>): Measurement => {
    const { resumeAt: _gone, ...rest } = measurement;
    return { ...rest, ...of, finishedAt: toTimestamp(deps.clock.now()) };
  };
  return {
    measure: async (of) => {
      const startedAt = toTimestamp(deps.clock.now());
      try {
        const name = await ensureJob(deps.client, of);
        return { phase: 'Running', startedAt, metadata: { [JOB_NAME]: name }, resumeAt: later(startedAt) };
      } catch (thrown) {
        return ended({ phase: 'Error', startedAt }, { phase: 'Error', message: messageOf(thrown) });
      }
    },
    resume: async (of, measurement) => {
      const key = { namespace: of.run.metadata.namespace ?? '', name: measurement.metadata?.[JOB_NAME] ?? '' };
      try {
        const job = await deps.client.get(JOBS, key);
        const verdict = verdictOf(job) ?? (await stuckVerdict(deps.client, job));
        if (verdict) return ended(measurement, verdict);
        return { ...measurement, resumeAt: later(measurement.startedAt ?? '') };
      } catch (thrown) {
        return ended(measurement, { phase: 'Error', message: messageOf(thrown) });
      }
    },
    terminate: async (of, measurement) => {
      await deleteJob(deps.client, of, measurement.metadata?.[JOB_NAME] ?? '');
      return ended(measurement, { phase: 'Inconclusive', message: 'Metric Terminated' });
    },
  };
};

/** The name says which measurement it is, so that a restart finds the Job instead of making another. */
const ensureJob = async (client: Client, { run, metric, number }: MeasuredMetric): Promise<string> => {
  const provider = metric.provider.job;
  if (!provider) throw new Error('provider.job is missing');
  const name = `${run.metadata.uid ?? ''}.${metric.name.slice(0, LONGEST_METRIC_NAME)}.${number}`;
  const job: Job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      namespace: run.metadata.namespace,
      labels: { ...provider.metadata?.labels, [LABEL_RUN_UID]: run.metadata.uid ?? '' },
      annotations: {
        'analysisrun.argoproj.io/name': run.metadata.name ?? '',
        'analysisrun.argoproj.io/metric-name': metric.name,
        ...provider.metadata?.annotations,
      },
      ownerReferences: [controllerReferenceTo(run)],
    },
    spec: provider.spec,
  };
  try {
    await client.create(JOBS, job);
  } catch (thrown) {
    if (!isApiError(thrown, 'AlreadyExists')) throw thrown;
  }
  return name;
};

const verdictOf = (job: Job): Pick<Measurement, 'phase' | 'message'> | undefined => {
  if (isConditionTrue(job.status?.conditions, 'Complete')) return { phase: 'Successful' };
  const failed = job.status?.conditions?.find(({ type, status }) => type === 'Failed' && status === 'True');
  return failed && { phase: 'Failed', ...(failed.message ? { message: failed.message } : {}) };
};

/** A Job whose image cannot be had says nothing about the version: it is given up as undecided. */
const stuckVerdict = async (client: Client, job: Job): Promise<Pick<Measurement, 'phase' | 'message'> | undefined> => {
  const { items } = await client.list(PODS, {
    namespace: job.metadata.namespace ?? '',
    labelSelector: `job-name=${job.metadata.name ?? ''}`,
  });
  const reason = items
    .flatMap((pod) => pod.status?.containerStatuses ?? [])
    .map((status) => status.state?.waiting?.reason)
    .find((waiting) => waiting !== undefined && NEVER_PULLED.has(waiting));
  return reason ? { phase: 'Inconclusive', message: `the pod of the job does not start: ${reason}` } : undefined;
};

const deleteJob = async (client: Client, { run }: MeasuredMetric, name: string): Promise<void> => {
  try {
    const key = { namespace: run.metadata.namespace ?? '', name };
    await client.delete(JOBS, key, { propagationPolicy: 'Foreground' });
  } catch (thrown) {
    if (!isApiError(thrown, 'NotFound')) throw thrown;
  }
};
