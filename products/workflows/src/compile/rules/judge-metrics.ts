/**
 * Metrics of a workflow or template. @spec WF-VAL-10, WF-VAR-19
 */
import { listOf, objectOf, textOf, type Finding, type Loose } from './finding.ts';

const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const KINDS = ['gauge', 'histogram', 'counter'];

/** Judges a `metrics` block. */
export const judgeMetrics = (field: string, metrics: Loose): readonly Finding[] =>
  listOf(metrics['prometheus']).flatMap((metric) => judgeMetric(field, metric).slice(0, 1));

const judgeMetric = (field: string, metric: Loose): readonly Finding[] => {
  const name = textOf(metric['name']);
  const kinds = KINDS.filter((kind) => metric[kind] !== undefined);
  const [kind = ''] = kinds;
  const body = objectOf(metric[kind]);
  const findings: Finding[] = [];
  const add = (rule: string, message: string): void => void findings.push({ rule, field, message });
  if (!NAME.test(name))
    add('metric-name bad-characters', `metric name '${name}' is invalid: it must match ${NAME.source}`);
  for (const label of listOf(metric['labels']))
    if (!NAME.test(textOf(label['key'])))
      add(
        'metric-label bad-characters',
        `metric label '${textOf(label['key'])}' is invalid: it must match ${NAME.source}`,
      );
  if (textOf(metric['help']) === '')
    add('metric-help missing', `metric '${name}' must contain a help string under 'help: ' field`);
  if (kinds.length !== 1) add('metric-kind', `metric '${name}' must have exactly one of ${KINDS.join(', ')}`);
  else if (body['value'] === undefined || body['value'] === '')
    add(`metric-${kind} missing-value`, `metric '${name}' needs a value: ${kind}.value is required`);
  if (body['realtime'] === true && textOf(body['value']).includes('resourcesDuration.'))
    add('metric-gauge realtime', `metric '${name}': 'resourcesDuration.*' metrics cannot be used in real-time`);
  return findings;
};
