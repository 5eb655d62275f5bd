/**
 * What the server measures of itself, under upstream's names. @spec https://kubernetes.io/docs/reference/instrumentation/metrics/
 */
import type { Clock } from '@argosy/base';
import type { RequestAttributes } from '@argosy/kube';
import { Gauge, Registry } from 'prom-client';

import type { Store } from '../../store/store.ts';
import { createRequestCounts, labelsOf } from './request-counts.ts';

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
  const counts = createRequestCounts(registry);
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
      // Of streams only how many are open is of interest.
      const isLong = attributes.verb === 'watch' || attributes.subresource === 'log';
      const begun = deps.clock.now();
      if (isLong) watches.inc(labelsOf(attributes));
      const alike = counts.of(attributes);
      return (code) => {
        alike.count(code);
        if (isLong) watches.dec(labelsOf(attributes));
        else alike.observe((deps.clock.now() - begun) / 1000);
      };
    },
    text: () => {
      for (const resource of deps.store.resources())
        objects.set({ resource: resource.replace(/^\//, '') }, deps.store.count(resource));
      return registry.metrics();
    },
  };
};
