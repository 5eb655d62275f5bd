/**
 * What a measurement adds to its metric. Pure. @spec RO-AN-14, RO-AN-19
 */
import type { Measurement, MetricResult } from '../api/analysis.ts';
import { isEnded } from './assess-metric.ts';

/** Measurements kept per metric: enough to see a trend, small enough for a status. */
const KEPT_MEASUREMENTS = 10;

/** Adds a measurement, or replaces the one in flight; counts it when it has ended. */
export const foldMeasurement = (
  result: MetricResult | undefined,
  of: { readonly name: string; readonly measurement: Measurement; readonly dryRun: boolean },
): MetricResult => {
  const before: MetricResult = result ?? { name: of.name, phase: 'Running', ...(of.dryRun ? { dryRun: true } : {}) };
  const known = before.measurements ?? [];
  const isReplacing = known.at(-1) !== undefined && known.at(-1)?.finishedAt === undefined;
  const measurements = [...(isReplacing ? known.slice(0, -1) : known), of.measurement];
  return { ...before, ...counted(before, of.measurement), phase: 'Running', measurements };
};

const counted = (before: MetricResult, { phase, message }: Measurement): Partial<MetricResult> => {
  if (!isEnded(phase)) return {};
  const more = (count: number | undefined): number => (count ?? 0) + 1;
  const said = message ? { message } : {};
  switch (phase) {
    case 'Successful':
      return {
        count: more(before.count),
        successful: more(before.successful),
        consecutiveSuccess: more(before.consecutiveSuccess),
        consecutiveError: 0,
      };
    case 'Failed':
      return {
        ...said,
        count: more(before.count),
        failed: more(before.failed),
        consecutiveSuccess: 0,
        consecutiveError: 0,
      };
    case 'Inconclusive':
      return {
        ...said,
        count: more(before.count),
        inconclusive: more(before.inconclusive),
        consecutiveSuccess: 0,
        consecutiveError: 0,
      };
    default:
      return {
        ...said,
        error: more(before.error),
        consecutiveError: more(before.consecutiveError),
        consecutiveSuccess: 0,
      };
  }
};

/** Forgets the oldest measurements beyond the limit; `limits` are those of single metrics. */
export const trimMeasurements = (
  results: readonly MetricResult[],
  limits: Readonly<Record<string, number>>,
  limit: number = KEPT_MEASUREMENTS,
): readonly MetricResult[] =>
  results.map((result) => {
    const own = limits[result.name];
    const kept = own !== undefined && own > 0 ? own : limit;
    const measurements = result.measurements ?? [];
    return measurements.length <= kept ? result : { ...result, measurements: measurements.slice(-kept) };
  });
