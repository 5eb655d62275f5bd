/**
 * Runs containers on a Docker Engine, or Podman's service, of this machine.
 */
import fs from 'node:fs';
import path from 'node:path';

import { messageOf, sha256Hex, type Clock, type Logger } from '@argosy/base';
import { ApiStatusError, type Pod } from '@argosy/kube';

import { readContainerLog } from '../../logs/container-log.ts';
import type { PodNetworkAccess } from '../../pod-network-access.ts';
import type { PodRuntime } from '../../pod-runtime.ts';
import { LABELS, type InstanceLabels } from './container-labels.ts';
import { createContainerStarter } from './container-starter.ts';
import { listContainers, removeContainer } from './engine-containers.ts';
import { createEngineFacts } from './engine-facts.ts';
import type { Engine } from './engine.ts';
import { createImageStore } from './image-store.ts';
import { describeOwner, removeOrphans } from './leftovers.ts';
import { measureContainers } from './measure-containers.ts';
import { createPodFolders } from './pod-folders.ts';
import { createPodSandboxes } from './pod-sandboxes.ts';
import { recoverContainers } from './recover-containers.ts';
import { findUnappliedFields } from './unapplied-fields.ts';

/** Ports of the docker runtime. */
export interface DockerRuntimeDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly engine: Engine;
  /** How pods reach services and the API server; without it they reach each other by address, or by host name and subdomain. */
  readonly network?: PodNetworkAccess;
}

/** Where pods' files live and what is kept. */
export interface DockerRuntimeOptions {
  /** Folder for pods' files; made if absent. It also tells this platform's containers from another's. */
  readonly directory: string;
  /** Whether pods are lost with this process: what it leaves behind is then ended by the next platform on the engine. */
  readonly ephemeral: boolean;
  /** Paths whose content a supervisor reads after a container's end; they are copied out before anybody is told of it. */
  readonly collects?: (pod: Pod, container: string) => readonly string[];
}

/** How long a pod from before a restart may stay unclaimed, in milliseconds: pods are looked at as soon as they are listed. */
const UNCLAIMED_MS = 5000;

/** Creates the runtime; the engine is asked for nothing before `recover` or the first pod. */
export const createDockerRuntime = (deps: DockerRuntimeDeps, options: DockerRuntimeOptions): PodRuntime => {
  const { engine, clock, log } = deps;
  const directory = path.resolve(options.directory);
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  const instance: InstanceLabels = {
    [LABELS.instance]: sha256Hex(directory).slice(0, 16),
    ...(options.ephemeral ? { [LABELS.owner]: describeOwner() } : {}),
  };
  const folders = createPodFolders(directory);
  const facts = createEngineFacts(engine);
  const sandboxes = createPodSandboxes({
    engine,
    clock,
    log,
    instance,
    facts,
    ...(deps.network ? { access: deps.network } : {}),
  });
  const images = createImageStore(engine, { clock, log });
  const starter = createContainerStarter(
    { engine, clock, log, sandboxes, folders, images, facts },
    { instance, collects: options.collects ?? (() => []) },
  );
  const prepared = new Set<string>();

  const ours = (podUid: string): readonly string[] => [
    `${LABELS.instance}=${instance[LABELS.instance]}`,
    `${LABELS.podUid}=${podUid}`,
  ];
  const removeContainers = async (podUid: string): Promise<void> => {
    const found = await listContainers(engine, ours(podUid));
    await Promise.all(found.map((container) => removeContainer(engine, container.Id)));
    sandboxes.forget(podUid);
    starter.forget(podUid);
    images.forget(podUid);
  };
  const warn = (message: string) => (thrown: unknown) => log.warn(message, { error: messageOf(thrown) });
  const sweep = async (podUids: Iterable<string>): Promise<void> => {
    for (const podUid of podUids) {
      if (prepared.has(podUid)) continue;
      log.info('containers of a pod that is gone removed', { podUid });
      await removeContainers(podUid);
    }
  };
  return {
    name: 'docker',
    unapplied: findUnappliedFields,
    bridgeAddress: () => sandboxes.bridgeAddress(),
    preparePod: async (pod) => {
      const uid = pod.metadata.uid ?? '';
      prepared.add(uid);
      const podDirectory = folders.pod(uid);
      fs.mkdirSync(podDirectory, { recursive: true, mode: 0o700 });
      // The engine may know that an address is taken, so it is asked before the pod is told its own. Whatever else is
      // wrong with the sandbox is told when the first container wants it, and tried again then.
      await sandboxes.hold(pod).catch(warn('sandbox not started'));
      await sandboxes.release(uid, 'soon');
      return { podIP: await sandboxes.addressOf(pod), podDirectory };
    },
    measure: (pod) => measureContainers(engine, ours(pod.metadata.uid ?? '')),
    startContainer: (launch, tell = () => undefined) => starter.start(launch, tell),
    resolvePath: (launch, containerPath) => starter.resolvePath(launch, containerPath),
    logs: (pod, container, request) => {
      const attempts = folders.loggedAttempts(pod.uid, container);
      const attempt = request.previous ? attempts.at(-2) : attempts.at(-1);
      if (attempt === undefined && request.previous) {
        const message = `previous terminated container "${container}" in pod "${pod.name}" not found`;
        throw new ApiStatusError('BadRequest', message);
      }
      const file = folders.logFile({ podUid: pod.uid, container, restartCount: attempt ?? 0 });
      return readContainerLog(clock, file, { options: request, isOpen: () => starter.isWriting(file) });
    },
    removePod: async (pod) => {
      const uid = pod.metadata.uid ?? '';
      prepared.delete(uid);
      // What stays is found by the next start; a pod must not stay because of it.
      await removeContainers(uid).catch(warn('containers of a pod not removed'));
      await fs.promises
        .rm(folders.pod(uid), { recursive: true, force: true, maxRetries: 3, retryDelay: 50 })
        .catch(warn('files of a pod not removed: they may belong to users of its containers'));
    },
    recover: async () => {
      try {
        await warnOfUnreachable(engine, log);
        await removeOrphans(engine);
        const found = await listContainers(engine, [`${LABELS.instance}=${instance[LABELS.instance]}`]);
        const podUids = new Set(found.map(({ Labels: labels }) => labels[LABELS.podUid] ?? ''));
        if (podUids.size > 0)
          clock.setTimer(UNCLAIMED_MS, () => void sweep(podUids).catch(warn('leftovers not removed')));
        return await recoverContainers({ starter, sandboxes, engine }, found);
      } catch (thrown) {
        warn('containers from before not taken over')(thrown);
        return [];
      }
    },
  };
};

/** Pods run all the same, but nothing outside of them reaches them: probes over the network, the gateway, port-forward. */
const warnOfUnreachable = async (engine: Engine, log: Logger): Promise<void> => {
  const info = (await engine.call({ method: 'GET', path: '/info' })) as {
    readonly SecurityOptions?: readonly string[] | null;
  };
  const isRootless = info.SecurityOptions?.some((option) => option.includes('rootless')) ?? false;
  const why = process.platform === 'linux' ? 'the engine runs without root' : 'the engine runs in a machine of its own';
  if (isRootless || process.platform !== 'linux')
    log.warn('addresses of pods cannot be reached from this machine', { engine: engine.address, why });
};
