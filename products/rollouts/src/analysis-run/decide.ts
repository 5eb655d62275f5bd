/**
 * What an AnalysisRun does next: which metrics to measure, which measurements to end, and when it is over. Pure and total.
 * @spec RO-AN-16, RO-AN-17, RO-AN-18, RO-AN-21, RO-AN-22
 */
import { parseTimestamp, toTimestamp, type Instant, type Result } from '@argosy/base';
import type { EventDraft, Next } from '@argosy/controller';

import type { AnalysisRun, AnalysisRunStatus, Measurement, Metric, MetricResult } from '../api/analysis.ts';
import { isEnded } from './assess-metric.ts';
import { assessRun, isTerminating } from './assess-run.ts';
import { dueMetrics, nextLook } from './due-metrics.ts';
import { foldMeasurement, trimMeasurements } from './fold-measurement.ts';
import { substituteMetric } from './run-arguments.ts';
import { expiryOf } from './time-to-live.ts';
import { describeMetricFault, findMetricFault, matchMetrics } from './validate-metrics.ts';

/** What is measured, and how. */
export type RunAction =
  | { readonly kind: 'measure'; readonly metric: Metric; readonly number: number }
  | {
      readonly kind: 'resume' | 'terminate';
      readonly metric: Metric;
      readonly number: number;
      readonly measurement: Measurement;
    };

/** A measurement an action gave. */
export interface Measured {
  readonly metric: string;
  readonly measurement: Measurement;
}

/** What was decided. `status` holds before the actions; `foldMeasured` gives the one after them. */
export type RunDecision =
  | { readonly kind: 'delete' }
  | {
      readonly kind: 'go';
      readonly status: AnalysisRunStatus;
      readonly actions: readonly RunAction[];
      readonly metrics: readonly Metric[];
      readonly next: Next;
    };

/** What a run is decided from. */
export interface RunWorld {
  /** Values of the arguments, or why they cannot be had. */
  readonly values: Result<Readonly<Record<string, string>>, string>;
  /** Names of Jobs that have ended: their measurements are looked at now, not when next due. */
  readonly endedJobs: ReadonlySet<string>;
}

/** Decides. */
export const decideRun = (run: AnalysisRun, world: RunWorld, now: Instant): RunDecision => {
  if (isEnded(run.status?.phase)) return decideEnded(run, now);
  const prepared = prepareMetrics(run, world);
  if (typeof prepared === 'string') return refuse(run, prepared, now);
  const { metrics } = prepared;
  const status: AnalysisRunStatus = { ...run.status, startedAt: run.status?.startedAt ?? toTimestamp(now) };
  const results = status.metricResults ?? [];
  const terminating = isTerminating({ terminate: run.spec?.terminate, results });
  const actions = terminating
    ? terminateAll(metrics, results)
    : dueMetrics(metrics, withEndedJobs(status, world.endedJobs, now), { now }).map(({ metric, resume }) =>
        actionFor(metric, results, resume),
      );
  const assessed = foldMeasured(run, { metrics, status: { ...status, phase: status.phase ?? 'Pending' } }, [], now);
  const at = nextLook(metrics, status, now);
  const next: Next = at === undefined ? { kind: 'settled' } : { kind: 'recheck', afterMs: Math.max(0, at - now) };
  return { kind: 'go', status: assessed, actions, metrics, next };
};

/** Folds measurements into the status and assesses the run. */
export const foldMeasured = (
  run: AnalysisRun,
  of: { readonly metrics: readonly Metric[]; readonly status: AnalysisRunStatus },
  measured: readonly Measured[],
  now: Instant,
): AnalysisRunStatus => {
  const names = of.metrics.map(({ name }) => name);
  const dryRun = matchedNames(run.spec?.dryRun ?? [], names);
  const results = new Map((of.status.metricResults ?? []).map((result) => [result.name, result] as const));
  const isEnding = isTerminating({ terminate: run.spec?.terminate, results: [...results.values()] });
  for (const { metric, measurement } of measured) {
    const before = results.get(metric);
    const folded = foldMeasurement(before, { name: metric, measurement, dryRun: dryRun.includes(metric) });
    // What is cut off says nothing about the version: it is shown and not counted.
    results.set(metric, isEnding && before ? { ...before, measurements: folded.measurements } : folded);
  }
  const ordered = names.flatMap((name): readonly MetricResult[] => {
    const found = results.get(name);
    return found ? [found] : [];
  });
  const limits = Object.fromEntries(
    (run.spec?.measurementRetention ?? []).flatMap((rule) =>
      matchedNames([rule], names).map((name) => [name, rule.limit] as const),
    ),
  );
  const assessed = assessRun({
    metrics: of.metrics,
    results: trimMeasurements(ordered, limits),
    dryRun,
    terminate: run.spec?.terminate,
  });
  const { message: _before, ...status } = of.status;
  return {
    ...status,
    ...assessed,
    ...(assessed.message ? {} : { message: undefined }),
    ...(isEnded(assessed.phase) ? { completedAt: toTimestamp(now) } : {}),
  };
};

