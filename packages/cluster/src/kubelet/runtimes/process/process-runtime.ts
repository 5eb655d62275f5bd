/**
 * Runs containers as processes of this machine: in a sandbox where the kernel permits, else plainly. Images are names
 * only: the programs are the host's.
 */
import fs from 'node:fs';
import path from 'node:path';

import { Failure, fnv1a32, messageOf, type Clock, type Logger } from '@argosy/base';

import type { Pod } from '@argosy/kube';

import { openAttemptLog } from '../../logs/open-attempt-log.ts';
import { createPodMounts } from '../../mounts/pod-mounts.ts';
import type { PodNetworkAccess } from '../../pod-network-access.ts';
import type { ContainerLaunch, PodRuntime, RunningContainer } from '../../pod-runtime.ts';
import { toHostPath } from './container-paths.ts';
import { viewOf } from './container-view.ts';
import { createLoopbackAddresses } from './loopback-addresses.ts';
import { createProcessFolders } from './process-folders.ts';
import { endLeftovers } from './process-records.ts';
import { createRunningProcesses } from './running-processes.ts';
import { findSandboxAbility, type SandboxAbility } from './sandbox-ability.ts';
import { startContainer, type ProcessSite } from './start-container.ts';
import { unappliedFields } from './unapplied-fields.ts';

/** Ports of the process runtime. */
export interface ProcessRuntimeDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** How containers in sandboxes resolve names of services; without it as the machine does. */
  readonly network?: PodNetworkAccess;
}

/** Where containers live and what they see. */
export interface ProcessRuntimeOptions {
  /** Folder for pods' files; made if absent. */
  readonly directory: string;
  /** Absolute folders of this machine that containers must not see, such as the program's own data. */
  readonly hidden: readonly string[];
  /** Variables every container has unless it sets them itself: PATH, HOME, LANG, TZ. Nothing else of our environment passes. */
  readonly env: Readonly<Record<string, string>>;
  /** `never` runs plain processes also where the kernel would permit sandboxes; default `auto`. */
  readonly sandbox?: 'auto' | 'never';
}

/** Creates the runtime; finds out at once, by running one, whether this machine permits sandboxes. */
export const createProcessRuntime = (deps: ProcessRuntimeDeps, options: ProcessRuntimeOptions): PodRuntime => {
  const folders = createProcessFolders(path.resolve(options.directory));
  const ability = findAbility(deps, options, folders.directory);
  const mounts = createPodMounts(deps.log, { directory: folders.directory, isEphemeral: true });
  const addresses = createLoopbackAddresses(fnv1a32(folders.directory));
  const addressOf = (pod: Pod): string =>
    process.platform === 'linux' ? addresses.take(pod.metadata.uid ?? '') : '127.0.0.1';
  const site: ProcessSite = {
    clock: deps.clock,
    ability,
    folders,
    hidden: options.hidden,
    env: options.env,
    network: deps.network,
    addressOf,
    running: createRunningProcesses(),
    open: new Set(),
  };
  return {
    name: 'process',
    directory: folders.directory,
    mounts,
    unapplied: (spec) => unappliedFields(spec, ability.kind, mounts),
    preparePod: async (pod) => {
      const podDirectory = folders.pod(pod.metadata.uid);
      fs.mkdirSync(podDirectory, { recursive: true, mode: 0o700 });
      return { podIP: addressOf(pod), podDirectory };
    },
    measure: async (pod) => site.running.measure(pod),
    startContainer: async (launch) => start(site, launch),
    resolvePath: (launch, containerPath) =>
      toHostPath(viewOf(ability, folders.container(launch), launch), containerPath),
    logs: (pod, container, request) => {
      const folder = folders.pod(pod.uid);
      const fileOf = (attempt: number): string => folders.logFile(folder, container, attempt);
      const attempts = folders.loggedAttempts(folder, container);
      const isOpen = (file: string): boolean => site.open.has(file);
      return openAttemptLog(deps.clock, { podName: pod.name, container, attempts, fileOf, isOpen }, request);
    },
    removePod: async (pod) => {
      addresses.release(pod.metadata.uid ?? '');
      const folder = folders.pod(pod.metadata.uid);
      await mounts.release(pod.metadata.uid ?? '');
      await fs.promises.rm(folder, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 });
    },
    recover: async () => {
      endLeftovers(folders.directory);
      return [];
    },
  };
};

const findAbility = (
  { log }: ProcessRuntimeDeps,
  { sandbox, hidden }: ProcessRuntimeOptions,
  directory: string,
): SandboxAbility => {
  const ability: SandboxAbility =
    sandbox === 'never' ? { kind: 'plain', why: 'sandboxes are switched off' } : findSandboxAbility(directory, hidden);
  if (ability.kind === 'plain')
    log.warn(
      'containers run as plain processes: they see the host, and absolute paths of volumes, /tmp and workflow files are not mapped',
      { why: ability.why },
    );
  return ability;
};

const start = async (site: ProcessSite, launch: ContainerLaunch): Promise<RunningContainer> => {
  if (launch.command.length === 0) {
    const message = `image ${launch.image} has no files on the process runtime: set command (containers[].command of ${launch.name})`;
    throw new Failure(message, { code: 'CreateContainerError' });
  }
  try {
    return await startContainer(site, launch);
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    throw new Failure(messageOf(thrown), { code: 'CreateContainerError', cause: thrown });
  }
};
