import { toTimestamp } from '@argosy/base';
import { evaluateCondition } from '@argosy/expressions';

import type { Metric, MetricResult, Measurement } from '../api/analysis.ts';
import { readWebAnswer } from '../adapters/metric-providers/read-web-answer.ts';
import { judgePrometheus } from '../adapters/metric-providers/read-prometheus-answer.ts';
import { asked, vectors, type Loose } from '../testing/vectors.ts';
import { assessMetric } from './assess-metric.ts';
import { assessRun, isTerminating, isWorse } from './assess-run.ts';
import { dueMetrics, nextLook } from './due-metrics.ts';
import { trimMeasurements } from './fold-measurement.ts';
import { conditionEnvironment, judgeMeasurement, toResult } from './judge-measurement.ts';
import { mergeArguments, readFieldPath, resolveRolloutArguments, substituteText } from './run-arguments.ts';
import { expiryOf } from './time-to-live.ts';
import { findMetricFault, matchMetrics } from './validate-metrics.ts';

const NOW = Date.UTC(2026, 0, 1);
const ago = (seconds: number | undefined): string | undefined =>
  seconds === undefined ? undefined : toTimestamp(NOW - seconds * 1000);

vectors('rollouts-metric-verdict', (input) => ({
  phase: assessMetric(
    { name: 'm', provider: {}, ...input.metric },
    {
      name: 'm',
      phase: 'Running',
      ...input.result,
      measurements: input.result.lastMeasurement ? [{ phase: input.result.lastMeasurement }] : [],
    },
    input.terminating,
  ),
}));

vectors('rollouts-analysis-phase-order', (input) => ({ worse: isWorse(input.current, input.new) }));

vectors('rollouts-analysis-run-verdict', (input, out) => {
  const found: Loose = assessRun({
    metrics: input.metrics.map((one: Loose): Metric => ({ name: one.name, provider: {} })),
    results: input.metrics.map((one: Loose): MetricResult => ({
      ...one,
      measurements: one.lastMeasurement ? [{ phase: one.lastMeasurement }] : [],
    })),
    dryRun: input.dryRun,
  });
  return asked(
    {
      ...found,
      metricPhases: Object.fromEntries(
        Object.keys(out.metricPhases ?? {}).map((name) => [
          name,
          found.metricResults.find((one: MetricResult) => one.name === name).phase,
        ]),
      ),
    },
    out,
  );
});

const statusOf = (input: Loose) => ({
  startedAt: ago(input.runStartedAgo ?? 0),
  metricResults: input.results.map((one: Loose): MetricResult => ({
    ...one,
    phase: one.phase ?? 'Running',
    measurements: (one.measurements ?? []).map((each: Loose): Measurement => ({
      phase: each.phase,
      startedAt: ago(each.startedAgo),
      finishedAt: ago(each.finishedAgo),
      resumeAt: ago(each.resumeAgo ?? (each.resumeIn === undefined ? undefined : -each.resumeIn)),
    })),
  })),
});

vectors('rollouts-analysis-due-metrics', (input) =>
  dueMetrics(input.metrics, statusOf(input), { now: NOW }).map(({ metric }) => metric.name),
);

vectors('rollouts-analysis-next-time', (input) => {
  const at = nextLook(input.metrics, statusOf(input), NOW);
  return { seconds: at === undefined ? null : (at - NOW) / 1000 };
});

vectors('rollouts-analysis-terminating', (input) =>
  isTerminating({ terminate: input.terminate, phase: input.phase, results: input.metrics }),
);

vectors('rollouts-analysis-ttl', (input) => {
  const at = expiryOf(input.ttlStrategy ?? undefined, { phase: input.phase, completedAt: ago(input.completedAgo) });
  return { delete: at !== undefined && NOW > at };
});

vectors('rollouts-analysis-args-merge', (input) => {
  const merged = mergeArguments(input.args ?? undefined, input.templateArgs ?? undefined);
  return merged.ok ? { args: merged.value ?? null } : { error: true };
});

vectors('rollouts-analysis-arg-values', (input) => {
  const resolved = resolveRolloutArguments(input.rollout, [input.arg], {
    stable: input.stableHash,
    latest: input.newHash,
  });
  return resolved.ok ? { value: resolved.value[0]?.value } : { error: true };
});

vectors('rollouts-analysis-field-path', (input) => {
  // Upstream has a second helper that knows no brackets; ours is one, which does.
  if (input.path.includes('[')) return undefined;
  const value = readFieldPath(input.rollout, input.path);
  return value === undefined ? { error: true } : { value };
});

vectors('rollouts-analysis-substitution', (input) => {
  const missing = new Set<string>();
  const text = substituteText(input.text, input.args, missing);
  return missing.size > 0 ? { error: true } : text;
});

vectors('rollouts-condition-expressions', (input) => {
  const found = evaluateCondition(input.expression, conditionEnvironment(toResult(input.result)));
  return found.ok ? { value: found.value } : { error: true };
});

vectors('rollouts-measurement-verdict', (input) => ({
  phase: judgeMeasurement(toResult(input.result), input).phase,
}));

vectors('rollouts-metric-name-rules', (input) => {
  const matched = matchMetrics(
    input.rules.map((metricName: string) => ({ metricName })),
    input.metrics,
  );
  return matched.ok ? { matched: matched.value } : { error: true };
});

vectors('rollouts-metric-validation', (input) => {
  const found = findMetricFault(input.metrics);
  return found ? { valid: false, index: found.index, field: found.field } : { valid: true };
});

vectors('rollouts-measurement-retention', (input) => {
  const trimmed = trimMeasurements(
    Object.entries(input.values as Record<string, string[]>).map(([name, values]) => ({
      name,
      phase: 'Running',
      measurements: values.map((value) => ({ phase: 'Successful', value })),
    })),
    input.retention,
    input.limit,
  );
  return Object.fromEntries(trimmed.map(({ name, measurements }) => [name, measurements?.map(({ value }) => value)]));
});

vectors('rollouts-web-metric', (input, out) =>
  asked(readWebAnswer({ status: input.status, body: input.body }, input, input.jsonPath), out),
);

vectors('rollouts-prometheus-result', (input, out) =>
  asked(
    judgePrometheus(
      {
        type: input.result.type,
        values: Array.isArray(input.result.value) ? input.result.value : [input.result.value],
      },
      input,
    ),
    out,
  ),
);
