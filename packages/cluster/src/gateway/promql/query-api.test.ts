import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import type { Labels, SampleSource } from '../measure/sample-store.ts';
import { SERIES } from './prometheus-series.ts';
import { answerInstantQuery, answerRangeQuery, formatValue } from './query-api.ts';
import { labelsKey } from './value.ts';

/** A question to a real Prometheus 2.42 that had the same series, and what it answered. */
interface Asked {
  readonly query: string;
  readonly start?: number;
  readonly end?: number;
  readonly step?: string;
  readonly code: number;
  readonly data?: QueryData;
}
interface QueryData {
  readonly resultType: string;
  readonly result: readonly unknown[];
}

const ANSWERS = JSON.parse(
  readFileSync(new URL('prometheus-answers.json', import.meta.url), 'utf8'),
) as readonly Asked[];
const AT = Date.UTC(2026, 0, 1, 0, 10) / 1000;

const source: SampleSource = {
  select: (accepts, from, to) =>
    SERIES.filter(({ labels }) => accepts(labels))
      .map(({ labels, samples }) => ({ labels, samples: samples.filter(({ at }) => at > from && at <= to) }))
      .filter(({ samples }) => samples.length > 0),
};
const scope = { source, now: AT * 1000 };

const askUs = ({ query, start, end, step }: Asked) =>
  start === undefined
    ? answerInstantQuery(new URLSearchParams({ query, time: String(AT) }), scope)
    : answerRangeQuery(new URLSearchParams({ query, start: String(start), end: String(end), step: step ?? '' }), scope);

/** Series have no order; the last digits of a float depend on the order of additions. */
const comparable = (data: QueryData | undefined): unknown => {
  const rounded = JSON.parse(JSON.stringify(data ?? null), (_, value: unknown) =>
    typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(Number(value).toPrecision(12)) : value,
  ) as QueryData | null;
  if (rounded === null || rounded.resultType === 'scalar') return rounded;
  const sorted = [...(rounded.result as readonly { readonly metric: Labels }[])].sort((left, right) =>
    labelsKey(left.metric) < labelsKey(right.metric) ? -1 : 1,
  );
  return { ...rounded, result: sorted };
};

describe('agrees with Prometheus on', () => {
  it.each(ANSWERS.map((asked) => ({ ...asked, name: `${asked.query} ${asked.start ? 'over time' : ''}` })))(
    '$name',
    (asked) => {
      const { code, body } = askUs(asked);
      const { data } = body as { readonly data?: QueryData };
      expect({ code, data: comparable(data) }).toEqual({ code: asked.code, data: comparable(asked.data) });
    },
  );
  it('a table that is not empty', () => expect(ANSWERS.length).toBeGreaterThan(150));
});

describe('refuses by name', () => {
  it.each([
    ['topk(2, req)', 'aggregation topk'],
    ['quantile by (ns) (0.5, req)', 'aggregation quantile'],
    ['label_replace(req, "a", "$1", "svc", "(.*)")', 'function label_replace'],
    ['req * on(svc) group_left ns', 'group_left'],
    ['req @ 1', 'the @ modifier'],
    ['max_over_time(rate(req[1m])[5m:15s])', 'subqueries'],
    ['predict_linear(req[5m], 60)', 'function predict_linear'],
    ['1 atan2 2', 'operator atan2'],
    ['"text"', 'string literals as values'],
  ])('%s', (query, what) => {
    const { code, body } = answerInstantQuery(new URLSearchParams({ query }), scope);
    expect({ code, body }).toEqual({
      code: 400,
      body: { status: 'error', errorType: 'bad_data', error: `invalid parameter "query": not supported: ${what}` },
    });
  });
});

describe('formatValue', () => {
  it.each([
    [1e21, '1000000000000000000000'],
    [1.5e-9, '0.0000000015'],
    [-1.25e22, '-12500000000000000000000'],
    [0, '0'],
    [-0, '-0'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [Number.NaN, 'NaN'],
  ])('writes %d', (value, text) => expect(formatValue(value)).toBe(text));
});
