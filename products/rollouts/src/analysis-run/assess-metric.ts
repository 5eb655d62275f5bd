/**
 * The phase of a metric from its counters. Pure. @spec RO-AN-14, RO-AN-15, RO-SE-24
 */
import type { AnalysisPhase, Metric, MetricResult } from '../api/analysis.ts';
import { effectiveCount, wholeOf } from './validate-metrics.ts';

/** Errors in a row a metric may have before it is given up: short outages of what measures are not the version's fault. */
const CONSECUTIVE_ERROR_LIMIT = 4;

/** Whether a phase is an end. */
export const isEnded = (phase: AnalysisPhase | undefined): boolean =>
  phase !== undefined && phase !== 'Pending' && phase !== 'Running';

/** Assesses a metric. The limits are tested in order and the last one that is exceeded names the phase. */
export const assessMetric = (metric: Metric, result: MetricResult, isTerminating: boolean): AnalysisPhase => {
  if (isEnded(result.phase)) return result.phase;
  const last = result.measurements?.at(-1);
  if (!last) return isTerminating ? 'Successful' : 'Pending';
  if (!isEnded(last.phase)) return 'Running';
  const exceeded = exceededLimit(metric, result);
  if (exceeded) return exceeded.phase;
  const wanted = wholeOf(metric.consecutiveSuccessLimit) ?? 0;
  if (wanted > 0 && (result.consecutiveSuccess ?? 0) >= wanted) return 'Successful';
  const count = effectiveCount(metric);
  if (count !== undefined && (result.count ?? 0) >= count) return atCount(metric, wanted);
  return isTerminating ? 'Successful' : 'Running';
};

/** All measurements are there and not enough of them in a row were good: bad when failures were not counted, else undecided. */
const atCount = (metric: Metric, wantedInRow: number): AnalysisPhase => {
  if (wantedInRow === 0) return 'Successful';
  return wholeOf(metric.failureLimit) === -1 ? 'Failed' : 'Inconclusive';
};

/** The limit a metric has gone beyond, in words. */
export interface ExceededLimit {
  readonly phase: AnalysisPhase;
  readonly message: string;
}

/** Finds the limit that decides; undefined when none is exceeded. */
export const exceededLimit = (metric: Metric, result: MetricResult): ExceededLimit | undefined => {
  const failureLimit = wholeOf(metric.failureLimit) ?? 0;
  const inconclusiveLimit = wholeOf(metric.inconclusiveLimit) ?? 0;
  const errorLimit = wholeOf(metric.consecutiveErrorLimit) ?? CONSECUTIVE_ERROR_LIMIT;
  const { failed = 0, inconclusive = 0, consecutiveError = 0 } = result;
  const found: readonly (ExceededLimit | undefined)[] = [
    failureLimit >= 0 && failed > failureLimit
      ? { phase: 'Failed', message: `failed (${failed}) > failureLimit (${failureLimit})` }
      : undefined,
    inconclusive > inconclusiveLimit
      ? {
          phase: 'Inconclusive',
          message: `inconclusive (${inconclusive}) > inconclusiveLimit (${inconclusiveLimit})`,
        }
      : undefined,
    consecutiveError > errorLimit
      ? {
          phase: 'Error',
          message: `consecutiveErrors (${consecutiveError}) > consecutiveErrorLimit (${errorLimit})`,
        }
      : undefined,
  ];
  return found.findLast((limit) => limit !== undefined);
};
