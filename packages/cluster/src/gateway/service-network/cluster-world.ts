/**
 * Services and their endpoints as names and addresses need them, from informers.
 */
import type { Informer, InformerSet } from '@argosy/client';
import { ENDPOINT_SLICES, keyOf, NAMESPACES, PODS, SERVICES, type EndpointSlice, type Service } from '@argosy/kube';

import { SERVICE_NAME_LABEL } from '../backends/resolve-endpoints.ts';
import { CLUSTER_DOMAIN, type NamedWorld } from '../dns/decide-answer.ts';

/** The world, always as new as its informers. */
export interface ClusterWorld extends NamedWorld {
  readonly services: Informer<Service>;
  readonly synced: Promise<unknown>;
  /** Calls for each service of which something changed. */
  follow(onChange: (namespace: string, name: string) => void): Disposable;
}

const BY_SERVICE = 'network-service';
const BY_ADDRESS = 'network-address';

/** Creates it; asks the set for its informers at once. */
export const createClusterWorld = (informers: InformerSet, servesAddresses: () => boolean): ClusterWorld => {
  const services = informers.of({
    resource: SERVICES,
    indexes: { [BY_ADDRESS]: ({ spec }) => (spec?.clusterIP && spec.clusterIP !== 'None' ? [spec.clusterIP] : []) },
  });
  const slices = informers.of({ resource: ENDPOINT_SLICES, indexes: { [BY_SERVICE]: (slice) => [serviceOf(slice)] } });
  const pods = informers.of({
    resource: PODS,
    indexes: { [BY_ADDRESS]: ({ status }) => (status?.podIP ? [status.podIP] : []) },
  });
  const namespaces = informers.of({ resource: NAMESPACES });
  return {
    services,
    synced: Promise.all([services.synced, slices.synced, pods.synced, namespaces.synced]),
    service: (namespace, name) => services.get({ namespace, name }),
    slices: (namespace, name) => slices.byIndex(BY_SERVICE, `${namespace}/${name}`),
    hasNamespace: (name) => namespaces.get({ name }) !== undefined,
    serviceAt: (address) => services.byIndex(BY_ADDRESS, address)[0],
    podNameAt: (address) => {
      const found = pods.byIndex(BY_ADDRESS, address).find(({ spec }) => spec?.hostname && spec.subdomain);
      const { hostname, subdomain } = found?.spec ?? {};
      return found && `${hostname}.${subdomain}.${found.metadata.namespace}.svc.${CLUSTER_DOMAIN}`;
    },
    get servesAddresses() {
      return servesAddresses();
    },
    follow: (onChange) => {
      const tell = (key: string): void => {
        const [namespace = '', name = ''] = key.split('/');
        onChange(namespace, name);
      };
      const subscriptions = [
        services.onChange(({ object }) => tell(keyText(object))),
        slices.onChange((change) => {
          tell(serviceOf(change.object));
          if (change.kind === 'updated' && serviceOf(change.previous) !== serviceOf(change.object))
            tell(serviceOf(change.previous));
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

const keyText = (service: Service): string => {
  const { namespace = '', name } = keyOf(service);
  return `${namespace}/${name}`;
};

const serviceOf = ({ metadata }: EndpointSlice): string =>
  `${metadata.namespace ?? ''}/${metadata.labels?.[SERVICE_NAME_LABEL] ?? ''}`;
