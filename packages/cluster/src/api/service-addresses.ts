/**
 * Cluster addresses of services: each gets one of its own from the range, or the one it asks for.
 * @upstream kubernetes pkg/registry/core/service/storage/alloc.go
 */
import type { Random } from '@argosy/base';
import { ApiStatusError, gvkOf, invalidField, invalidObject, type KubeObject, type Service } from '@argosy/kube';

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
  const takenBy = (): ReadonlyMap<string, string> => {
    const taken = new Map(pending);
    for (const item of deps.store.list('/services').items) {
      const { clusterIP } = (item as Service).spec ?? {};
      if (clusterIP && clusterIP !== 'None') taken.set(clusterIP, item.metadata.uid ?? '');
    }
    return taken;
  };
  return {
    assign: (object) => {
      const service = object as Service;
      const { spec } = service;
      // What is no spec at all is refused by validation, which runs later.
      if (!spec || typeof spec !== 'object' || spec.type === 'ExternalName')
        return { object, release: () => undefined };
      if (spec.clusterIP === 'None') return { object: withAddress(service, 'None'), release: () => undefined };
      const taken = takenBy();
      const asked = spec.clusterIP;
      if (asked) checkAsked(service, asked, taken);
      const address = asked ? asked : freeAddress(taken, deps.random);
      pending.set(address, service.metadata.uid ?? '');
      return { object: withAddress(service, address), release: () => void pending.delete(address) };
    },
  };
};

const withAddress = (service: Service, address: string): KubeObject => ({
  ...service,
  spec: {
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    ...service.spec,
    clusterIP: address,
    clusterIPs: [address],
  },
});

const checkAsked = (service: Service, asked: string, taken: ReadonlyMap<string, string>): void => {
  const owner = taken.get(asked);
  if (owner !== undefined && owner === service.metadata.uid) return;
  const detail =
    owner !== undefined
      ? `failed to allocate IP ${asked}: provided IP is already allocated`
      : isInRange(asked)
        ? undefined
        : `failed to allocate IP ${asked}: the provided IP is not in the valid range. The range of valid IPs is 10.96.0.0/16`;
  if (detail === undefined) return;
  const finding = invalidField('spec.clusterIPs', [asked], detail);
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
