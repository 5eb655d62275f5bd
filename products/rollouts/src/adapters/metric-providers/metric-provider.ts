/**
 * The port through which metrics are measured. @spec RO-MP-01
 */
import type { AnalysisRun, Measurement, Metric } from '../../api/analysis.ts';

/** A metric whose arguments have been put in, about to be measured. */
export interface MeasuredMetric {
  readonly run: AnalysisRun;
  readonly metric: Metric;
  /** Number of the measurement, from 1: errors count too. */
  readonly number: number;
}

/** Measures one kind of metric. Every method resolves: what goes wrong is a measurement in phase Error. */
export interface MetricProvider {
  /** Takes a measurement; one that lasts comes back Running with `resumeAt`. */
  measure(of: MeasuredMetric, signal: AbortSignal): Promise<Measurement>;
  /** Looks at a measurement in flight. */
  resume(of: MeasuredMetric, measurement: Measurement, signal: AbortSignal): Promise<Measurement>;
  /** Ends a measurement in flight. */
  terminate(of: MeasuredMetric, measurement: Measurement): Promise<Measurement>;
}

/** Takes the measurements of a provider that answers at once: there is never one in flight. */
export const atOnce = (measure: MetricProvider['measure']): MetricProvider => ({
  measure,
  resume: (of, _measurement, signal) => measure(of, signal),
  terminate: async (_of, measurement) => measurement,
});
