/**
 * Runs containers as processes of this machine: in a sandbox where the kernel permits, else plainly. Images are names
 * only: the programs are the host's.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { Failure, fnv1a32, messageOf, toTimestamp, type Clock, type Logger } from '@argosy/base';
import { ApiStatusError } from '@argosy/kube';

import { createContainerLog, readContainerLog } from '../../logs/container-log.ts';
import type { ContainerLaunch, PodRuntime, RunningContainer } from '../../pod-runtime.ts';
import { resolveLinks, toHostPath, type ContainerFiles } from './container-paths.ts';
import { findProgram } from './host-programs.ts';
import { hostsEntries } from './hosts-file.ts';
import { launchContainer, type ProcessLaunch } from './launched-container.ts';
import { createLoopbackAddresses } from './loopback-addresses.ts';
import { endLeftovers, forgetProcess, rememberProcess } from './process-records.ts';
import { runAsOf, type RunAs } from './run-as.ts';
import { findSandboxAbility, type SandboxAbility } from './sandbox-ability.ts';
import { toSandboxCommand, type SandboxMount } from './sandbox-command.ts';
import { unappliedFields } from './unapplied-fields.ts';

/** Ports of the process runtime. */
export interface ProcessRuntimeDeps {
  readonly clock: Clock;
  readonly log: Logger;
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

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const SAFE_NAME = /^[A-Za-z0-9][A-Za-z0-9-]{0,252}$/;

/** Creates the runtime; finds out at once, by running one, whether this machine permits sandboxes. */
export const createProcessRuntime = (deps: ProcessRuntimeDeps, options: ProcessRuntimeOptions): PodRuntime => {
  const directory = path.resolve(options.directory);
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  const ability: SandboxAbility =
    options.sandbox === 'never'
      ? { kind: 'plain', why: 'sandboxes are switched off' }
      : findSandboxAbility(directory, options.hidden);
  if (ability.kind === 'plain') {
    deps.log.warn(
      'containers run as plain processes: they see the host, and absolute paths of volumes, /tmp and workflow files are not mapped',
      { why: ability.why },
    );
  }
  const addresses = createLoopbackAddresses(fnv1a32(directory));
  const open = new Set<string>();
  const podDirectory = (uid: string | undefined): string => path.join(directory, safeName(uid ?? '', 'metadata.uid'));
  const folderOf = (launch: ContainerLaunch): string =>
    path.join(
      podDirectory(launch.pod.metadata.uid),
      'containers',
      safeName(launch.name, 'name'),
      String(launch.restartCount),
    );
  const filesOf = (launch: ContainerLaunch): ContainerFiles => {
    const folder = folderOf(launch);
    const mounts = launch.mounts.map((mount) => ({
      ...mount,
      containerPath: path.posix.resolve('/', mount.containerPath),
    }));
    const tmp = { containerPath: '/tmp', hostPath: path.join(folder, 'tmp'), readOnly: false };
    return {
      upper: path.join(folder, 'upper'),
      lower: ability.kind === 'sandbox' ? '/' : undefined,
      mounts: mounts.some((mount) => mount.containerPath === '/tmp') ? mounts : [tmp, ...mounts],
    };
  };

  const start = (given: ContainerLaunch): RunningContainer => {
    const launch = ability.kind === 'sandbox' ? withHosts(given, podDirectory(given.pod.metadata.uid)) : given;
    const runAs = ability.kind === 'sandbox' ? runAsOf(launch) : undefined;
    const folder = folderOf(launch);
    const files = filesOf(launch);
    makeFolders(folder, launch);
    const workingDir = path.posix.resolve('/', launch.workingDir ?? '/');
    const env = environmentOf(options.env, launch, ability.kind === 'sandbox' ? '/tmp' : toHostPath(files, '/tmp'));
    const command = [...launch.command, ...launch.args];
    const [wanted = ''] = command;
    const seen: ContainerFiles = { ...files, lower: '/' };
    const found = findProgram(seen, wanted, {
      searchPath: env['PATH'] ?? DEFAULT_PATH,
      workingDir,
      host: os.hostname(),
    });
    const id = `process://${launch.pod.metadata.uid}-${launch.name}-${launch.restartCount}`;
    if (found.kind === 'missing') return neverStarted(deps.clock, id, found.message);
    fs.mkdirSync(toHostPath(files, workingDir), { recursive: true });
    const [program = '', ...args] = wrap(
      ability,
      { folder, files, hidden: [directory, ...options.hidden], launch, workingDir, runAs },
      [found.program, ...command.slice(1)],
    );
    const logFile = logFileOf(podDirectory(launch.pod.metadata.uid), launch.name, launch.restartCount);
    const log = createContainerLog(deps.clock, logFile);
    open.add(logFile);
    return launchContainer(deps.clock, {
      id,
      program,
      args,
      env,
      cwd: ability.kind === 'sandbox' ? '/' : toHostPath(files, workingDir),
      sandboxed: ability.kind === 'sandbox',
      ...inputOf(launch),
      runAs,
      log,
      onStart: (pid) => rememberProcess(folder, pid),
      onEnd: () => {
        open.delete(logFile);
        forgetProcess(folder);
      },
    });
  };

  return {
    name: 'process',
    unapplied: (spec) => unappliedFields(spec, ability.kind),
    preparePod: async (pod) => {
      const folder = podDirectory(pod.metadata.uid);
      fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
      const podIP = process.platform === 'linux' ? addresses.take(pod.metadata.uid ?? '') : '127.0.0.1';
      return { podIP, podDirectory: folder };
    },
    startContainer: async (launch) => {
      if (launch.command.length === 0) {
        const message = `image ${launch.image} has no files on the process runtime: set command (containers[].command of ${launch.name})`;
        throw new Failure(message, { code: 'CreateContainerError' });
      }
      try {
        return start(launch);
      } catch (thrown) {
        if (thrown instanceof Failure) throw thrown;
        throw new Failure(messageOf(thrown), { code: 'CreateContainerError', cause: thrown });
      }
    },
    resolvePath: (launch, containerPath) => toHostPath(filesOf(launch), containerPath),
    logs: (pod, container, request) => {
      const folder = podDirectory(pod.uid);
      const attempts = attemptsOf(path.join(folder, 'logs', safeName(container, 'container')));
      const attempt = request.previous ? attempts.at(-2) : attempts.at(-1);
      if (attempt === undefined && request.previous) {
        const message = `previous terminated container "${container}" in pod "${pod.name}" not found`;
        throw new ApiStatusError('BadRequest', message);
      }
      const file = logFileOf(folder, container, attempt ?? 0);
      return readContainerLog(deps.clock, file, { options: request, isOpen: () => open.has(file) });
    },
    removePod: async (pod) => {
      const folder = podDirectory(pod.metadata.uid);
      addresses.release(pod.metadata.uid ?? '');
      await fs.promises.rm(folder, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 });
    },
    recover: async () => {
      endLeftovers(directory);
      return [];
    },
  };
};

