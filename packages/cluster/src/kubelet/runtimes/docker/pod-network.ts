/**
 * The bridge all pods share, and their addresses on it. We hand the addresses out ourselves, so that a pod keeps its own
 * when its sandbox has to be started again.
 */
import { Failure } from '@argosy/base';

import { LABELS } from './container-labels.ts';
import { listContainers } from './engine-containers.ts';
import { isEngineStatus, type Engine } from './engine.ts';

/** Name of the network in the engine. */
export const NETWORK = 'argosy';

/** Addresses of pods. */
export interface PodNetwork {
  /** An address nobody of this engine's pods has; the same for the same uid until released. */
  take(podUid: string): Promise<string>;
  /** Another one, when the engine says that somebody else has it. */
  replace(podUid: string): Promise<string>;
  /** Notes an address a sandbox has from before a restart. */
  keep(podUid: string, address: string): void;
  release(podUid: string): void;
  /** The machine's own address on the network. */
  bridge(): Promise<string>;
}

/** An IPv4 network: its first address as a number, and how many it has. */
interface Subnet {
  readonly base: number;
  readonly size: number;
}

/** Creates the pool; the network is looked for, or made, when the first address is taken. */
export const createPodNetwork = (engine: Engine): PodNetwork => {
  const byPod = new Map<string, string>();
  let opened: Promise<{ readonly subnet: Subnet; readonly used: Set<string> }> | undefined;
  let next = 1;
  const open = async () => {
    const subnet = parseSubnet(await ensureNetwork(engine));
    return { subnet, used: new Set(await takenAddresses(engine)) };
  };
  const opening = () => {
    // A failure is not remembered: the next pod tries again.
    opened ??= open().catch((thrown: unknown) => {
      opened = undefined;
      throw thrown;
    });
    return opened;
  };
  const draw = async (podUid: string): Promise<string> => {
    const { subnet, used } = await opening();
    const taken = new Set([...used, ...byPod.values()]);
    // The first is the network's own, the second the bridge's, the last for everybody.
    const capacity = subnet.size - 3;
    for (let tries = 0; tries < capacity; tries += 1) {
      next = (next % capacity) + 1;
      const address = formatAddress(subnet.base + 1 + next);
      if (taken.has(address)) continue;
      byPod.set(podUid, address);
      return address;
    }
    throw new Failure(`network ${NETWORK} has no free address: remove pods, or the network while nothing runs on it`, {
      code: 'CreatePodSandboxError',
      retryable: true,
    });
  };
  return {
    take: async (podUid) => byPod.get(podUid) ?? draw(podUid),
    replace: async (podUid) => {
      const { used } = await opening();
      const refused = byPod.get(podUid);
      if (refused !== undefined) used.add(refused);
      return draw(podUid);
    },
    keep: (podUid, address) => void byPod.set(podUid, address),
    release: (podUid) => void byPod.delete(podUid),
    bridge: async () => formatAddress((await opening()).subnet.base + 1),
  };
};

/** The network's subnet as `a.b.c.d/n`. The engine chooses a free one; it is then asked for by name, as engines give fixed addresses only in those. */
const ensureNetwork = async (engine: Engine): Promise<string> => {
  const found = await findSubnet(engine);
  if (found !== undefined) return found;
  try {
    await createNetwork(engine, undefined);
    const chosen = await findSubnet(engine);
    if (chosen === undefined) throw unusable();
    await engine.call({ method: 'DELETE', path: `/networks/${NETWORK}` });
    await createNetwork(engine, chosen);
    return chosen;
  } catch (thrown) {
    // Another platform made it at the same time.
    const other = isEngineStatus(thrown, 404, 409) ? await findSubnet(engine) : undefined;
    if (other === undefined) throw thrown;
    return other;
  }
};

const createNetwork = (engine: Engine, subnet: string | undefined): Promise<unknown> =>
  engine.call({
    method: 'POST',
    path: '/networks/create',
    body: {
      Name: NETWORK,
      CheckDuplicate: true,
      Driver: 'bridge',
      Labels: { 'argosy.dev/network': 'pods' },
      ...(subnet === undefined ? {} : { IPAM: { Driver: 'default', Config: [{ Subnet: subnet }] } }),
    },
  });

const findSubnet = async (engine: Engine): Promise<string | undefined> => {
  try {
    const network = (await engine.call({ method: 'GET', path: `/networks/${NETWORK}` })) as {
      readonly IPAM?: { readonly Config?: readonly { readonly Subnet?: string }[] | null };
    };
    const subnet = network.IPAM?.Config?.map((one) => one.Subnet).find((one) => one?.includes('.'));
    if (subnet === undefined) throw unusable();
    return subnet;
  } catch (thrown) {
    if (isEngineStatus(thrown, 404)) return undefined;
    throw thrown;
  }
};

/** Addresses of sandboxes of all platforms, running or not. */
const takenAddresses = async (engine: Engine): Promise<readonly string[]> =>
  (await listContainers(engine, [LABELS.podIP])).flatMap(({ Labels: labels }) => labels[LABELS.podIP] ?? []);

const unusable = (): Failure =>
  new Failure(`network ${NETWORK} of the engine has no IPv4 subnet: remove it with "docker network rm ${NETWORK}"`, {
    code: 'CreatePodSandboxError',
  });

const parseSubnet = (text: string): Subnet => {
  const [address = '', bits = '32'] = text.split('/');
  const base = address.split('.').reduce((number, part) => number * 256 + Number(part), 0);
  return { base, size: 2 ** (32 - Number(bits)) };
};

const formatAddress = (number: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
