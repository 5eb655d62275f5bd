/**
 * What the server measures of itself, under upstream's names. @spec https://kubernetes.io/docs/reference/instrumentation/metrics/
 */
import type { ServerResponse } from 'node:http';

import type { Clock } from '@argosy/base';
import type { RequestAttributes } from '@argosy/kube';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

import type { Store } from '../../store/store.ts';

/** Measures requests and tells of them. */
export interface ServerMetrics {
  /** Counts a request once it was answered, and how long that took; of streams only how long they were open. */
  watch(attributes: RequestAttributes, response: ServerResponse): void;
  /** Everything, in Prometheus' text form. */
  text(): Promise<string>;
}

const LABELS = ['verb', 'group', 'resource', 'subresource', 'scope'] as const;

/** Creates the metrics of one server. */
export const createServerMetrics = (deps: { readonly clock: Clock; readonly store: Store }): ServerMetrics => {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: 'apiserver_request_total',
    help: 'Requests that were answered, by what they asked for and the code of the answer.',
    labelNames: [...LABELS, 'code'],
    registers,
  });
  const durations = new Histogram({
    name: 'apiserver_request_duration_seconds',
    help: 'How long answers took; watches and logs are not among them.',
    labelNames: [...LABELS],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30],
    registers,
  });
  const watches = new Gauge({
    name: 'apiserver_longrunning_requests',
    help: 'Watches and streams that are open now.',
    labelNames: [...LABELS],
    registers,
  });
  const objects = new Gauge({
    name: 'apiserver_storage_objects',
    help: 'Objects in the store.',
    labelNames: ['resource'],
    registers,
  });
  return {
    watch: (attributes, response) => {
      if (attributes.kind !== 'resource') return;
      const { verb, group, resource, subresource = '', namespace, name } = attributes;
      const scope = name ? 'resource' : namespace ? 'namespace' : 'cluster';
      const labels = { verb: verb.toUpperCase(), group, resource, subresource, scope };
      const isLong = verb === 'watch' || subresource === 'log';
      const begun = deps.clock.now();
      if (isLong) watches.inc(labels);
      response.once('close', () => {
        if (isLong) watches.dec(labels);
        requests.inc({ ...labels, code: String(response.statusCode) });
        if (!isLong) durations.observe(labels, (deps.clock.now() - begun) / 1000);
      });
    },
    text: () => {
      for (const resource of deps.store.resources())
        objects.set({ resource: resource.replace(/^\//, '') }, deps.store.count(resource));
      return registry.metrics();
    },
  };
};
