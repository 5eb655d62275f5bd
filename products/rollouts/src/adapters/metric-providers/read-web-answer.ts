/**
 * What an HTTP answer measures. Pure. @spec RO-MP-04
 */
import type { Json } from '@argosy/base';
import { findJsonPath, toJsonText, type ExprValue } from '@argosy/expressions';

import type { Measurement, Metric } from '../../api/analysis.ts';
import { judgeMeasurement, toResult } from '../../analysis-run/judge-measurement.ts';
import type { MetricResponse } from './http-request.ts';

/** Phase, value and message of an answer. A body that is not JSON is measured as the text it is. */
export const readWebAnswer = (
  answer: MetricResponse,
  metric: Pick<Metric, 'successCondition' | 'failureCondition'>,
  jsonPath: string | undefined,
): Pick<Measurement, 'phase' | 'message' | 'value'> => {
  if (answer.status < 200 || answer.status >= 300)
    return { phase: 'Error', message: `received non 2xx response code: ${answer.status}` };
  const parsed = parseJson(answer.body);
  if (parsed === undefined) return { value: answer.body, ...judgeMeasurement(answer.body, metric) };
  const found = findJsonPath(parsed, jsonPath || '{$}');
  if (!found.ok) return { phase: 'Error', message: `jsonPath ${JSON.stringify(jsonPath)}: ${found.error}` };
  const [first] = found.value;
  if (first === undefined)
    return { phase: 'Error', message: `jsonPath ${JSON.stringify(jsonPath)} finds nothing in the answer` };
  const result: ExprValue = toResult(first);
  return { value: toJsonText(result), ...judgeMeasurement(result, metric) };
};

const parseJson = (text: string): Json | undefined => {
  try {
    return JSON.parse(text) as Json;
  } catch {
    // Not JSON: measured as text.
    return undefined;
  }
};
