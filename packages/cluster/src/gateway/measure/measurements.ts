/**
 * Counts requests and times them: for Prometheus to scrape, and over the last minutes for our own query API.
 */
import { Counter, Histogram, Registry } from 'prom-client';

import type { Clock } from '@argosy/base';

import {
  createSampleStore,
  DEFAULT_LIMITS,
  type Labels,
  type SampledCounter,
  type SampleSource,
  type SampleStore,
} from './sample-store.ts';

/** Whom a request was for; empty texts where it reached nobody. */
export interface MeasuredBackend {
  readonly namespace: string;
  readonly service: string;
  readonly route: string;
  readonly podTemplateHash: string;
}

/** The measurements of a gateway. */
export interface Measurements {
  /** Records a request that has ended, with its status code and how long it took in seconds. */
  record(backend: MeasuredBackend, code: number, seconds: number): void;
  /** The text exposition and its content type. */
  exposition(): Promise<{ readonly text: string; readonly contentType: string }>;
  readonly samples: SampleSource;
}

/** Upper bounds in seconds, Prometheus' usual ones. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const REQUESTS = 'argosy_gateway_requests_total';
const DURATION = 'argosy_gateway_request_duration_seconds';
const BACKEND_LABELS = ['namespace', 'service', 'route', 'pod_template_hash'];
/** Most backends at a time; those at rest give way, and whatever is still too much is summed under empty labels. */
const MOST_BACKENDS = 400;
/** After this long without a request a backend is at rest: as long as samples are kept. */
const IDLE_MS = DEFAULT_LIMITS.keptMs;
/** Looking for those costs a walk over all backends: not for every request. */
const IDLE_CHECK_MS = 10_000;

/** Creates measurements; nothing is recorded yet. */
export const createMeasurements = (deps: { readonly clock: Clock }): Measurements => {
  const registry = new Registry();
  const counter = new Counter({
    name: REQUESTS,
    help: 'Requests the gateway answered, by backend and status code.',
    labelNames: [...BACKEND_LABELS, 'code'],
    registers: [registry],
  });
  const histogram = new Histogram({
    name: DURATION,
    help: 'Seconds from the arrival of a request to the end of its answer.',
    labelNames: BACKEND_LABELS,
    buckets: BUCKETS,
    registers: [registry],
  });
  const samples = createSampleStore(() => deps.clock.now());
  const known = new Map<string, BackendCounters>();

  const nobody = createCounters(samples, NOBODY);
  let lookedForIdleAt = -Infinity;

  /** Old versions of what rolls out would otherwise stay for ever. */
  const forgetIdle = (): void => {
    const now = deps.clock.now();
    if (now - lookedForIdleAt < IDLE_CHECK_MS) return;
    lookedForIdleAt = now;
    for (const [identity, { labels, lastAt, codes, forget }] of known) {
      if (now - lastAt() < IDLE_MS) continue;
      known.delete(identity);
      forget();
      histogram.remove(labels);
      for (const code of codes()) counter.remove({ ...labels, code: String(code) });
    }
  };
  const countersOf = (labels: Labels): BackendCounters => {
    const identity = Object.values(labels).join('\n');
    const found = known.get(identity);
    if (found) return found;
    if (known.size >= MOST_BACKENDS) forgetIdle();
    if (known.size >= MOST_BACKENDS) return nobody;
    const created = createCounters(samples, labels);
    known.set(identity, created);
    return created;
  };
  return {
    samples,
    exposition: async () => ({ text: await registry.metrics(), contentType: registry.contentType }),
    record: (backend, code, seconds) => {
      const counters = countersOf(toLabels(backend));
      counter.inc({ ...counters.labels, code: String(code) });
      histogram.observe(counters.labels, seconds);
      counters.record(code, seconds, deps.clock.now());
    },
  };
};

/** The series of one backend. */
interface BackendCounters {
  readonly labels: Labels;
  record(code: number, seconds: number, now: number): void;
  /** When it was last recorded. */
  readonly lastAt: () => number;
  /** Codes it has answered. */
  readonly codes: () => readonly number[];
  /** Forgets its samples. */
  readonly forget: () => void;
}

const createCounters = (samples: SampleStore, labels: Labels): BackendCounters => {
  const series = (name: string, extra: Labels = {}): SampledCounter =>
    samples.counter(withoutEmpty({ __name__: name, ...labels, ...extra }));
  const sum = series(`${DURATION}_sum`);
  const count = series(`${DURATION}_count`);
  const infinite = series(`${DURATION}_bucket`, { le: '+Inf' });
  const buckets = BUCKETS.map((bound) => ({ bound, series: series(`${DURATION}_bucket`, { le: String(bound) }) }));
  const codes = new Map<number, SampledCounter>();
  let lastAt = -Infinity;
  return {
    labels,
    lastAt: () => lastAt,
    codes: () => [...codes.keys()],
    forget: () => {
      const ofBuckets = buckets.map((bucket) => bucket.series);
      for (const each of [sum, count, infinite, ...ofBuckets, ...codes.values()]) each.forget();
    },
    record: (code, seconds, now) => {
      lastAt = now;
      const requests = codes.get(code) ?? series(REQUESTS, { code: String(code) });
      codes.set(code, requests);
      requests.add(1);
      sum.add(seconds);
      count.add(1);
      // Every bucket has samples from the first request on, as in an exposition.
      for (const bucket of buckets) bucket.series.add(seconds <= bucket.bound ? 1 : 0);
      infinite.add(1);
    },
  };
};

/** Stands for all backends beyond the limit. */
const NOBODY: Labels = { namespace: '', service: '', route: '', pod_template_hash: '' };

const toLabels = (backend: MeasuredBackend): Labels => ({
  namespace: backend.namespace,
  service: backend.service,
  route: backend.route,
  pod_template_hash: backend.podTemplateHash,
});

/** To Prometheus an empty label is no label. */
const withoutEmpty = (labels: Labels): Labels =>
  Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''));
