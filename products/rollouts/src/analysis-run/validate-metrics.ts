/**
 * The rules of metrics. Pure. @spec RO-AN-09, RO-AN-10
 */
import { fail, ok, parseGoDuration, type Result } from '@argosy/base';
import { compileRegularExpression } from '@argosy/expressions';

import type { Metric } from '../api/analysis.ts';

/** What is wrong, with its path below `spec`. */
export interface MetricFinding {
  readonly index: number;
  readonly field: string;
  readonly message: string;
}

/** Finds the first broken rule. Numbers that are still `{{args.x}}` are judged when they have values. */
export const findMetricFault = (metrics: readonly Metric[]): MetricFinding | undefined => {
  if (metrics.length === 0) return { index: 0, field: 'metrics', message: 'no metrics specified' };
  for (const [index, metric] of metrics.entries()) {
    const found = faultOf(metric) ?? duplicateOf(metrics, index);
    if (found) return { index, ...found };
  }
  return undefined;
};

/** The fault as one line. */
export const describeMetricFault = ({ index, field, message }: MetricFinding): string =>
  field === 'metrics' ? message : `metrics[${index}].${field}: ${message}`;

/** How often a metric is measured; undefined: until the run is ended. */
export const effectiveCount = (metric: Metric): number | undefined => {
  const count = wholeOf(metric.count) ?? 0;
  if (count > 0) return count;
  return metric.interval ? undefined : 1;
};

/** A number that may be a text. */
export const wholeOf = (value: number | string | undefined): number | undefined => {
  if (value === undefined || value === '') return undefined;
  const number = Number(value);
  return Number.isInteger(number) ? number : undefined;
};

type Fault = Omit<MetricFinding, 'index'> | undefined;
type Rule = (metric: Metric) => Fault;

const fault = (field: string, message: string): Fault => ({ field, message });
const LIMITS = ['failureLimit', 'inconclusiveLimit', 'consecutiveErrorLimit', 'consecutiveSuccessLimit'] as const;

const countRule: Rule = (metric) => {
  const count = wholeOf(metric.count) ?? 0;
  const failureLimit = wholeOf(metric.failureLimit) ?? 0;
  const successes = wholeOf(metric.consecutiveSuccessLimit) ?? 0;
  if (count <= 0) return undefined;
  if (count < failureLimit) return fault('count', 'must be >= failureLimit');
  if (count < (wholeOf(metric.inconclusiveLimit) ?? 0)) return fault('count', 'must be >= inconclusiveLimit');
  if (successes > 0 && count < failureLimit + successes)
    return fault('count', 'must be >= consecutiveSuccessLimit + failureLimit');
  return undefined;
};

const intervalRule: Rule = (metric) => {
  if ((wholeOf(metric.count) ?? 0) > 1 && !metric.interval)
    return fault('interval', 'must be specified when count > 1');
  return durationRule(metric, 'interval') ?? durationRule(metric, 'initialDelay');
};

const durationRule = (metric: Metric, field: 'interval' | 'initialDelay'): Fault => {
  const text = metric[field];
  if (!text || text.includes('{{') || parseGoDuration(text) !== undefined) return undefined;
  return fault(field, `invalid duration ${JSON.stringify(text)}; write one such as 30s`);
};

const limitRule: Rule = (metric) => {
  for (const field of LIMITS) {
    const limit = wholeOf(metric[field]);
    const isOff = field === 'failureLimit' && limit === -1 && (wholeOf(metric.consecutiveSuccessLimit) ?? 0) > 0;
    if (limit !== undefined && limit < 0 && !isOff) return fault(field, 'must be >= 0');
  }
  return undefined;
};

const providerRule: Rule = (metric) => {
  const named = Object.values(metric.provider ?? {}).filter((provider) => provider !== undefined).length;
  if (named === 1) return undefined;
  return fault('provider', named === 0 ? 'no provider specified' : 'multiple providers specified; keep one');
};

const RULES: readonly Rule[] = [countRule, intervalRule, limitRule, providerRule];

const faultOf = (metric: Metric): Fault => {
  for (const rule of RULES) {
    const found = rule(metric);
    if (found) return found;
  }
  return undefined;
};

const duplicateOf = (metrics: readonly Metric[], index: number): Fault =>
  metrics.findIndex(({ name }) => name === metrics[index]?.name) < index
    ? fault('name', `duplicate name ${JSON.stringify(metrics[index]?.name)}`)
    : undefined;

/** Metrics the rules of dryRun or measurementRetention name; each rule must name one. @spec RO-AN-09 */
export const matchMetrics = (
  rules: readonly { readonly metricName: string }[],
  names: readonly string[],
): Result<readonly string[], string> => {
  const matched = new Set<string>();
  for (const { metricName } of rules) {
    const pattern = compileRegularExpression(metricName);
    if (!pattern.ok) return fail(`metricName ${JSON.stringify(metricName)}: ${pattern.error}`);
    const found = names.filter((name) => pattern.value.test(name));
    if (found.length === 0) return fail(`metricName ${JSON.stringify(metricName)} matches no metric`);
    for (const name of found) matched.add(name);
  }
  return ok(names.filter((name) => matched.has(name)));
};
