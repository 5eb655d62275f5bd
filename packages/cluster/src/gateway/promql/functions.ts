/** What the functions compute. Pure. @upstream prometheus promql/functions.go */
import type { Labels, SampledSeries } from '../measure/sample-store.ts';
import { bucketQuantile, type Bucket } from './histogram-quantile.ts';
import { computeIncrease, computeInstantRate, type Window } from './rate.ts';
import type { Expression } from './syntax.ts';
import { labelsKey, withoutLabels, withoutName, type VectorSample } from './value.ts';

/** Over the samples of a series; `undefined` leaves the series out. */
type RangeFunction = (values: readonly number[], series: SampledSeries, window: Window) => number | undefined;

const RANGE_FUNCTIONS: Readonly<Record<string, RangeFunction>> = {
  increase: (_, { samples }, window) => computeIncrease(samples, window),
  rate: (_, { samples }, window) => {
    const increase = computeIncrease(samples, window);
    return increase === undefined ? undefined : increase / ((window.to - window.from) / 1000);
  },
  irate: (_, { samples }) => computeInstantRate(samples),
  sum_over_time: (values) => sumOf(values),
  avg_over_time: (values) => sumOf(values) / values.length,
  min_over_time: (values) => extremeOf(values, (left, right) => left < right),
  max_over_time: (values) => extremeOf(values, (left, right) => left > right),
  count_over_time: (values) => values.length,
  last_over_time: (values) => values.at(-1),
};

const VECTOR_FUNCTIONS: Readonly<Record<string, (value: number, ...scalars: readonly number[]) => number | undefined>> =
  {
    abs: (value) => Math.abs(value),
    ceil: (value) => Math.ceil(value),
    floor: (value) => Math.floor(value),
    round: (value, nearest = 1) => Math.floor(value / nearest + 0.5) / (1 / nearest),
    clamp: (value, least = Number.NaN, most = Number.NaN) =>
      least > most ? undefined : Math.max(least, Math.min(most, value)),
    clamp_min: (value, least = Number.NaN) => Math.max(least, value),
    clamp_max: (value, most = Number.NaN) => Math.min(most, value),
  };

/** Tells whether a function works on ranges. */
export const isRangeFunction = (name: string): boolean => Object.hasOwn(RANGE_FUNCTIONS, name);
/** Tells whether a function works on each value of a vector. */
export const isVectorFunction = (name: string): boolean => Object.hasOwn(VECTOR_FUNCTIONS, name);

/** Applies a range function to each series. */
export const applyRangeFunction = (
  name: string,
  series: readonly SampledSeries[],
  window: Window,
): readonly VectorSample[] =>
  series.flatMap((each) => {
    const value = RANGE_FUNCTIONS[name]?.(
      each.samples.map((sample) => sample.value),
      each,
      window,
    );
    if (value === undefined) return [];
    return [{ labels: name === 'last_over_time' ? each.labels : withoutName(each.labels), value }];
  });

/** Applies a function of one value and some numbers to each sample. */
export const applyVectorFunction = (
  name: string,
  samples: readonly VectorSample[],
  scalars: readonly number[],
): readonly VectorSample[] =>
  samples.flatMap(({ labels, value }) => {
    const result = VECTOR_FUNCTIONS[name]?.(value, ...scalars);
    return result === undefined ? [] : [{ labels: withoutName(labels), value: result }];
  });

/** Quantiles of all histograms in a vector. */
export const applyHistogramQuantile = (quantile: number, samples: readonly VectorSample[]): readonly VectorSample[] => {
  const histograms = new Map<string, { readonly labels: Labels; readonly buckets: Bucket[] }>();
  for (const { labels, value } of samples) {
    const bound = parseBound(labels['le']);
    if (bound === undefined) continue;
    const rest = withoutLabels(labels, ['__name__', 'le']);
    const histogram = histograms.get(labelsKey(rest)) ?? { labels: rest, buckets: [] };
    histogram.buckets.push({ bound, count: value });
    histograms.set(labelsKey(rest), histogram);
  }
  return [...histograms.values()].map(({ labels, buckets }) => ({ labels, value: bucketQuantile(quantile, buckets) }));
};

/** 1 when there is nothing, with the labels the selector insists on. */
export const applyAbsent = (
  argument: Expression | undefined,
  samples: readonly VectorSample[],
): readonly VectorSample[] => (samples.length > 0 ? [] : [{ labels: labelsInsistedOn(argument), value: 1 }]);

/** The sum, with the errors of its additions carried along (Kahan–Neumaier), as upstream sums. */
export const sumOf = (values: readonly number[]): number => {
  let sum = 0;
  let carried = 0;
  for (const value of values) {
    const next = sum + value;
    // Where infinities meet, the correction would be NaN.
    if (Number.isFinite(next)) carried += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return Number.isFinite(sum) ? sum + carried : sum;
};

/** The extreme value; NaN only when there is nothing else. */
export const extremeOf = (values: readonly number[], wins: (left: number, right: number) => boolean): number =>
  values.reduce((best, value) => (Number.isNaN(best) || wins(value, best) ? value : best), Number.NaN);

const parseBound = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  if (/^\+?Inf$/i.test(text)) return Infinity;
  const bound = Number(text);
  return text === '' || Number.isNaN(bound) ? undefined : bound;
};

const labelsInsistedOn = (argument: Expression | undefined): Labels => {
  if (argument?.kind !== 'selector') return {};
  const { matchers } = argument;
  return Object.fromEntries(
    matchers.flatMap((matcher) => {
      const isOnly = matchers.filter(({ label }) => label === matcher.label).length === 1;
      return matcher.kind === 'equal' && isOnly && matcher.label !== '__name__' && matcher.value !== ''
        ? [[matcher.label, matcher.value]]
        : [];
    }),
  );
};
