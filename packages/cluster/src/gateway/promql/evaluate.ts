/** Expression × samples × instant → value. Pure. @upstream prometheus promql/engine.go */
import type { Labels, SampledSeries, SampleSource } from '../measure/sample-store.ts';
import { matchesPattern } from '../patterns/pattern.ts';
import { combine } from './binary.ts';
import {
  applyAbsent,
  applyHistogramQuantile,
  applyRangeFunction,
  applyVectorFunction,
  extremeOf,
  isRangeFunction,
  isVectorFunction,
  sumOf,
} from './functions.ts';
import { ExecutionError, type AggregateOperator, type Expression, type LabelMatcher } from './syntax.ts';
import { labelsKey, onlyLabels, withoutLabels, type QueryValue, type VectorSample } from './value.ts';

/** How far back the newest sample of a series may lie. @upstream prometheus --query.lookback-delta */
const LOOKBACK_MS = 5 * 60_000;

/** Where and when a query is answered; `at` in milliseconds. */
export interface EvaluationScope {
  readonly source: SampleSource;
  readonly at: number;
}

/** Evaluates. Throws ExecutionError. */
export const evaluate = (expression: Expression, scope: EvaluationScope): QueryValue => {
  const value = evaluatePart(expression, scope);
  if (
    value.kind === 'vector' &&
    new Set(value.samples.map(({ labels }) => labelsKey(labels))).size < value.samples.length
  )
    throw new ExecutionError('vector cannot contain metrics with the same labelset');
  return value;
};

const evaluatePart = (expression: Expression, scope: EvaluationScope): QueryValue => {
  switch (expression.kind) {
    case 'number':
      return { kind: 'scalar', value: expression.value };
    case 'selector':
      return select(expression, scope);
    case 'negative':
      return negate(evaluatePart(expression.of, scope));
    case 'aggregate':
      return { kind: 'vector', samples: aggregate(expression, vectorOf(expression.of, scope)) };
    case 'call':
      return call(expression, scope);
    case 'binary':
      return combine(expression, evaluatePart(expression.left, scope), evaluatePart(expression.right, scope));
  }
};

const select = (
  { matchers, rangeMs, offsetMs }: Extract<Expression, { kind: 'selector' }>,
  { source, at }: EvaluationScope,
): QueryValue => {
  const to = at - offsetMs;
  const series = source.select((labels) => accepts(matchers, labels), to - (rangeMs ?? LOOKBACK_MS), to);
  if (rangeMs !== undefined) return { kind: 'matrix', series };
  return { kind: 'vector', samples: series.flatMap(newestOf) };
};

const newestOf = ({ labels, samples }: SampledSeries): readonly VectorSample[] => {
  const newest = samples.at(-1);
  return newest ? [{ labels, value: newest.value }] : [];
};

const accepts = (matchers: readonly LabelMatcher[], labels: Labels): boolean =>
  matchers.every((matcher) => {
    const value = labels[matcher.label] ?? '';
    switch (matcher.kind) {
      case 'equal':
        return value === matcher.value;
      case 'unequal':
        return value !== matcher.value;
      case 'matching':
        return matchesPattern(matcher.pattern, value);
      case 'differing':
        return !matchesPattern(matcher.pattern, value);
    }
  });

const negate = (value: QueryValue): QueryValue =>
  combine({ operator: '*', isBool: false, matching: { kind: 'ignoring', labels: [] } }, value, {
    kind: 'scalar',
    value: -1,
  });

const aggregate = (
  { operator, grouping }: Extract<Expression, { kind: 'aggregate' }>,
  samples: readonly VectorSample[],
): readonly VectorSample[] => {
  const groups = new Map<string, { readonly labels: Labels; readonly values: number[] }>();
  for (const { labels: all, value } of samples) {
    const labels =
      grouping.kind === 'by' ? onlyLabels(all, grouping.labels) : withoutLabels(all, ['__name__', ...grouping.labels]);
    const group = groups.get(labelsKey(labels)) ?? { labels, values: [] };
    group.values.push(value);
    groups.set(labelsKey(labels), group);
  }
  return [...groups.values()].map(({ labels, values }) => ({ labels, value: AGGREGATES[operator](values) }));
};

const AGGREGATES: Readonly<Record<AggregateOperator, (values: readonly number[]) => number>> = {
  sum: sumOf,
  avg: (values) => sumOf(values) / values.length,
  min: (values) => extremeOf(values, (left, right) => left < right),
  max: (values) => extremeOf(values, (left, right) => left > right),
  count: (values) => values.length,
};

const call = (
  { name, arguments: given }: Extract<Expression, { kind: 'call' }>,
  scope: EvaluationScope,
): QueryValue => {
  const [first] = given;
  if (isRangeFunction(name)) return callOverRange(name, first, scope);
  if (isVectorFunction(name)) {
    const scalars = given.slice(1).map((argument) => scalarOf(argument, scope));
    return { kind: 'vector', samples: applyVectorFunction(name, vectorOf(first, scope), scalars) };
  }
  switch (name) {
    case 'histogram_quantile':
      return { kind: 'vector', samples: applyHistogramQuantile(scalarOf(first, scope), vectorOf(given[1], scope)) };
    case 'absent':
      return { kind: 'vector', samples: applyAbsent(first, vectorOf(first, scope)) };
    case 'scalar': {
      const [only, ...others] = vectorOf(first, scope);
      return { kind: 'scalar', value: only && others.length === 0 ? only.value : Number.NaN };
    }
    case 'vector':
      return { kind: 'vector', samples: [{ labels: {}, value: scalarOf(first, scope) }] };
    case 'time':
      return { kind: 'scalar', value: scope.at / 1000 };
    default:
      throw new ExecutionError(`function ${name} is not known`);
  }
};

const callOverRange = (name: string, argument: Expression | undefined, scope: EvaluationScope): QueryValue => {
  const matrix = argument ? evaluatePart(argument, scope) : undefined;
  if (argument?.kind !== 'selector' || matrix?.kind !== 'matrix')
    throw new ExecutionError(`function ${name} needs a range vector`);
  const to = scope.at - argument.offsetMs;
  const window = { from: to - (argument.rangeMs ?? 0), to };
  return { kind: 'vector', samples: applyRangeFunction(name, matrix.series, window) };
};

const vectorOf = (expression: Expression | undefined, scope: EvaluationScope): readonly VectorSample[] => {
  const value = expression ? evaluatePart(expression, scope) : undefined;
  if (value?.kind !== 'vector') throw new ExecutionError('expected an instant vector');
  return value.samples;
};

const scalarOf = (expression: Expression | undefined, scope: EvaluationScope): number => {
  const value = expression ? evaluatePart(expression, scope) : undefined;
  if (value?.kind !== 'scalar') throw new ExecutionError('expected a scalar');
  return value.value;
};
