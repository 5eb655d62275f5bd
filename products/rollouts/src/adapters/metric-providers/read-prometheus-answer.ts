/**
 * What an answer of Prometheus measures. Pure. @spec RO-MP-02, RO-SE-31
 */
import { isObject, type Json } from '@argosy/base';

import type { Measurement, Metric } from '../../api/analysis.ts';
import { judgeMeasurement } from '../../analysis-run/judge-measurement.ts';

/** Result of a query: its type, and the samples' texts. */
export interface PrometheusResult {
  readonly type: string;
  readonly values: readonly string[];
}

/** Reads the body of `/api/v1/query`; a text is what went wrong. */
export const parsePrometheusAnswer = (
  status: number,
  body: string,
): { readonly result: PrometheusResult; readonly warnings: readonly string[] } | string => {
  const parsed = parse(body);
  if (!isObject(parsed)) return `HTTP ${status}: the answer is not JSON`;
  const data = parsed['data'];
  if (parsed['status'] !== 'success' || !isObject(data))
    return `HTTP ${status}: ${typeof parsed['error'] === 'string' ? parsed['error'] : 'the answer tells no result'}`;
  const warnings = Array.isArray(parsed['warnings']) ? parsed['warnings'].map(String) : [];
  const values = samplesOf(data['resultType'], data['result']);
  return values ? { result: values, warnings } : `metric type ${JSON.stringify(data['resultType'])} not supported`;
};

/** Judges a result: a scalar is a number, a vector or matrix an array of numbers, also with one element. */
export const judgePrometheus = (
  result: PrometheusResult,
  metric: Pick<Metric, 'successCondition' | 'failureCondition'>,
): Pick<Measurement, 'phase' | 'message' | 'value'> => {
  const numbers = result.values.map(toNumber);
  if (result.type === 'scalar') {
    const value = numbers[0] ?? Number.NaN;
    return { value: formatNumber(value), ...judgeMeasurement(value, metric) };
  }
  return { value: `[${numbers.map(formatNumber).join(',')}]`, ...judgeMeasurement(numbers, metric) };
};

const parse = (body: string): Json | undefined => {
  try {
    return JSON.parse(body) as Json;
  } catch {
    // The caller says that it is not JSON.
    return undefined;
  }
};

const samplesOf = (type: unknown, result: unknown): PrometheusResult | undefined => {
  if (!Array.isArray(result)) return undefined;
  if (type === 'scalar') return { type, values: [String(result[1])] };
  if (type === 'vector') return { type, values: result.map((series) => String(pairOf(series, 'value')[1])) };
  if (type === 'matrix')
    return {
      type,
      values: result.flatMap((series) =>
        pairOf(series, 'values').map((sample) => String(Array.isArray(sample) ? sample[1] : sample)),
      ),
    };
  return undefined;
};

const pairOf = (series: unknown, field: 'value' | 'values'): readonly unknown[] => {
  const found = isObject(series) ? (series as Readonly<Record<string, unknown>>)[field] : undefined;
  return Array.isArray(found) ? found : [];
};

const toNumber = (text: string): number => {
  if (/^\+?inf$/i.test(text)) return Infinity;
  if (/^-inf$/i.test(text)) return -Infinity;
  return Number(text);
};

const formatNumber = (value: number): string => {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return String(value);
};
