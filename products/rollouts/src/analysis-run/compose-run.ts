/**
 * Makes the content of one run of the templates an analysis names and of those they name. Pure. @spec RO-AN-03, RO-AN-04
 */
import { fail, isEqual, ok, type Result } from '@argosy/base';

import type { AnalysisRunSpec, AnalysisTemplate, AnalysisTemplateSpec, Metric } from '../api/analysis.ts';
import type {
  AnalysisArgument,
  DryRunRule,
  RetentionRule,
  RolloutAnalysis,
  TemplateReference,
} from '../api/strategy.ts';
import { mergeArguments } from './run-arguments.ts';
import { describeMetricFault, findMetricFault, matchMetrics } from './validate-metrics.ts';

/** Templates by `templateKey`. */
export type AnalysisTemplates = Readonly<Record<string, AnalysisTemplate>>;

/** What a run measures. */
export type RunContent = Pick<AnalysisRunSpec, 'metrics' | 'args' | 'dryRun' | 'measurementRetention'>;

/** Key of a template in `AnalysisTemplates`. */
export const templateKey = (reference: TemplateReference): string =>
  `${reference.clusterScope ? 'cluster' : 'namespace'}/${reference.templateName ?? ''}`;

/** Composes a run; fails with what is missing, doubled or contradictory. */
export const composeRun = (
  analysis: RolloutAnalysis,
  args: readonly AnalysisArgument[],
  templates: AnalysisTemplates,
): Result<RunContent, string> => {
  const named = collect(analysis.templates ?? [], templates);
  if (!named.ok) return named;
  if (named.value.length === 0) return fail('no templates specified');
  const metrics = named.value.flatMap((spec) => spec.metrics ?? []);
  const declared = declaredArguments(named.value);
  if (!declared.ok) return declared;
  const merged = mergeArguments(args, declared.value);
  if (!merged.ok) return merged;
  const dryRun = rulesOf<DryRunRule>('dryRun', [...named.value.map((spec) => spec.dryRun), analysis.dryRun]);
  if (!dryRun.ok) return dryRun;
  const retention = rulesOf<RetentionRule>('measurementRetention', [
    ...named.value.map((spec) => spec.measurementRetention),
    analysis.measurementRetention,
  ]);
  if (!retention.ok) return retention;
  const fault = findFault(metrics, dryRun.value, retention.value);
  if (fault) return fail(fault);
  return ok({
    metrics,
    ...(merged.value && merged.value.length > 0 ? { args: merged.value } : {}),
    ...(dryRun.value.length > 0 ? { dryRun: dryRun.value } : {}),
    ...(retention.value.length > 0 ? { measurementRetention: retention.value } : {}),
  });
};

/** The specs named, each once, also by the templates themselves. */
const collect = (
  references: readonly TemplateReference[],
  templates: AnalysisTemplates,
): Result<readonly AnalysisTemplateSpec[], string> => {
  const seen = new Map<string, AnalysisTemplateSpec>();
  const open = [...references];
  for (let reference = open.shift(); reference; reference = open.shift()) {
    const key = templateKey(reference);
    if (seen.has(key)) continue;
    const found = templates[key];
    if (!found)
      return fail(
        `${reference.clusterScope ? 'ClusterAnalysisTemplate' : 'AnalysisTemplate'} '${reference.templateName ?? ''}' not found`,
      );
    seen.set(key, found.spec ?? {});
    open.push(...(found.spec?.templates ?? []));
  }
  return ok([...seen.values()]);
};

const declaredArguments = (specs: readonly AnalysisTemplateSpec[]): Result<readonly AnalysisArgument[], string> => {
  const declared = new Map<string, AnalysisArgument>();
  for (const argument of specs.flatMap((spec) => spec.args ?? [])) {
    const known = declared.get(argument.name);
    const isSilent = argument.value === undefined && argument.valueFrom === undefined;
    const wasSilent = known?.value === undefined && known?.valueFrom === undefined;
    if (known && !isSilent && !wasSilent && !isEqual(known, argument))
      return fail(`Argument \`${argument.name}\` specified multiple times with different values`);
    if (!known || wasSilent) declared.set(argument.name, argument);
  }
  return ok([...declared.values()]);
};

const rulesOf = <T extends { readonly metricName: string }>(
  field: string,
  lists: readonly (readonly T[] | undefined)[],
): Result<readonly T[], string> => {
  const rules = lists.flatMap((list) => list ?? []);
  const doubled = rules.find(
    (rule, index) => rules.findIndex(({ metricName }) => metricName === rule.metricName) < index,
  );
  return doubled ? fail(`two ${field} rules have the same metric name '${doubled.metricName}'`) : ok(rules);
};

const findFault = (
  metrics: readonly Metric[],
  dryRun: readonly DryRunRule[],
  retention: readonly RetentionRule[],
): string | undefined => {
  const fault = findMetricFault(metrics);
  if (fault) return describeMetricFault(fault);
  const names = metrics.map(({ name }) => name);
  const matched = matchMetrics(dryRun, names);
  if (!matched.ok) return `dryRun: ${matched.error}`;
  const retained = matchMetrics(retention, names);
  return retained.ok ? undefined : `measurementRetention: ${retained.error}`;
};
