/**
 * Which metrics are to be measured, and when to look again. Pure. @spec RO-AN-11, RO-AN-14, RO-AN-21
 */
import { parseGoDuration, parseTimestamp, type Instant } from '@argosy/base';

import type { AnalysisRunStatus, Metric, Measurement, MetricResult } from '../api/analysis.ts';
import { isEnded } from './assess-metric.ts';
import { isTerminating } from './assess-run.ts';
import { effectiveCount } from './validate-metrics.ts';

/** Errors are tried again after this, whatever the interval: the fault is in what measures. */
const ERROR_RETRY_MS = 10_000;

/** A metric to measure, or one whose measurement goes on. */
export interface DueMetric {
  readonly metric: Metric;
  readonly resume?: Measurement;
}

type Viewed = Pick<AnalysisRunStatus, 'startedAt' | 'metricResults' | 'phase'>;

/** Finds the metrics due now; none while a run is ending. A wrong initialDelay makes its metric wait for ever, as upstream has it; validation refuses it first. */
export const dueMetrics = (
  metrics: readonly Metric[],
  status: Viewed,
  of: { readonly now: Instant; readonly terminate?: boolean },
): readonly DueMetric[] => {
  const results = status.metricResults ?? [];
  if (isTerminating({ results, phase: status.phase, terminate: of.terminate })) return [];
  return metrics.flatMap((metric) => {
    const result = results.find(({ name }) => name === metric.name);
    const at = nextAt(metric, result, status.startedAt, of.now);
    if (at === undefined || at > of.now) return [];
    const last = result?.measurements?.at(-1);
    return [{ metric, ...(last && !last.finishedAt ? { resume: last } : {}) }];
  });
};

/** When the run must be looked at again; undefined when time alone changes nothing. */
export const nextLook = (metrics: readonly Metric[], status: Viewed, now: Instant): Instant | undefined => {
  const times = metrics.flatMap((metric) => {
    const result = (status.metricResults ?? []).find(({ name }) => name === metric.name);
    const last = result?.measurements?.at(-1);
    // One in flight without a time to resume is waited for, not polled.
    if (last && !last.finishedAt && !last.resumeAt) return [];
    const at = nextAt(metric, result, status.startedAt, now);
    return at === undefined ? [] : [at];
  });
  return times.length === 0 ? undefined : Math.min(...times);
};

const nextAt = (
  metric: Metric,
  result: MetricResult | undefined,
  startedAt: string | undefined,
  now: Instant,
): Instant | undefined => {
  if (result && isEnded(result.phase)) return undefined;
  const last = result?.measurements?.at(-1);
  if (!last) return firstAt(metric, startedAt, now);
  if (!last.finishedAt) return last.resumeAt ? parseTimestamp(last.resumeAt) : now;
  const count = effectiveCount(metric);
  if (count !== undefined && (result?.count ?? 0) >= count) return undefined;
  const finishedAt = parseTimestamp(last.finishedAt) ?? now;
  if (last.phase === 'Error') return finishedAt + ERROR_RETRY_MS;
  return finishedAt + (metric.interval ? (parseGoDuration(metric.interval) ?? 0) : 0);
};

const firstAt = (metric: Metric, startedAt: string | undefined, now: Instant): Instant | undefined => {
  if (!metric.initialDelay) return now;
  const delayMs = parseGoDuration(metric.initialDelay);
  return delayMs === undefined ? undefined : (startedAt ? (parseTimestamp(startedAt) ?? now) : now) + delayMs;
};
