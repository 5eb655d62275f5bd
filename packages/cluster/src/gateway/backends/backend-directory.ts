/**
 * Knows the endpoints behind every service, from informers; what was resolved is kept until something it depends on
 * changes.
 */
import type { Clock } from '@argosy/base';
import type { InformerSet } from '@argosy/client';
import { ENDPOINT_SLICES, PODS, SERVICES, type EndpointSlice, type Service } from '@argosy/kube';

import type { ServiceReference } from '../routes/route.ts';
import {
  resolveEndpoints,
  SERVICE_NAME_LABEL,
  type BackendEndpoint,
  type ResolvedService,
} from './resolve-endpoints.ts';

/** The backends of the cluster. */
export interface BackendDirectory {
  resolve(reference: ServiceReference): ResolvedService;
  /**
   * The next endpoint of a service's in turn, other than `except`; `undefined` when there is none. Those that could not
   * be reached a moment ago come last.
   */
  take(
    reference: ServiceReference,
    endpoints: readonly BackendEndpoint[],
    except?: BackendEndpoint,
  ): BackendEndpoint | undefined;
  /** Says that an endpoint could not be reached. */
  avoid(endpoint: BackendEndpoint): void;
  /** The hash of the template a pod was made of, or empty. */
  templateHash(namespace: string, pod: string | undefined): string;
  hasService(reference: Pick<ServiceReference, 'namespace' | 'name'>): boolean;
  /** Keeps what was resolved true, until disposed. */
  follow(): Disposable;
  readonly synced: Promise<unknown>;
}

const BY_SERVICE = 'gateway-service';
/** Rollouts' label first: its pods may carry both. */
const HASH_LABELS = ['rollouts-pod-template-hash', 'pod-template-hash'];

/** How long an endpoint that could not be reached is asked last: about as long as a starting or ending process takes to tell. */
const AVOIDED_MS = 1000;

/** Creates the directory; it asks the set for its informers at once. */
export const createBackendDirectory = ({
  informers,
  clock,
}: {
  readonly informers: InformerSet;
  readonly clock: Clock;
}): BackendDirectory => {
  const services = informers.of({ resource: SERVICES });
  const pods = informers.of({ resource: PODS });
  const slices = informers.of({ resource: ENDPOINT_SLICES, indexes: { [BY_SERVICE]: (slice) => [serviceOf(slice)] } });
  const resolved = new Map<string, Map<string, ResolvedService>>();
  const turns = new Map<string, number>();
  const avoided = createAvoidance(clock);

  const forget = (service: string): void => {
    resolved.delete(service);
  };
  return {
    synced: Promise.all([services.synced, pods.synced, slices.synced]),
    avoid: avoided.add,
    hasService: (key) => services.get(key) !== undefined,
    templateHash: (namespace, pod) => {
      const labels = pod === undefined ? undefined : pods.get({ namespace, name: pod })?.metadata.labels;
      return HASH_LABELS.map((label) => labels?.[label]).find((hash) => hash !== undefined) ?? '';
    },
    resolve: (reference) => {
      const key = `${reference.namespace}/${reference.name}`;
      const ports = resolved.get(key) ?? new Map<string, ResolvedService>();
      const port = `${typeof reference.port} ${reference.port}`;
      const known =
        ports.get(port) ?? resolveEndpoints(reference, services.get(reference), slices.byIndex(BY_SERVICE, key));
      resolved.set(key, ports.set(port, known));
      return known;
    },
    take: (reference, endpoints, except) => {
      const key = `${reference.namespace}/${reference.name}`;
      const others = avoided.last(
        except ? endpoints.filter((endpoint) => !isSameEndpoint(endpoint, except)) : endpoints,
      );
      const turn = ((turns.get(key) ?? -1) + 1) % Math.max(others.length, 1);
      turns.set(key, turn);
      return others[turn];
    },
    follow: () => {
      const subscriptions = [
        services.onChange(({ kind, object }) => {
          forget(keyText(object));
          if (kind === 'deleted') turns.delete(keyText(object));
        }),
        slices.onChange((change) => {
          forget(serviceOf(change.object));
          if (change.kind === 'updated') forget(serviceOf(change.previous));
        }),
      ];
      return {
        [Symbol.dispose]: () => {
          for (const subscription of subscriptions) subscription[Symbol.dispose]();
        },
      };
    },
  };
};

/** Remembers for a moment who could not be reached. */
const createAvoidance = (clock: Clock) => {
  const until = new Map<string, number>();
  const nameOf = ({ address, port }: BackendEndpoint): string => `${address} ${port}`;
  return {
    add: (endpoint: BackendEndpoint): void => {
      const now = clock.now();
      for (const [name, at] of until) if (at <= now) until.delete(name);
      until.set(nameOf(endpoint), now + AVOIDED_MS);
    },
    /** The endpoints that are not avoided, or all when there are no others. */
    last: (endpoints: readonly BackendEndpoint[]): readonly BackendEndpoint[] => {
      if (until.size === 0) return endpoints;
      const now = clock.now();
      const good = endpoints.filter((endpoint) => (until.get(nameOf(endpoint)) ?? 0) <= now);
      return good.length > 0 ? good : endpoints;
    },
  };
};

const keyText = ({ metadata }: Service): string => `${metadata.namespace ?? ''}/${metadata.name ?? ''}`;

const serviceOf = ({ metadata }: EndpointSlice): string =>
  `${metadata.namespace ?? ''}/${metadata.labels?.[SERVICE_NAME_LABEL] ?? ''}`;

const isSameEndpoint = (left: BackendEndpoint, right: BackendEndpoint): boolean =>
  left.address === right.address && left.port === right.port;
