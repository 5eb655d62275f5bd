/**
 * What the server measures of itself, under upstream's names. @spec https://kubernetes.io/docs/reference/instrumentation/metrics/
 */
import type { Clock } from '@argosy/base';
import type { RequestAttributes } from '@argosy/kube';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

import type { Store } from '../../store/store.ts';

/** Measures requests and tells of them. */
export interface ServerMetrics {
  /** Begins to measure a request; what it returns is called with the code of the answer once that was given. */
  begin(attributes: RequestAttributes): (code: number) => void;
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
    begin: (attributes) => {
      if (attributes.kind !== 'resource') return () => undefined;
      const labels = labelsOf(attributes);
      // Of streams only how many are open is of interest.
      const isLong = attributes.verb === 'watch' || attributes.subresource === 'log';
      const begun = deps.clock.now();
      if (isLong) watches.inc(labels);
      return (code) => {
        if (isLong) watches.dec(labels);
        requests.inc({ ...labels, code });
        if (!isLong) durations.observe(labels, (deps.clock.now() - begun) / 1000);
      };
    },
    text: () => {
      for (const resource of deps.store.resources())
        objects.set({ resource: resource.replace(/^\//, '') }, deps.store.count(resource));
      return registry.metrics();
    },
  };
};

const labelsOf = (attributes: Extract<RequestAttributes, { readonly kind: 'resource' }>) => {
  const { verb, group, resource, subresource = '', namespace, name } = attributes;
  const scope = name ? 'resource' : namespace ? 'namespace' : 'cluster';
  return { verb: verb.toUpperCase(), group, resource, subresource, scope };
};