/** The events of a change of status, for the run. */
export const runEvents = (before: AnalysisRunStatus | undefined, after: AnalysisRunStatus): readonly EventDraft[] => {
  const metrics = (after.metricResults ?? []).filter(
    (result) =>
      isEnded(result.phase) && !isEnded(before?.metricResults?.find(({ name }) => name === result.name)?.phase),
  );
  return [
    ...metrics.map((result): EventDraft => ({
      type: result.phase === 'Failed' || result.phase === 'Error' ? 'Warning' : 'Normal',
      reason: `Metric${result.phase}`,
      message: `Metric '${result.name}' Completed. Result: ${result.phase}`,
    })),
    ...(isEnded(after.phase) && before?.phase !== after.phase
      ? [
          {
            type: after.phase === 'Failed' || after.phase === 'Error' ? ('Warning' as const) : ('Normal' as const),
            reason: `AnalysisRun${after.phase}`,
            message: `Analysis Completed. Result: ${after.phase}`,
          },
        ]
      : []),
  ];
};

const decideEnded = (run: AnalysisRun, now: Instant): RunDecision => {
  const status = run.status ?? {};
  const at = expiryOf(run.spec?.ttlStrategy, { phase: status.phase ?? 'Error', completedAt: status.completedAt });
  if (at !== undefined && now > at) return { kind: 'delete' };
  const next: Next = at === undefined ? { kind: 'settled' } : { kind: 'recheck', afterMs: at - now + 1 };
  return { kind: 'go', status, actions: [], metrics: [], next };
};

/** Deviates: upstream leaves completedAt out, so that such a run is never deleted by its ttlStrategy (RO-SE-22). */
const refuse = (run: AnalysisRun, message: string, now: Instant): RunDecision => ({
  kind: 'go',
  status: { ...run.status, phase: 'Error', message, completedAt: toTimestamp(now) },
  actions: [],
  metrics: [],
  next: { kind: 'recheck', afterMs: 0 },
});

const prepareMetrics = (run: AnalysisRun, world: RunWorld): { readonly metrics: readonly Metric[] } | string => {
  if (!world.values.ok) return `Unable to resolve metric arguments: ${world.values.error}`;
  const metrics: Metric[] = [];
  for (const metric of run.spec?.metrics ?? []) {
    const substituted = substituteMetric(metric, world.values.value);
    if (!substituted.ok) return `Unable to resolve metric arguments: ${substituted.error}`;
    metrics.push(substituted.value);
  }
  const fault = findMetricFault(metrics);
  if (fault) return `Analysis spec invalid: ${describeMetricFault(fault)}`;
  const names = metrics.map(({ name }) => name);
  const dryRun = matchMetrics(run.spec?.dryRun ?? [], names);
  if (!dryRun.ok) return `Analysis spec invalid: dryRun: ${dryRun.error}`;
  const retention = matchMetrics(run.spec?.measurementRetention ?? [], names);
  if (!retention.ok) return `Analysis spec invalid: measurementRetention: ${retention.error}`;
  return { metrics };
};

const matchedNames = (
  rules: readonly { readonly metricName: string }[],
  names: readonly string[],
): readonly string[] => {
  const matched = matchMetrics(rules, names);
  return matched.ok ? matched.value : [];
};

const actionFor = (metric: Metric, results: readonly MetricResult[], resume: Measurement | undefined): RunAction => {
  const result = results.find(({ name }) => name === metric.name);
  const number = (result?.count ?? 0) + (result?.error ?? 0) + 1;
  return resume ? { kind: 'resume', metric, number, measurement: resume } : { kind: 'measure', metric, number };
};

const terminateAll = (metrics: readonly Metric[], results: readonly MetricResult[]): readonly RunAction[] =>
  metrics.flatMap((metric): readonly RunAction[] => {
    const result = results.find(({ name }) => name === metric.name);
    const last = result?.measurements?.at(-1);
    if (!last || last.finishedAt) return [];
    return [{ kind: 'terminate', metric, number: (result?.count ?? 0) + (result?.error ?? 0) + 1, measurement: last }];
  });

/** A measurement whose Job has ended is due. */
const withEndedJobs = (status: AnalysisRunStatus, endedJobs: ReadonlySet<string>, now: Instant): AnalysisRunStatus => ({
  ...status,
  metricResults: (status.metricResults ?? []).map((result) => {
    const last = result.measurements?.at(-1);
    const isDue =
      last?.resumeAt !== undefined &&
      (parseTimestamp(last.resumeAt) ?? now) > now &&
      endedJobs.has(last.metadata?.['job-name'] ?? '');
    if (!isDue || !last) return result;
    return {
      ...result,
      measurements: [...(result.measurements ?? []).slice(0, -1), { ...last, resumeAt: toTimestamp(now) }],
    };
  }),
});
