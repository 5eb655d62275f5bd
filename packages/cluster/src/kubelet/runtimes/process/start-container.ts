/**
 * Starts one container as a process: its folders, its view of files, its environment, its program.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { Failure, type Clock } from '@argosy/base';
import type { Pod } from '@argosy/kube';

import { createContainerLog } from '../../logs/container-log.ts';
import { allContainersOf, ephemeralContainersOf } from '../../pod-containers.ts';
import type { PodNetworkAccess } from '../../pod-network-access.ts';
import type { ContainerLaunch, RunningContainer } from '../../pod-runtime.ts';
import { kernelHostnameOf } from '../pod-hostname.ts';
import { toHostPath } from './container-paths.ts';
import { viewOf, type ContainerView } from './container-view.ts';
import { findProgram } from './host-programs.ts';
import { launchContainer, type ProcessLaunch } from './launched-container.ts';
import { neverStarted } from './never-started.ts';
import { placeMessage } from './message-file.ts';
import { withOwnFiles } from './own-files.ts';
import { makeContainerFolders, type ProcessFolders } from './process-folders.ts';
import { forgetProcess, rememberProcess } from './process-records.ts';
import type { RunningProcesses } from './running-processes.ts';
import { runAsOf } from './run-as.ts';
import type { SandboxAbility } from './sandbox-ability.ts';
import { sandboxedCommand } from './sandboxed-command.ts';

/** What containers of this machine share. */
export interface ProcessSite {
  readonly clock: Clock;
  readonly ability: SandboxAbility;
  readonly folders: ProcessFolders;
  /** Folders of the host that containers must not see. */
  readonly hidden: readonly string[];
  /** Variables every container has unless it sets them itself. */
  readonly env: Readonly<Record<string, string>>;
  readonly network: PodNetworkAccess | undefined;
  /** The pod's address, once it has one. */
  readonly addressOf: (pod: Pod) => string;
  /** First processes of running containers, by pod uid and container. */
  readonly running: RunningProcesses;
  /** Log files that may still grow. */
  readonly open: Set<string>;
}

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** Where programs look for the files of their service account. */
const ACCOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
/** Names the folder of these files where paths of containers cannot be mapped. */
const ACCOUNT_VARIABLE = 'ARGOSY_SERVICE_ACCOUNT_DIR';

/** Starts it. A program this machine lacks makes a container that has ended; throws what prevents anything else. */
export const startContainer = async (site: ProcessSite, given: ContainerLaunch): Promise<RunningContainer> => {
  const { ability, clock, folders, network } = site;
  const isSandbox = ability.kind === 'sandbox';
  const podFolder = folders.pod(given.pod.metadata.uid);
  const folder = folders.container(given);
  const own = isSandbox ? await withOwnFiles(given, { podFolder, network, podIP: site.addressOf(given.pod) }) : given;
  makeContainerFolders(folder, given);
  const message = placeMessage(ability, folder, own);
  const { launch } = message;
  const view = viewOf(ability, folder, launch);
  const workingDir = path.posix.resolve('/', launch.workingDir ?? '/');
  const env = environmentOf(site, launch, view);
  const id = `process://${launch.pod.metadata.uid}-${launch.name}-${launch.restartCount}`;
  const command = [...launch.command, ...launch.args];
  const found = findProgram({ ...view, lower: '/' }, command[0] ?? '', {
    searchPath: env['PATH'] ?? DEFAULT_PATH,
    workingDir,
    host: os.hostname(),
  });
  if (found.kind === 'missing') return neverStarted(clock, id, found.message);
  fs.mkdirSync(toHostPath(view, workingDir), { recursive: true });
  const runAs = isSandbox ? runAsOf(launch) : undefined;
  const hidden = [folders.directory, ...site.hidden];
  const joins = isSandbox ? targetOf(site, launch) : undefined;
  const container = { folder, view, hidden, workingDir, runAs, joins, hostname: kernelHostnameOf(launch.pod) };
  const [program = '', ...args] = sandboxedCommand(ability, container, [found.program, ...command.slice(1)]);
  return launchContainer(clock, {
    id,
    program,
    args,
    env,
    cwd: isSandbox ? '/' : toHostPath(view, workingDir),
    sandboxed: isSandbox,
    ...inputOf(launch),
    runAs,
    ...recordsOf(site, launch, folder),
    readMessage: message.read,
  });
};

/** The process inside the container an ephemeral one looks at. Throws a Failure CreateContainerConfigError when it is gone. */
const targetOf = ({ running }: ProcessSite, { pod, name }: ContainerLaunch): number | undefined => {
  const target = ephemeralContainersOf(pod.spec).find((one) => one.name === name)?.targetContainerName;
  if (!target) return undefined;
  const inside = running.inside(pod, target);
  if (inside !== undefined) return inside;
  const message = `targetContainerName: container ${JSON.stringify(target)} of this pod does not run`;
  throw new Failure(message, { code: 'CreateContainerConfigError', retryable: true });
};

/** The log of a container, and what else is kept of it while it runs. */
const recordsOf = (
  site: ProcessSite,
  launch: ContainerLaunch,
  folder: string,
): Pick<ProcessLaunch, 'log' | 'onStart' | 'onEnd'> => {
  const { folders, open } = site;
  const logFile = folders.logFile(folders.pod(launch.pod.metadata.uid), launch.name, launch.restartCount);
  const log = createContainerLog(site.clock, logFile);
  open.add(logFile);
  return {
    log,
    onStart: (pid) => {
      site.running.add(launch, pid);
      rememberProcess(folder, pid);
    },
    onEnd: () => {
      site.running.remove(launch);
      open.delete(logFile);
      forgetProcess(folder);
    },
  };
};

const environmentOf = (
  { ability, env }: ProcessSite,
  launch: ContainerLaunch,
  view: ContainerView,
): Readonly<Record<string, string>> => {
  const base = { PATH: DEFAULT_PATH, HOME: '/root', ...env };
  if (ability.kind === 'sandbox') return { ...base, TMPDIR: '/tmp', ...launch.env };
  const account = launch.mounts.find(({ containerPath }) => containerPath === ACCOUNT_PATH)?.hostPath;
  return {
    ...base,
    TMPDIR: toHostPath(view, '/tmp'),
    ...(account === undefined ? {} : { [ACCOUNT_VARIABLE]: account }),
    ...launch.env,
  };
};

/** Whether a container reads, as its author says in the pod. */
const inputOf = ({ pod, name }: ContainerLaunch): Pick<ProcessLaunch, 'stdin' | 'tty' | 'stdinOnce'> => {
  const { stdin = false, tty = false, stdinOnce = false } = allContainersOf(pod).find((one) => one.name === name) ?? {};
  return { stdin, tty, stdinOnce };
};
