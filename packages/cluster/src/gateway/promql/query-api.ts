/**
 * Prometheus' query API as a function of parameters. Pure. @spec https://prometheus.io/docs/prometheus/latest/querying/api/
 */
import type { Json } from '@argosy/base';

import type { Labels, SampleSource } from '../measure/sample-store.ts';
import { evaluate } from './evaluate.ts';
import { parseQuery } from './parse.ts';
import { parseDuration } from './read-tokens.ts';
import { ExecutionError, QueryError } from './syntax.ts';
import { typeOf } from './type-of.ts';
import { labelsKey, type QueryValue } from './value.ts';

/** An answer as Prometheus gives it. */
export interface QueryAnswer {
  readonly code: number;
  readonly body: Json;
}

/** What is asked of. */
export interface QueryScope {
  readonly source: SampleSource;
  /** In milliseconds. */
  readonly now: number;
}

/** Most steps of a range query. @upstream prometheus web/api/v1/api.go#queryRange */
const MOST_STEPS = 11_000;

/** Answers an instant query: parameters `query`, `time`. */
export const answerInstantQuery = (parameters: URLSearchParams, { source, now }: QueryScope): QueryAnswer =>
  answering(() => {
    // Samples stand on whole seconds; asked at one of them, rates need no extrapolation.
    const at = readTime(parameters, 'time') ?? Math.floor(now / 1000) * 1000;
    const value = evaluate(readQuery(parameters), { source, at });
    if (value.kind === 'scalar') return { resultType: 'scalar', result: toPoint(at, value.value) };
    if (value.kind === 'matrix')
      return {
        resultType: 'matrix',
        result: value.series.map(({ labels, samples }) => ({
          metric: labels,
          values: samples.map((sample) => toPoint(sample.at, sample.value)),
        })),
      };
    return {
      resultType: 'vector',
      result: value.samples.map((sample) => ({ metric: sample.labels, value: toPoint(at, sample.value) })),
    };
  });

/** Answers a range query: parameters `query`, `start`, `end`, `step`. */
export const answerRangeQuery = (parameters: URLSearchParams, { source }: QueryScope): QueryAnswer =>
  answering(() => {
    const start = required(readTime(parameters, 'start'), 'start');
    const end = required(readTime(parameters, 'end'), 'end');
    const step = required(readStep(parameters), 'step');
    if (end < start) throw new QueryError('invalid parameter "end": end timestamp must not be before start time');
    if (step <= 0)
      throw new QueryError(
        'invalid parameter "step": zero or negative query resolution step widths are not accepted. Try a positive integer',
      );
    if ((end - start) / step > MOST_STEPS)
      throw new QueryError(
        'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
      );
    const query = readQuery(parameters);
    if (typeOf(query) === 'range vector')
      throw new QueryError(
        'invalid parameter "query": invalid expression type "range vector" for range query, must be Scalar or instant Vector',
      );
    const instants = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, index) => start + index * step);
    const rows = instants.map((at) => ({ at, value: evaluate(query, { source, at }) }));
    return { resultType: 'matrix', result: toMatrix(rows) };
  });

/** Writes a number as Go's `strconv.FormatFloat(v, 'f', -1, 64)`. */
export const formatValue = (value: number): string => {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  const text = String(value);
  const scientific = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (!scientific) return text;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = scientific;
  const point = whole.length + Number(exponent);
  const digits = whole + fraction;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return point >= digits.length
    ? `${sign}${digits}${'0'.repeat(point - digits.length)}`
    : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
};

const answering = (compute: () => Json): QueryAnswer => {
  try {
    return { code: 200, body: { status: 'success', data: compute() } };
  } catch (thrown) {
    if (thrown instanceof QueryError) return refusal(400, 'bad_data', thrown.message);
    if (thrown instanceof ExecutionError) return refusal(422, 'execution', thrown.message);
    throw thrown;
  }
};

const refusal = (code: number, errorType: string, error: string): QueryAnswer => ({
  code,
  body: { status: 'error', errorType, error },
});

const readQuery = (parameters: URLSearchParams) => {
  try {
    return parseQuery(parameters.get('query') ?? '');
  } catch (thrown) {
    if (thrown instanceof QueryError) throw new QueryError(`invalid parameter "query": ${thrown.message}`);
    throw thrown;
  }
};

const required = (value: number | undefined, name: string): number => {
  if (value === undefined) throw new QueryError(`invalid parameter ${JSON.stringify(name)}: it is required`);
  return value;
};

/** Seconds since 1970, or RFC 3339; in milliseconds. */
const readTime = (parameters: URLSearchParams, name: string): number | undefined => {
  const text = parameters.get(name);
  if (text === null || text === '') return undefined;
  const ms = /^-?[\d.]+(e[+-]?\d+)?$/i.test(text) ? Math.round(Number(text) * 1000) : Date.parse(text);
  if (Number.isNaN(ms))
    throw new QueryError(
      `invalid parameter ${JSON.stringify(name)}: cannot parse ${JSON.stringify(text)} to a valid timestamp`,
    );
  return ms;
};

const readStep = (parameters: URLSearchParams): number | undefined => {
  const text = parameters.get('step');
  if (text === null || text === '') return undefined;
  const ms = /^-?[\d.]+$/.test(text) ? Number(text) * 1000 : parseDuration(text);
  if (ms === undefined || Number.isNaN(ms))
    throw new QueryError(`invalid parameter "step": cannot parse ${JSON.stringify(text)} to a valid duration`);
  return ms;
};

const toPoint = (at: number, value: number): [number, string] => [at / 1000, formatValue(value)];

const toMatrix = (rows: readonly { readonly at: number; readonly value: QueryValue }[]): Json => {
  const all = new Map<string, { readonly metric: Labels; readonly values: [number, string][] }>();
  for (const { at, value } of rows) {
    const samples =
      value.kind === 'scalar' ? [{ labels: {}, value: value.value }] : value.kind === 'vector' ? value.samples : [];
    for (const sample of samples) {
      const key = labelsKey(sample.labels);
      const series = all.get(key) ?? { metric: sample.labels, values: [] };
      series.values.push(toPoint(at, sample.value));
      all.set(key, series);
    }
  }
  return [...all.values()].map(({ metric, values }) => ({ metric: { ...metric }, values }));
};
