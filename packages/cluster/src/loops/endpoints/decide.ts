/**
 * The older form of what stands behind a Service, and slices for what users put there themselves.
 * @upstream kubernetes pkg/controller/{endpoint,endpointslicemirroring}
 */
import type { Endpoint, EndpointAddress, EndpointPort, EndpointSlice, EndpointSubset, Service } from '@argosy/kube';

/** Most addresses of one object; upstream cuts there as well, and says so. */
export const MOST_ADDRESSES = 1000;
/** Says that addresses were left out. @spec https://kubernetes.io/docs/reference/labels-annotations-taints/#endpoints-kubernetes-io-over-capacity */
export const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity';

/** What an Endpoints object says. */
export interface EndpointsContent {
  readonly subsets: readonly EndpointSubset[];
  readonly isCut: boolean;
}

/** The subsets of a service from its slices: one for each set of ports. Ready addresses come first when there are too many. */
export const computeSubsets = (service: Service, slices: readonly EndpointSlice[]): EndpointsContent => {
  const groups = new Map<string, { readonly ports: readonly EndpointPort[]; readonly endpoints: Endpoint[] }>();
  const ordered = [...slices].sort((one, other) => ((one.metadata.name ?? '') < (other.metadata.name ?? '') ? -1 : 1));
  for (const slice of ordered) {
    const ports = (slice.ports ?? []).flatMap(toPort);
    // None of these pods has a port the service names.
    if (ports.length === 0 && (service.spec?.ports ?? []).length > 0) continue;
    const identity = JSON.stringify(ports);
    const group = groups.get(identity) ?? { ports, endpoints: [] };
    group.endpoints.push(...slice.endpoints.filter((one) => !isLeaving(service, one)));
    groups.set(identity, group);
  }
  for (const { endpoints } of groups.values()) endpoints.sort(byAddress);
  const all = [...groups.values()].flatMap(({ endpoints }) => endpoints);
  let left = MOST_ADDRESSES - all.filter((endpoint) => isReady(service, endpoint)).length;
  let ready = MOST_ADDRESSES;
  const subsets = [...groups.values()].map(({ ports, endpoints }) => {
    const up = endpoints.filter((one) => isReady(service, one)).slice(0, ready);
    const down = endpoints.filter((one) => !isReady(service, one)).slice(0, Math.max(0, left));
    ready -= up.length;
    left -= down.length;
    return {
      ...(up.length > 0 ? { addresses: up.flatMap(toAddress) } : {}),
      ...(down.length > 0 ? { notReadyAddresses: down.flatMap(toAddress) } : {}),
      ports,
    };
  });
  return {
    subsets: subsets.filter(({ addresses, notReadyAddresses }) => addresses ?? notReadyAddresses),
    isCut: all.length > MOST_ADDRESSES,
  };
};

/** Endpoints and ports of the slices that mirror what a user wrote. */
export const mirrorSubsets = (
  subsets: readonly EndpointSubset[],
): readonly Pick<EndpointSlice, 'endpoints' | 'ports'>[] =>
  subsets.map(({ addresses = [], notReadyAddresses = [], ports = [] }) => ({
    endpoints: [
      ...addresses.slice(0, MOST_ADDRESSES).map((address) => fromAddress(address, true)),
      ...notReadyAddresses.slice(0, MOST_ADDRESSES).map((address) => fromAddress(address, false)),
    ],
    ports: ports.map(({ name = '', port, protocol = 'TCP', appProtocol }) => ({
      name,
      port,
      protocol,
      ...(appProtocol === undefined ? {} : { appProtocol }),
    })),
  }));

/** By the bytes of their addresses. */
const byAddress = (one: Endpoint, other: Endpoint): number => {
  const [left, right] = [one, other].map(({ addresses: [first = ''] }) => first.split('.').map(Number));
  const at = left?.findIndex((byte, index) => byte !== right?.[index]) ?? -1;
  return at < 0 ? 0 : (left?.[at] ?? 0) - (right?.[at] ?? 0);
};

/** This form knows no ending endpoints: who ends is gone. */
const isLeaving = (service: Service, { conditions }: Endpoint): boolean =>
  conditions?.terminating === true && service.spec?.publishNotReadyAddresses !== true;

const isReady = (service: Service, endpoint: Endpoint): boolean =>
  service.spec?.publishNotReadyAddresses === true || endpoint.conditions?.ready !== false;

const toPort = ({ name, port, protocol }: NonNullable<EndpointSlice['ports']>[number]): readonly EndpointPort[] =>
  port === undefined ? [] : [{ ...(name ? { name } : {}), port, protocol: protocol ?? 'TCP' }];

const toAddress = ({ addresses, nodeName, targetRef, hostname }: Endpoint): readonly EndpointAddress[] =>
  addresses.slice(0, 1).map((ip) => ({
    ip,
    ...(hostname ? { hostname } : {}),
    ...(nodeName ? { nodeName } : {}),
    ...(targetRef ? { targetRef } : {}),
  }));

const fromAddress = ({ ip, hostname, nodeName, targetRef }: EndpointAddress, ready: boolean): Endpoint => ({
  addresses: [ip],
  conditions: { ready },
  ...(hostname ? { hostname } : {}),
  ...(nodeName ? { nodeName } : {}),
  ...(targetRef ? { targetRef } : {}),
});
