/**
 * Runs AnalysisRuns: measures what is due, side by side, and writes what was learnt. @upstream argo-rollouts analysis/controller.go
 */
import { isEqual, type Clock, type Logger, type Random } from '@argosy/base';
import type { Client, Informer, InformerSet } from '@argosy/client';
import {
  createController,
  watchMapped,
  watchObjects,
  type Controller,
  type Next,
  type Recorder,
} from '@argosy/controller';
import { formatKey, isConditionTrue, JOBS, type Job, type ObjectKey } from '@argosy/kube';

import type { SendRequest } from '../adapters/metric-providers/http-request.ts';
import { createJobProvider, LABEL_RUN_UID } from '../adapters/metric-providers/job.ts';
import type { MetricProvider } from '../adapters/metric-providers/metric-provider.ts';
import { createPrometheusProvider } from '../adapters/metric-providers/prometheus.ts';
import { createWebProvider } from '../adapters/metric-providers/web.ts';
import type { AnalysisRun, AnalysisRunStatus, Metric } from '../api/analysis.ts';
import { ANALYSIS_RUNS } from '../api/analysis-kinds.ts';
import { decideRun, foldMeasured, runEvents, type Measured, type RunAction } from './decide.ts';
import { readArguments } from './read-arguments.ts';
import { redact } from './run-arguments.ts';

/** Ports of the loop. */
export interface AnalysisRunDeps {
  readonly client: Client;
  readonly informers: InformerSet;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly send: SendRequest;
}

/** How runs measure. */
export interface AnalysisRunOptions {
  /** Address of the Prometheus that metrics without one are asked of; the embedded platform gives its gateway's. */
  readonly prometheusAddress?: string;
}

/** Creates the loop. */
export const createAnalysisRunLoop = (deps: AnalysisRunDeps, options: AnalysisRunOptions = {}): Controller => {
  const runs = deps.informers.of({ resource: ANALYSIS_RUNS });
  const jobs = deps.informers.of({
    resource: JOBS,
    labelSelector: LABEL_RUN_UID,
    indexes: { [LABEL_RUN_UID]: (job) => [job.metadata.labels?.[LABEL_RUN_UID] ?? ''] },
  });
  const reconcile = createReconcileRun(deps, { runs, jobs, providers: createProviders(deps, options) });
  return createController(deps, {
    name: 'analysis-run',
    concurrency: 8,
    sources: [watchObjects(runs), watchMapped(jobs, ({ object }) => (isJobEnded(object) ? runKeysOf(object) : []))],
    reconcile,
  });
};

/** One look at a run; what was written is seen before the next. */
const createReconcileRun = (
  { client, clock, recorder }: AnalysisRunDeps,
  {
    runs,
    jobs,
    providers,
  }: {
    readonly runs: Informer<AnalysisRun>;
    readonly jobs: Informer<Job>;
    readonly providers: ReturnType<typeof createProviders>;
  },
): ((key: ObjectKey, signal: AbortSignal) => Promise<Next>) => {
  const written = new Map<string, string>();
  return async (key, signal) => {
    const id = formatKey(key);
    await runs.whenSeen(written.get(id), signal);
    const run = runs.get(key);
    if (!run || run.metadata.deletionTimestamp) {
      written.delete(id);
      return { kind: 'settled' };
    }
    const { values, secrets } = await readArguments(client, run);
    const endedJobs = jobs.byIndex(LABEL_RUN_UID, run.metadata.uid ?? '').filter(isJobEnded);
    const decision = decideRun(run, { values, endedJobs: new Set(endedJobs.map(nameOf)) }, clock.now());
    if (decision.kind === 'delete') {
      await client.delete(ANALYSIS_RUNS, key, { preconditions: { uid: run.metadata.uid } });
      return { kind: 'settled' };
    }
    const measured = await Promise.all(
      decision.actions.map((action) => actOn(providers, { run, action, secrets }, signal)),
    );
    if (signal.aborted) return { kind: 'settled' };
    const status = measured.length === 0 ? decision.status : foldMeasured(run, decision, measured, clock.now());
    const stored = await writeRun(client, run, status);
    if (stored !== run) {
      written.set(id, stored.metadata.resourceVersion ?? '');
      for (const event of runEvents(run.status, status)) recorder.event(run, event);
    }
    // What was just measured may be due again, or may have ended the run.
    return measured.length > 0 ? { kind: 'recheck', afterMs: 0 } : decision.next;
  };
};

const runKeysOf = ({ metadata }: Job): readonly ObjectKey[] => {
  const name = metadata.annotations?.['analysisrun.argoproj.io/name'];
  return name ? [{ namespace: metadata.namespace ?? '', name }] : [];
};

const nameOf = ({ metadata }: Job): string => metadata.name ?? '';

const isJobEnded = (job: Job): boolean =>
  isConditionTrue(job.status?.conditions, 'Complete') || isConditionTrue(job.status?.conditions, 'Failed');

type Providers = Readonly<Record<'web' | 'prometheus' | 'job', MetricProvider>>;

const createProviders = (deps: AnalysisRunDeps, options: AnalysisRunOptions): Providers => ({
  web: createWebProvider(deps),
  prometheus: createPrometheusProvider(deps, { defaultAddress: options.prometheusAddress }),
  job: createJobProvider(deps),
});

const providerOf = (providers: Providers, metric: Metric): MetricProvider => {
  if (metric.provider.job) return providers.job;
  return metric.provider.web ? providers.web : providers.prometheus;
};

const actOn = async (
  providers: Providers,
  of: { readonly run: AnalysisRun; readonly action: RunAction; readonly secrets: readonly string[] },
  signal: AbortSignal,
): Promise<Measured> => {
  const { run, action } = of;
  const { metric, number } = action;
  const provider = providerOf(providers, metric);
  const measurement =
    action.kind === 'measure'
      ? await provider.measure({ run, metric, number }, signal)
      : action.kind === 'resume'
        ? await provider.resume({ run, metric, number }, action.measurement, signal)
        : await provider.terminate({ run, metric, number }, action.measurement);
  const message = measurement.message === undefined ? undefined : redact(measurement.message, of.secrets);
  return { metric: metric.name, measurement: { ...measurement, ...(message === undefined ? {} : { message }) } };
};

const writeRun = (client: Client, run: AnalysisRun, status: AnalysisRunStatus): Promise<AnalysisRun> => {
  // Absent and undefined fields are one in JSON.
  const next = JSON.parse(JSON.stringify(status)) as AnalysisRunStatus;
  return isEqual(run.status ?? {}, next)
    ? Promise.resolve(run)
    : client.update(ANALYSIS_RUNS, { ...run, status: next });
};
