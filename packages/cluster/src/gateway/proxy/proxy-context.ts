/** What answering a request needs. */
import type { Agent } from 'node:http';

import type { Clock, Logger, Random } from '@argosy/base';

import type { BackendDirectory } from '../backends/backend-directory.ts';
import type { BackendEndpoint } from '../backends/resolve-endpoints.ts';
import type { MeasuredBackend, Measurements } from '../measure/measurements.ts';
import { nextPoint } from '../routes/pick-backend.ts';
import type { RouteRule, WeightedBackend } from '../routes/route.ts';
import type { RoutingTable } from '../routes/compile-routes.ts';

/** Shared by all requests. */
export interface ProxyContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly agent: Agent;
  readonly directory: BackendDirectory;
  readonly measurements: Measurements;
  /** The routes as of now; `undefined` while they are not known yet. */
  table(): RoutingTable | undefined;
  /** The next place in the sequence of a rule, in [0, 1). */
  pointOf(rule: RouteRule): number;
}

/** Gives every rule a sequence of its own; a changed rule begins anew at a random place. */
export const createPoints = (random: Random): ((rule: RouteRule) => number) => {
  const points = new WeakMap<RouteRule, number>();
  return (rule) => {
    const point = nextPoint(points.get(rule) ?? random.next());
    points.set(rule, point);
    return point;
  };
};

/** How a request is counted. */
export const measuredAs = (
  { directory }: Pick<ProxyContext, 'directory'>,
  rule: RouteRule | undefined,
  chosen: { readonly backend?: WeightedBackend; readonly endpoint?: BackendEndpoint },
): MeasuredBackend => {
  const namespace = chosen.backend?.service.namespace ?? rule?.route.namespace ?? '';
  return {
    namespace,
    service: chosen.backend?.service.name ?? '',
    route: rule?.route.name ?? '',
    podTemplateHash: directory.templateHash(namespace, chosen.endpoint?.pod),
  };
};
