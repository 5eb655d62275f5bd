/**
 * What stands behind the addresses of services: one listener per address, port and protocol that has somebody to lead to. Pure.
 * @upstream kubernetes pkg/proxy/{serviceport,endpointslicecache}.go
 */
import type { EndpointSlice, Service, ServicePort } from '@argosy/kube';

/** A place that takes connections. */
export interface Target {
  readonly address: string;
  readonly port: number;
}

/** One port of one service that can be reached. */
export interface ServiceListener {
  readonly address: string;
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP';
  /** Never empty: nobody listens where there is nobody to lead to, so clients are refused as by a real cluster. */
  readonly targets: readonly Target[];
  /** Seconds for which a client keeps its target; absent without session affinity. */
  readonly affinitySeconds?: number;
  /** For people: `namespace/name:port`. */
  readonly name: string;
}

const AFFINITY_SECONDS = 10_800;

/** Identity of a listener among those of all services. Pure. */
export const listenerKey = ({ address, port, protocol }: Omit<ServiceListener, 'targets' | 'name'>): string =>
  `${protocol} ${address}:${port}`;

/** Where services are reached. */
export interface ListenerPlaces {
  /** Whether addresses of services lead to this machine. */
  readonly servesAddresses: boolean;
  /** This machine's own address, for node ports, and for load balancers where addresses of services lead nowhere. */
  readonly nodeAddress: string;
}

/** The listeners of a service. `slices` are its own. */
export const decideListeners = (
  service: Service,
  slices: readonly EndpointSlice[],
  places: ListenerPlaces,
): readonly ServiceListener[] => {
  const { clusterIP, type, ports = [] } = service.spec ?? {};
  if (!clusterIP || clusterIP === 'None' || type === 'ExternalName') return [];
  return ports.flatMap((port) => {
    const protocol = port.protocol ?? 'TCP';
    const targets = targetsOf(port, slices);
    if ((protocol !== 'TCP' && protocol !== 'UDP') || targets.length === 0) return [];
    const name = `${service.metadata.namespace ?? ''}/${service.metadata.name ?? ''}:${port.name ?? port.port}`;
    return addressesOf(service, port, places).map((at) => ({ ...at, protocol, targets, ...affinityOf(service), name }));
  });
};

const addressesOf = (
  { spec }: Service,
  port: ServicePort,
  { servesAddresses, nodeAddress }: ListenerPlaces,
): readonly Pick<ServiceListener, 'address' | 'port'>[] => [
  ...(servesAddresses && spec?.clusterIP ? [{ address: spec.clusterIP, port: port.port }] : []),
  ...(!servesAddresses && spec?.type === 'LoadBalancer' ? [{ address: nodeAddress, port: port.port }] : []),
  ...(port.nodePort ? [{ address: nodeAddress, port: port.nodePort }] : []),
];

/** Ready endpoints; when none is, those that end but still serve. */
const targetsOf = (port: ServicePort, slices: readonly EndpointSlice[]): readonly Target[] => {
  const all = slices.flatMap((slice) => {
    const found = (slice.ports ?? []).find((one) => (one.name ?? '') === (port.name ?? ''));
    if (found?.port === undefined) return [];
    return slice.endpoints.map((endpoint) => ({ endpoint, port: found.port ?? 0 }));
  });
  const ready = all.filter(({ endpoint }) => endpoint.conditions?.ready !== false);
  const serving = all.filter(
    ({ endpoint: { conditions } }) => conditions?.serving === true && conditions.terminating === true,
  );
  return (ready.length > 0 ? ready : serving).flatMap(({ endpoint, port: number }) =>
    endpoint.addresses.slice(0, 1).map((address) => ({ address, port: number })),
  );
};

const affinityOf = (service: Service): { readonly affinitySeconds?: number } => {
  const spec = service.spec as {
    readonly sessionAffinity?: string;
    readonly sessionAffinityConfig?: { readonly clientIP?: { readonly timeoutSeconds?: number } };
  };
  if (spec.sessionAffinity !== 'ClientIP') return {};
  return { affinitySeconds: spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? AFFINITY_SECONDS };
};
