/**
 * The series a real Prometheus (2.42) was asked about, as it was given them: every 15 seconds from 2026-01-01T00:00:03Z,
 * so that no sample lies on the edge of a window.
 */
import type { Labels, SampledSeries } from '../measure/sample-store.ts';

const START_MS = Date.UTC(2026, 0, 1) + 3000;
const STEP_MS = 15_000;
const COUNT = 41;

const series = (name: string, labels: Labels, valueAt: (index: number) => number | undefined): SampledSeries => ({
  labels: { __name__: name, ...labels },
  samples: Array.from({ length: COUNT }, (_, index) => index).flatMap((index) => {
    const value = valueAt(index);
    return value === undefined ? [] : [{ at: START_MS + index * STEP_MS, value }];
  }),
});

const buckets = (svc: string, growth: Readonly<Record<string, number>>): readonly SampledSeries[] =>
  Object.entries(growth).map(([le, each]) => series('dur_bucket', { svc, le }, (index) => index * each));

/** The series. */
export const SERIES: readonly SampledSeries[] = [
  series('req', { ns: 'a', svc: 'web', code: '200' }, (index) => index * 7),
  // A counter that was reset.
  series('req', { ns: 'a', svc: 'web', code: '500' }, (index) => (index < 20 ? index : index - 20)),
  series('req', { ns: 'a', svc: 'api', code: '200' }, (index) => 100 + index * index),
  // One that began late.
  series('req', { ns: 'b', svc: 'web', code: '200' }, (index) => (index < 36 ? undefined : (index - 36) * 3)),
  series('zero', { ns: 'a' }, () => 0),
  series('gauge', { ns: 'a' }, (index) => [1.5, -2.25, 3, 0.125][index % 4]),
  series('gauge', { ns: 'b' }, (index) => 10 - index),
  ...buckets('web', { '0.1': 1, '0.5': 3, '1': 4, '+Inf': 5 }),
  ...buckets('api', { '0.1': 0, '0.5': 0, '1': 0, '+Inf': 2 }),
];
