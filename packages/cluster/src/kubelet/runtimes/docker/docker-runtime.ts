/**
 * Runs containers on a Docker Engine, or Podman's service, of this machine.
 */
import fs from 'node:fs';
import path from 'node:path';

import { messageOf, sha256Hex, type Clock, type Logger } from '@argosy/base';
import type { Pod } from '@argosy/kube';

import { openAttemptLog } from '../../logs/open-attempt-log.ts';
import { createPodMounts } from '../../mounts/pod-mounts.ts';
import type { PodNetworkAccess } from '../../pod-network-access.ts';
import type { PodRuntime } from '../../pod-runtime.ts';
import { describeOwner } from '../platform-owner.ts';
import { LABELS, type InstanceLabels } from './container-labels.ts';
import { createContainerStarter } from './container-starter.ts';
import { listContainers, removeContainer } from './engine-containers.ts';
import { createEngineFacts } from './engine-facts.ts';
import { findBlindness } from './engine-sight.ts';
import type { Engine } from './engine.ts';
import { createImageStore } from './image-store.ts';
import { removeOrphans } from './leftovers.ts';
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
  const { engine, clock } = deps;
  const parts = createParts(deps, options);
  const { folders, sandboxes, starter, prepared, warn } = parts;
  return {
    name: 'docker',
    directory: path.resolve(options.directory),
    mounts: parts.mounts,
    bindsPaths: true,
    unapplied: (spec) => findUnappliedFields(spec, parts.mounts),
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
    measure: (pod) => measureContainers(engine, labelsOf(parts, pod.metadata.uid ?? '')),
    startContainer: (launch, tell = () => undefined) => starter.start(launch, tell),
    resolvePath: (launch, containerPath) => starter.resolvePath(launch, containerPath),
    logs: (pod, container, request) => {
      const fileOf = (restartCount: number): string => folders.logFile({ podUid: pod.uid, container, restartCount });
      const attempts = folders.loggedAttempts(pod.uid, container);
      const isOpen = (file: string): boolean => starter.isWriting(file);
      return openAttemptLog(clock, { podName: pod.name, container, attempts, fileOf, isOpen }, request);
    },
    removePod: (pod) => removePod(parts, pod.metadata.uid ?? ''),
    recover: () =>
      recover(parts).catch((thrown: unknown) => {
        warn('containers from before not taken over')(thrown);
        return [];
      }),
  };
};

const createParts = (deps: DockerRuntimeDeps, options: DockerRuntimeOptions) => {
  const { engine, clock, log } = deps;
  const directory = path.resolve(options.directory);
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  const instance: InstanceLabels = {
    [LABELS.instance]: sha256Hex(directory).slice(0, 16),
    ...(options.ephemeral ? { [LABELS.owner]: describeOwner() } : {}),
  };
  const ports = { engine, clock, log };
  const folders = createPodFolders(directory);
  const facts = createEngineFacts(engine);
  const access = deps.network ? { access: deps.network } : {};
  const sandboxes = createPodSandboxes({ ...ports, instance, facts, ...access });
  const images = createImageStore(engine, ports);
  const starter = createContainerStarter(
    { ...ports, sandboxes, folders, images, facts },
    { instance, collects: options.collects ?? (() => []) },
  );
  const mounts = createPodMounts(log, {
    directory,
    isEphemeral: options.ephemeral,
    findBlindness: (file) => findBlindness(engine, { file, image: () => sandboxes.image(), instance }),
  });
  return {
    ...ports,
    instance,
    folders,
    mounts,
    sandboxes,
    images,
    starter,
    /** Pods that were looked at since the start, by uid. */
    prepared: new Set<string>(),
    warn: (message: string) => (thrown: unknown) => log.warn(message, { error: messageOf(thrown) }),
  };
};
type Parts = ReturnType<typeof createParts>;

const instanceLabel = ({ instance }: Parts): string => `${LABELS.instance}=${instance[LABELS.instance]}`;

const labelsOf = (parts: Parts, podUid: string): readonly string[] => [
  instanceLabel(parts),
  `${LABELS.podUid}=${podUid}`,
];

const removeContainers = async (parts: Parts, podUid: string): Promise<void> => {
  const { engine, sandboxes, starter, images } = parts;
  const found = await listContainers(engine, labelsOf(parts, podUid));
  await Promise.all(found.map((container) => removeContainer(engine, container.Id)));
  sandboxes.forget(podUid);
  starter.forget(podUid);
  images.forget(podUid);
};

const removePod = async (parts: Parts, podUid: string): Promise<void> => {
  parts.prepared.delete(podUid);
  // What stays is found by the next start; a pod must not stay because of it.
  await removeContainers(parts, podUid).catch(parts.warn('containers of a pod not removed'));
  await parts.mounts.release(podUid).catch(parts.warn('mounts of a pod not taken away'));
  await fs.promises
    .rm(parts.folders.pod(podUid), { recursive: true, force: true, maxRetries: 3, retryDelay: 50 })
    .catch(parts.warn('files of a pod not removed: they may belong to users of its containers'));
};

const recover = async (parts: Parts): ReturnType<PodRuntime['recover']> => {
  const { engine, clock, log } = parts;
  await warnOfUnreachable(engine, log);
  await removeOrphans(engine);
  const found = await listContainers(engine, [instanceLabel(parts)]);
  const podUids = new Set(found.map(({ Labels: labels }) => labels[LABELS.podUid] ?? ''));
  if (podUids.size > 0)
    clock.setTimer(UNCLAIMED_MS, () => void sweep(parts, podUids).catch(parts.warn('leftovers not removed')));
  return recoverContainers(parts, found);
};

const sweep = async (parts: Parts, podUids: Iterable<string>): Promise<void> => {
  for (const podUid of podUids) {
    if (parts.prepared.has(podUid)) continue;
    parts.log.info('containers of a pod that is gone removed', { podUid });
    await removeContainers(parts, podUid);
  }
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