/** A pod that names hosts has a hosts file of its own. */
const withHosts = (launch: ContainerLaunch, podFolder: string): ContainerLaunch => {
  const entries = hostsEntries(launch.pod);
  if (entries === undefined) return launch;
  const hostPath = path.join(podFolder, 'etc-hosts');
  const own = fs.existsSync('/etc/hosts') ? fs.readFileSync('/etc/hosts', 'utf8') : '';
  fs.writeFileSync(hostPath, own + entries, { mode: 0o644 });
  return { ...launch, mounts: [...launch.mounts, { containerPath: '/etc/hosts', hostPath, readOnly: false }] };
};

/** Whether a container reads, as its author says in the pod. */
const inputOf = ({ pod, name }: ContainerLaunch): Pick<ProcessLaunch, 'stdin' | 'tty' | 'stdinOnce'> => {
  const all = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  const { stdin = false, tty = false, stdinOnce = false } = all.find((one) => one.name === name) ?? {};
  return { stdin, tty, stdinOnce };
};

/** Makes a container's folders; what an earlier attempt left is removed, as a new container starts clean. */
const makeFolders = (folder: string, launch: ContainerLaunch): void => {
  for (const attempt of attemptsOf(path.dirname(folder))) {
    if (attempt >= launch.restartCount) continue;
    fs.rmSync(path.join(path.dirname(folder), String(attempt)), { recursive: true, force: true });
  }
  for (const part of ['root', 'upper', 'work', 'tmp', 'empty'])
    fs.mkdirSync(path.join(folder, part), { recursive: true });
  fs.chmodSync(path.join(folder, 'tmp'), 0o1777);
};

