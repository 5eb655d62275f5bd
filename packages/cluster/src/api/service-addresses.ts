/**
 * Cluster addresses and node ports of services: each gets its own from the range, or what it asks for.
 * @upstream kubernetes pkg/registry/core/service/storage/alloc.go
 */
import { isObject, type Random } from '@argosy/base';
import { ApiStatusError, gvkOf, invalidObject, type KubeObject, type Service, type ServicePort } from '@argosy/kube';

import { assignNodePorts, nodePortKey } from '../kinds/node-ports.ts';
import { familiesOf, goList, isOneAddress } from '../kinds/service-address-rules.ts';
import type { Store } from '../store/store.ts';

/** First two numbers of the range 10.96.0.0/16. */
const PREFIX = '10.96.';
/** Addresses of the range that may be given out: not the first (the network) nor the last (broadcast). */
const FIRST = 1;
const LAST = 65_534;

/** A service with its address, and what to call once the write has ended, whichever way. */
export interface AddressedService {
  readonly object: KubeObject;
  release(): void;
}

/** Gives out addresses. One per API server. */
export interface ServiceAddresses {
  /**
   * Completes a service. Throws Invalid when the address it asks for is not free, InternalError when none is left.
   * What is given out is held until released: by then the store knows of it.
   */
  assign(service: KubeObject): AddressedService;
}

/** Creates the allocator over the services of the store. */
export const createServiceAddresses = (deps: { readonly store: Store; readonly random: Random }): ServiceAddresses => {
  const pending = new Map<string, string>();
  /** Who has which address and which node port. */
  const takenBy = (): ReadonlyMap<string, string> => {
    const taken = new Map(pending);
    for (const item of deps.store.list('/services').items) {
      for (const key of takenKeys(item as Service)) taken.set(key, item.metadata.uid ?? '');
    }
    return taken;
  };
  const hold = (service: Service, taken: ReadonlyMap<string, string>): AddressedService => {
    const ported = withNodePorts(service, taken, deps.random);
    const keys = takenKeys(ported);
    for (const key of keys) pending.set(key, service.metadata.uid ?? '');
    const release = (): void => {
      for (const key of keys) pending.delete(key);
    };
    return { object: ported, release };
  };
  return {
    assign: (object) => {
      const service = object as Service;
      const { spec } = service;
      // What is no spec at all is refused by validation, which runs later.
      if (!spec || typeof spec !== 'object' || spec.type === 'ExternalName')
        return { object, release: () => undefined };
      // Nor is anything given to what asks for addresses that contradict each other.
      if (!isOneAddress(spec)) return { object, release: () => undefined };
      if (spec.clusterIP === 'None') return { object: withAddress(service, 'None'), release: () => undefined };
      const taken = takenBy();
      const asked = spec.clusterIP;
      if (asked) checkAsked(service, asked, taken);
      return hold(withAddress(service, asked ? asked : freeAddress(taken, deps.random)), taken);
    },
  };
};

const withAddress = (service: Service, address: string): Service => ({
  ...service,
  spec: {
    ...service.spec,
    ...familiesOf({ ...service.spec, clusterIP: address }),
    clusterIP: address,
    clusterIPs: [address],
  },
});

/** What a service has of what can be had once only. */
const takenKeys = ({ spec }: Service): readonly string[] => [
  ...(spec?.clusterIP && spec.clusterIP !== 'None' ? [spec.clusterIP] : []),
  ...(spec?.healthCheckNodePort ? [nodePortKey({ port: 0 }, spec.healthCheckNodePort)] : []),
  ...portsOf(spec).flatMap((port) => (port.nodePort ? [nodePortKey(port, port.nodePort)] : [])),
];

/** What is no list of ports is refused by validation, which runs later. */
const portsOf = (spec: Service['spec']): readonly ServicePort[] => {
  const ports: unknown = spec?.ports;
  return Array.isArray(ports) && ports.every(isObject) ? (ports as unknown as readonly ServicePort[]) : [];
};

const withNodePorts = (service: Service, taken: ReadonlyMap<string, string>, random: Random): Service => {
  if (portsOf(service.spec).length === 0) return service;
  const outcome = assignNodePorts(service, taken, random);
  if (outcome.kind === 'given') return outcome.service;
  throw invalidObject(gvkOf(service), service.metadata.name ?? '', outcome.findings);
};

const checkAsked = (service: Service, asked: string, taken: ReadonlyMap<string, string>): void => {
  const owner = taken.get(asked);
  if (owner !== undefined && owner === service.metadata.uid) return;
  const detail =
    owner !== undefined
      ? `failed to allocate IP ${asked}: provided IP is already allocated`
      : isInRange(asked)
        ? undefined
        : `failed to allocate IP ${asked}: the provided IP (${asked}) is not in the valid range. The range of valid IPs is 10.96.0.0/16`;
  if (detail === undefined) return;
  const message = `Invalid value: ${goList([asked])}: ${detail}`;
  const finding = { reason: 'FieldValueInvalid', field: 'spec.clusterIPs', message } as const;
  throw invalidObject(gvkOf(service), service.metadata.name ?? '', [finding]);
};

const isInRange = (address: string): boolean => {
  const parts = address.split('.').map(Number);
  if (parts.length !== 4 || !address.startsWith(PREFIX)) return false;
  if (!/^\d+\.\d+\.\d+\.\d+$/.test(address) || parts.some((part) => part > 255)) return false;
  const offset = (parts[2] ?? 0) * 256 + (parts[3] ?? 0);
  return offset >= FIRST && offset <= LAST;
};

/** Starts at a random place, so that an address just given up is not at once somebody else's. */
const freeAddress = (taken: ReadonlyMap<string, string>, random: Random): string => {
  const count = LAST - FIRST + 1;
  const start = Math.floor(random.next() * count);
  for (let step = 0; step < count; step += 1) {
    const offset = FIRST + ((start + step) % count);
    const address = `${PREFIX}${offset >> 8}.${offset & 255}`;
    if (!taken.has(address)) return address;
  }
  throw new ApiStatusError('InternalError', 'failed to allocate a serviceIP: range is full');
};
