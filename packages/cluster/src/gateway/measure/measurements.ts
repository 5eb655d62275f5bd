/**
 * Counts requests and times them: for Prometheus to scrape, and over the last minutes for our own query API.
 */
import { Counter, Histogram, Registry } from 'prom-client';

import type { Clock } from '@argosy/base';

import { createSampleStore, type Labels, type SampleSource } from './sample-store.ts';

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
/** Most label sets in the exposition; whatever comes beyond is summed under empty labels. */
const MOST_BACKENDS = 1000;

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
  const known = new Set<string>();

  return {
    samples,
    exposition: async () => ({ text: await registry.metrics(), contentType: registry.contentType }),
    record: (backend, code, seconds) => {
      const labels = bounded(known, toLabels(backend));
      counter.inc({ ...labels, code: String(code) });
      histogram.observe(labels, seconds);
      const identity = Object.values(labels).join('\n');
      const add = (name: string, extra: Labels, by: number): boolean =>
        samples.add(
          withoutEmpty({ __name__: name, ...labels, ...extra }),
          `${name}\n${identity}\n${extra['code'] ?? extra['le'] ?? ''}`,
          by,
        );
      add(REQUESTS, { code: String(code) }, 1);
      add(`${DURATION}_sum`, {}, seconds);
      add(`${DURATION}_count`, {}, 1);
      for (const bound of BUCKETS) add(`${DURATION}_bucket`, { le: String(bound) }, seconds <= bound ? 1 : 0);
      add(`${DURATION}_bucket`, { le: '+Inf' }, 1);
    },
  };
};

const toLabels = (backend: MeasuredBackend): Labels => ({
  namespace: backend.namespace,
  service: backend.service,
  route: backend.route,
  pod_template_hash: backend.podTemplateHash,
});

const bounded = (known: Set<string>, labels: Labels): Labels => {
  const identity = Object.values(labels).join('\n');
  if (known.has(identity)) return labels;
  if (known.size >= MOST_BACKENDS) return toLabels({ namespace: '', service: '', route: '', podTemplateHash: '' });
  known.add(identity);
  return labels;
};

/** To Prometheus an empty label is no label. */
const withoutEmpty = (labels: Labels): Labels =>
  Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''));