const environmentOf = (
  base: Readonly<Record<string, string>>,
  launch: ContainerLaunch,
  tmp: string,
): Readonly<Record<string, string>> => ({ PATH: DEFAULT_PATH, HOME: '/root', ...base, TMPDIR: tmp, ...launch.env });

const wrap = (
  ability: SandboxAbility,
  container: {
    readonly folder: string;
    readonly files: ContainerFiles;
    readonly hidden: readonly string[];
    readonly launch: ContainerLaunch;
    readonly workingDir: string;
    readonly runAs: RunAs | undefined;
  },
  command: readonly string[],
): readonly string[] => {
  if (ability.kind === 'plain') return command;
  const { folder, files, launch } = container;
  const fixed: readonly SandboxMount[] = [
    // What was there when we began may be gone: no container fails for that.
    ...ability.hostMounts
      .filter((point) => fs.existsSync(point))
      .map((point) => ({ hostPath: point, containerPath: point, readOnly: true })),
    ...container.hidden
      .filter((hidden) => fs.existsSync(hidden))
      .map((hidden) => ({
        hostPath: path.join(folder, 'empty'),
        containerPath: fs.realpathSync(hidden),
        readOnly: true,
      })),
  ];
  const mounts = files.mounts.map((mount) => ({
    hostPath: mount.hostPath,
    containerPath: makeMountPoint(files, mount),
    readOnly: launch.mounts.some(
      (one) => one.hostPath === mount.hostPath && one.containerPath === mount.containerPath && one.readOnly,
    ),
  }));
  const sorted = [...fixed, ...mounts.toSorted((one, other) => one.containerPath.length - other.containerPath.length)];
  return toSandboxCommand({
    root: path.join(folder, 'root'),
    upper: files.upper,
    work: path.join(folder, 'work'),
    mounts: sorted,
    workingDir: container.workingDir,
    command,
    userSpec: container.runAs ? `${container.runAs.user}:${container.runAs.group}` : '',
  });
};

/** Makes the place a mount covers and returns its path without links. */
const makeMountPoint = (files: ContainerFiles, mount: ContainerFiles['mounts'][number]): string => {
  const outer = {
    ...files,
    mounts: files.mounts.filter((one) => one !== mount && mount.containerPath.startsWith(`${one.containerPath}/`)),
  };
  const containerPath = resolveLinks(outer, mount.containerPath);
  const place = toHostPath(outer, containerPath);
  if (fs.statSync(mount.hostPath).isDirectory()) fs.mkdirSync(place, { recursive: true });
  else if (!fs.existsSync(place)) {
    fs.mkdirSync(path.dirname(place), { recursive: true });
    fs.writeFileSync(place, '');
  }
  return containerPath;
};

const neverStarted = (clock: Clock, id: string, message: string): RunningContainer => {
  const now = toTimestamp(clock.now());
  const ended = { exitCode: 128, reason: 'StartError', message, startedAt: now, finishedAt: now, containerID: id };
  return {
    id,
    startedAt: now,
    ended: Promise.resolve(ended),
    stop: async () => undefined,
    exec: async () => ({ exitCode: 126, output: message }),
    output: async () => ({ log: '', stdout: '' }),
  };
};

const logFileOf = (podFolder: string, container: string, attempt: number): string =>
  path.join(podFolder, 'logs', safeName(container, 'container'), `${attempt}.log`);

/** Attempt numbers for which a folder or log exists, in order. */
const attemptsOf = (folder: string): readonly number[] => {
  if (!fs.existsSync(folder)) return [];
  const numbers = fs.readdirSync(folder).map((name) => /^(\d+)(?:\.log)?$/.exec(name)?.[1]);
  return numbers.flatMap((text) => (text === undefined ? [] : [Number(text)])).toSorted((one, other) => one - other);
};

const safeName = (name: string, field: string): string => {
  if (SAFE_NAME.test(name)) return name;
  throw new Failure(`${field}: ${JSON.stringify(name)} cannot name a folder: use letters, digits and "-"`, {
    code: 'CreateContainerError',
  });
};
