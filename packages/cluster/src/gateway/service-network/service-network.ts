/**
 * Lets services be reached by address and by name, from this machine and from pods: listeners at the addresses of services,
 * and a name server. What the machine does not permit is told, and goes on without.
 * @upstream kubernetes pkg/proxy (in its oldest mode: connections are passed on by the program itself), CoreDNS
 */
import { messageOf, type Clock, type Logger } from '@argosy/base';
import type { InformerSet } from '@argosy/client';
import { keyOf, type Service } from '@argosy/kube';

import {
  API_CLUSTER_IPS,
  API_NAMES,
  API_PORT,
  API_SERVICE,
  type ApiServerAddress,
} from '../../loops/api-service/decide.ts';
import type { PodNetworkAccess } from '../../kubelet/pod-network-access.ts';
import { openDnsServer, type DnsServer } from '../dns/dns-server.ts';
import { openAddressRange, type AddressRange } from './address-range.ts';
import { createClusterWorld } from './cluster-world.ts';
import { decideBalancer, type FailedListener } from './decide-balancer.ts';
import { decideListeners, listenerKey, type ServiceListener } from './decide-listeners.ts';
import { tellBalancer, type BalancerDeps } from './tell-balancer.ts';
import { openTcpListener, type OpenListener } from './tcp-listener.ts';
import { openUdpListener } from './udp-listener.ts';

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
  const listeners = createListeners(deps);
  const balancers = { ...deps, recorder: deps.recorder.as('service-controller') };
  let dns: DnsServer | undefined;
  let api: OpenListener | undefined;
  const nameServerAt = once((bridge: string) => openDnsServer({ ...deps, world }, bridge), deps);
  const apiServerAt = once((bridge: string) => {
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
      const { services } = world;
      await world.synced;
      const look = (service: Service): void => {
        if (serviceKey(service) === `${API_SERVICE.namespace}/${API_SERVICE.name}`) return;
        const slices = world.slices(service.metadata.namespace ?? '', service.metadata.name ?? '');
        const places = { servesAddresses: range.kind === 'open', nodeAddress: NODE_ADDRESS };
        const wanted = decideListeners(service, slices, places);
        void listeners
          .set(serviceKey(service), wanted)
          .then((failed) => tellBalancer(balancers, service, decideBalancer(service, { ...places, wanted, failed })));
      };
      const following = world.follow((namespace, name) => {
        const service = services.get({ namespace, name });
        if (service) look(service);
        else void listeners.set(`${namespace}/${name}`, []);
      });
      for (const service of services.list()) look(service);
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
    status: () => {
      // Where addresses lead nowhere, names are served on a bridge once the first pod asks for one.
      const unnamed = range.kind === 'closed' || dns ? '' : 'no address is free for a name server';
      const why = range.kind === 'closed' ? range.why : '';
      return { isWhole: why === '' && unnamed === '', message: [why, unnamed].filter(Boolean).join('; ') };
    },
  };
};

/** What cannot be opened is tried again after this long. */
const RETRY_MS = 60_000;

/** Opens something when it is first asked for; what cannot be opened is told, and tried again a while later. */
const once = <T extends { close(): Promise<void> }>(open: (bridge: string) => Promise<T>, { clock, log }: Ports) => {
  let opened: Promise<T | undefined> | undefined;
  return {
    get: (bridge: () => Promise<string>): Promise<T | undefined> => {
      opened ??= bridge()
        .then(open)
        .catch((thrown: unknown) => {
          log.warn('pods do not reach all of the cluster', { why: messageOf(thrown) });
          clock.setTimer(RETRY_MS, () => {
            opened = undefined;
          });
          return undefined;
        });
      return opened;
    },
    close: async (): Promise<void> => (await opened)?.close(),
  };
};
type Ports = Pick<ServiceNetworkDeps, 'clock' | 'log'>;

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

/** Opens at the first address that is free: other platforms of the machine have theirs. */
const openFirst = async <T>(
  addresses: readonly string[],
  open: (address: string) => Promise<T>,
  log: Logger,
): Promise<T | undefined> => {
  let why = '';
  for (const address of addresses) {
    try {
      return await open(address);
    } catch (thrown) {
      why = messageOf(thrown);
    }
  }
  log.warn('pods do not reach all of the cluster', { why });
  return undefined;
};

/** The open listeners. Changes come one after the other, so that an address given up can be taken again. */
const createListeners = (deps: ServiceNetworkDeps) => {
  const open = new Map<string, OpenListener>();
  const byService = new Map<string, ReadonlySet<string>>();
  let turn: Promise<void> = Promise.resolve();
  const apply = async (service: string, wanted: readonly ServiceListener[]): Promise<readonly FailedListener[]> => {
    const failed: FailedListener[] = [];
    const keys = new Set(wanted.map(listenerKey));
    const gone = [...(byService.get(service) ?? [])].filter((key) => !keys.has(key));
    for (const key of gone) {
      open.get(key)?.stop();
      open.delete(key);
    }
    for (const listener of wanted) {
      const known = open.get(listenerKey(listener));
      if (known) known.lead(listener);
      else failed.push(...(await openOne(listener)));
    }
    const own = [...keys].filter((key) => open.has(key) && !failed.some((one) => listenerKey(one.listener) === key));
    if (own.length > 0) byService.set(service, new Set(own));
    else byService.delete(service);
    return failed;
  };
  const openOne = async (listener: ServiceListener): Promise<readonly FailedListener[]> => {
    const openIt = listener.protocol === 'TCP' ? openTcpListener : openUdpListener;
    try {
      open.set(listenerKey(listener), await openIt(deps.clock, listener));
      return [];
    } catch (thrown) {
      const why = messageOf(thrown);
      deps.log.warn('service not reachable', { service: listener.name, at: listenerKey(listener), why });
      return [{ listener, why }];
    }
  };
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turn.then(work);
    turn = done.then(
      () => undefined,
      (thrown: unknown) => deps.log.warn('service listeners', { error: messageOf(thrown) }),
    );
    return done;
  };
  return {
    /** Answers which could not be opened. */
    set: (service: string, wanted: readonly ServiceListener[]): Promise<readonly FailedListener[]> =>
      inTurn(() => apply(service, wanted)).catch(() => []),
    close: (): Promise<void> =>
      inTurn(async () => {
        await Promise.all([...open.values()].map((listener) => listener.close()));
        open.clear();
      }),
  };
};
