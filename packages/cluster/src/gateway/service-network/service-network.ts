/**
 * Lets services be reached by address and by name, from this machine and from pods: listeners at the addresses of services,
 * and a name server. What the machine does not permit is told, and goes on without.
 * @upstream kubernetes pkg/proxy (in its oldest mode: connections are passed on by the program itself), CoreDNS
 */
import type { Clock, Logger } from '@argosy/base';
import type { InformerSet } from '@argosy/client';
import { keyOf, type Service } from '@argosy/kube';

import {
  API_CLUSTER_IPS,
  API_NAMES,
  API_PORT,
  API_SERVICE,
  type ApiServerAddress,
} from '../../loops/api-service/decide.ts';
import type { NetworkStatus, PodNetworkAccess } from '../../kubelet/pod-network-access.ts';
import { openDnsServer, type DnsServer } from '../dns/dns-server.ts';
import { openAddressRange, type AddressRange } from './address-range.ts';
import { createClusterWorld, type ClusterWorld } from './cluster-world.ts';
import { decideBalancer } from './decide-balancer.ts';
import { decideListeners } from './decide-listeners.ts';
import { createListenerSet, type ListenerSet } from './listener-set.ts';
import { openFirst, openOnce } from './open-places.ts';
import { tellBalancer, type BalancerDeps } from './tell-balancer.ts';
import { openTcpListener, type OpenListener } from './tcp-listener.ts';

/** The network of services. */
export interface ServiceNetwork extends PodNetworkAccess {
  /** Takes the range of addresses and the name server's address; resolves in every case. Call before pods start. */
  open(): Promise<void>;
  /** Follows services until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** Address of the API server's Service, where it leads to the server; `undefined` before `open` and where none can be had. */
  readonly apiClusterIP: string | undefined;
  /** Gives back what was taken. */
  close(): Promise<void>;
}

/** Ports of the network. */
export interface ServiceNetworkDeps extends BalancerDeps {
  readonly informers: InformerSet;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What the network leads to besides services. */
export interface ServiceNetworkOptions {
  /** Where this machine reaches the API server. */
  readonly apiServer: ApiServerAddress;
}

/** Where node ports are: nobody outside of this machine is meant. */
const NODE_ADDRESS = '127.0.0.1';

/** Where a cluster's name server usually is, and where it is when another platform of this machine is there. */
const NAME_SERVERS = ['10.96.0.10', '10.96.255.10', '10.96.255.11', '10.96.255.12', '10.96.255.13'];

/** Creates the network; nothing happens before `open`. */
export const createServiceNetwork = (deps: ServiceNetworkDeps, options: ServiceNetworkOptions): ServiceNetwork => {
  const { log } = deps;
  let range: AddressRange = { kind: 'closed', why: 'the network of services is not open yet' };
  const world = createClusterWorld(deps.informers, () => range.kind === 'open');
  const listeners = createListenerSet(deps);
  let dns: DnsServer | undefined;
  let api: OpenListener | undefined;
  const nameServerAt = openOnce((bridge: string) => openDnsServer({ ...deps, world }, bridge), deps);
  const apiServerAt = openOnce((bridge: string) => {
    const open = (port: number) => openApiServer(deps, options.apiServer, { address: bridge, port });
    // On its own port if that is free there, so that it is the same after a restart.
    return open(options.apiServer.port).catch(() => open(0));
  }, deps);
  return {
    open: async () => {
      range = await openAddressRange();
      if (range.kind === 'closed') log.warn('addresses of services are not reachable', { why: range.why });
      else {
        dns = await openFirst(NAME_SERVERS, (address) => openDnsServer({ ...deps, world }, address), log);
        const open = (address: string) => openApiServer(deps, options.apiServer, { address, port: API_PORT });
        api = await openFirst(API_CLUSTER_IPS, open, log);
      }
    },
    run: async (signal) => {
      await world.synced;
      const following = followServices(deps, { world, listeners, servesAddresses: range.kind === 'open' });
      if (!signal.aborted)
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      following[Symbol.dispose]();
    },
    close: async () => {
      await listeners.close();
      await Promise.all([api?.close(), dns?.close(), nameServerAt.close(), apiServerAt.close()]);
      if (range.kind === 'open') await range.close();
    },
    get apiClusterIP() {
      return api?.address;
    },
    nameServer: async (bridge) => dns?.address ?? (bridge && (await nameServerAt.get(bridge))?.address),
    apiServer: async (bridge) => {
      if (api) return { host: api.address, port: api.port };
      const { address: host, port: direct } = options.apiServer;
      if (!bridge) return { host, port: direct };
      const found = await apiServerAt.get(bridge);
      return found && { host: API_NAMES[0], port: found.port, names: API_NAMES.map((name) => [name, found.address]) };
    },
    status: () => statusOf(range, dns !== undefined),
  };
};

const statusOf = (range: AddressRange, isNamed: boolean): NetworkStatus => {
  if (range.kind === 'closed') return { isWhole: false, message: range.why };
  return isNamed ? { isWhole: true, message: '' } : { isWhole: false, message: 'no address is free for a name server' };
};

/** Keeps the listeners of all services true, until disposed; the API server's own is open already. */
const followServices = (
  deps: ServiceNetworkDeps,
  of: { readonly world: ClusterWorld; readonly listeners: ListenerSet; readonly servesAddresses: boolean },
): Disposable => {
  const { world, listeners } = of;
  const balancers = { ...deps, recorder: deps.recorder.as('service-controller') };
  const places = { servesAddresses: of.servesAddresses, nodeAddress: NODE_ADDRESS };
  const look = (service: Service): void => {
    if (serviceKey(service) === `${API_SERVICE.namespace}/${API_SERVICE.name}`) return;
    const slices = world.slices(service.metadata.namespace ?? '', service.metadata.name ?? '');
    const wanted = decideListeners(service, slices, places);
    void listeners
      .set(serviceKey(service), wanted)
      .then((failed) => tellBalancer(balancers, service, decideBalancer(service, { ...places, wanted, failed })));
  };
  const following = world.follow((namespace, name) => {
    const service = world.services.get({ namespace, name });
    if (service) look(service);
    else void listeners.set(`${namespace}/${name}`, []);
  });
  for (const service of world.services.list()) look(service);
  return following;
};

/** The API server at an address pods reach. */
const openApiServer = (
  { clock }: ServiceNetworkDeps,
  server: ApiServerAddress,
  at: { readonly address: string; readonly port: number },
): Promise<OpenListener> =>
  openTcpListener(clock, { ...at, protocol: 'TCP', targets: [server], name: 'the API server' });

const serviceKey = (service: Service): string => {
  const { namespace = '', name } = keyOf(service);
  return `${namespace}/${name}`;
};
