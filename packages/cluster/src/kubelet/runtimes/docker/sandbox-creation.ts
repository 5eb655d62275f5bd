/**
 * Makes sandboxes: their image, their address, how they resolve names.
 */
import { isObject } from '@argosy/base';
import type { Pod } from '@argosy/kube';

import { formatResolvConf } from '../../environment/name-resolution.ts';
import type { PodNetworkAccess } from '../../pod-network-access.ts';
import { HOST_IP } from '../../status/compute-pod-status.ts';
import { toEngineName, type InstanceLabels } from './container-labels.ts';
import { createAnew, removeContainer } from './engine-containers.ts';
import type { EngineFacts } from './engine-facts.ts';
import { isEngineStatus, type Engine } from './engine.ts';
import { managedHosts } from './hosts-file.ts';
import { buildPauseArchive, PAUSE_IMAGE, PAUSE_PROGRAM } from './pause-image.ts';
import type { PodNetwork } from './pod-network.ts';
import { resolutionOf, toSandboxConfig, usesHostNetwork, type SandboxNames } from './sandbox-config.ts';

/** Ports of the creation. */
export interface SandboxCreationDeps {
  readonly engine: Engine;
  readonly instance: InstanceLabels;
  readonly facts: () => Promise<EngineFacts>;
  readonly network: PodNetwork;
  /** How pods reach the rest of the cluster; without it they find what the engine finds. */
  readonly access?: PodNetworkAccess;
}

/** Makes sandboxes. */
export interface SandboxCreation {
  /** The pod's address; the same until it is released. */
  addressOf(pod: Pod): Promise<string>;
  /**
   * What its containers find their own and other names by: texts by their paths. What is not among them is the engine's, as
   * all is where the machine's network is used.
   */
  nameFilesOf(pod: Pod): Promise<Readonly<Record<string, string>>>;
  /** Name of their image, once it is there. */
  image(): Promise<string>;
  /** Creates and starts one; returns its id. */
  create(pod: Pod): Promise<string>;
}

/** Addresses tried before the engine's complaint is taken for another. */
const MOST_TRIES = 3;

/** Creates the maker; the image is looked for, or made, with the first sandbox. */
export const createSandboxCreation = (deps: SandboxCreationDeps): SandboxCreation => {
  const { engine, network } = deps;
  let imaging: Promise<void> | undefined;
  const ensureImage = (): Promise<void> => {
    imaging ??= ensurePauseImage(engine, deps.facts).catch((thrown: unknown) => {
      imaging = undefined;
      throw thrown;
    });
    return imaging;
  };
  const addressOf = async (pod: Pod): Promise<string> =>
    usesHostNetwork(pod) ? HOST_IP : network.take(pod.metadata.uid ?? '');
  return {
    addressOf,
    image: async () => {
      await ensureImage();
      return PAUSE_IMAGE;
    },
    nameFilesOf: async (pod) => {
      if (usesHostNetwork(pod)) return {};
      const [podIP, { hosts, nameServer }] = await Promise.all([addressOf(pod), namesOf(deps, pod)]);
      const resolution = resolutionOf(pod, nameServer);
      return {
        '/etc/hosts': managedHosts(pod, { podIP, names: hosts }),
        ...(resolution.nameservers.length > 0 ? { '/etc/resolv.conf': formatResolvConf(resolution) } : {}),
      };
    },
    create: async (pod) => {
      await ensureImage();
      const names = await namesOf(deps, pod);
      for (let tries = 1; ; tries += 1) {
        const podIP = await addressOf(pod);
        const body = toSandboxConfig(pod, { instance: deps.instance, podIP, names });
        const id = await createAnew(engine, toEngineName(pod, 'POD'), body);
        try {
          await engine.call({ method: 'POST', path: `/containers/${id}/start` });
          return id;
        } catch (thrown) {
          await removeContainer(engine, id);
          if (tries === MOST_TRIES || usesHostNetwork(pod)) throw thrown;
          await network.replace(pod.metadata.uid ?? '');
        }
      }
    },
  };
};

/** Pods on the machine's network reach what the machine reaches; others need an address of the machine on their bridge. */
const namesOf = async ({ access, network }: SandboxCreationDeps, pod: Pod): Promise<SandboxNames> => {
  const bridge = usesHostNetwork(pod) ? undefined : () => network.bridge();
  const [nameServer, api] = await Promise.all([access?.nameServer(bridge), access?.apiServer(bridge)]);
  return { nameServer, hosts: api?.names ?? [] };
};

const ensurePauseImage = async (engine: Engine, facts: () => Promise<EngineFacts>): Promise<void> => {
  try {
    await engine.call({ method: 'GET', path: `/images/${PAUSE_IMAGE}/json` });
    return;
  } catch (thrown) {
    if (!isEngineStatus(thrown, 404)) throw thrown;
  }
  const { architecture } = await facts();
  const [repo, tag] = PAUSE_IMAGE.split(':');
  const changes = `ENTRYPOINT ["${PAUSE_PROGRAM}"]`;
  const answer = await engine.call({
    method: 'POST',
    path: '/images/create',
    query: { fromSrc: '-', repo, tag, changes },
    body: buildPauseArchive(architecture),
  });
  // Podman gives the image no tag by itself.
  const id = isObject(answer) ? answer['status'] : undefined;
  if (typeof id === 'string') await engine.call({ method: 'POST', path: `/images/${id}/tag`, query: { repo, tag } });
};
