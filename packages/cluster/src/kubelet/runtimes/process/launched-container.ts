/**
 * One process as a container: its output, its end, and how it is ended.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import os from 'node:os';
import { PassThrough, Writable } from 'node:stream';

import { delay, messageOf, toTimestamp, type Clock } from '@argosy/base';
import { ApiStatusError } from '@argosy/kube';

import type { ContainerLog } from '../../logs/container-log.ts';
import type { ExecOutcome, ProcessStreams, RunningContainer } from '../../pod-runtime.ts';
import { createResize, openInside, withTerminal } from './open-inside.ts';
import { childrenOf, hasOwnRoot, signalProcess } from './process-tree.ts';
import type { RunAs } from './run-as.ts';

/** What to start. */
export interface ProcessLaunch {
  readonly id: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly sandboxed: boolean;
  /** Whether the container reads its input, and whether that is a terminal. */
  readonly stdin: boolean;
  readonly tty: boolean;
  /** Whether input ends with the first who is attached. */
  readonly stdinOnce: boolean;
  /** Whom commands inside become, as the container itself did. */
  readonly runAs: RunAs | undefined;
  readonly log: ContainerLog;
  /** Told the process's id once it runs. */
  readonly onStart: (pid: number) => void;
  readonly onEnd: () => void;
  /** What the container left to say why it ended; empty when nothing. */
  readonly readMessage: (exitCode: number, log: string) => string;
}

/** Output of a probe that is kept, in bytes. */
const PROBE_OUTPUT = 10 * 1024;
/** Time for the output of leftover grandchildren after the process itself ended. */
const DRAIN_MS = 1000;

/** Starts a process. What prevents the start ends the container with reason StartError. */
export const launchContainer = (clock: Clock, launch: ProcessLaunch): RunningContainer => {
  const startedAt = toTimestamp(clock.now());
  const [program, ...args]: readonly [string, ...string[]] = launch.tty
    ? withTerminal([launch.program, ...launch.args])
    : [launch.program, ...launch.args];
  const child = spawn(program, args, {
    cwd: launch.cwd,
    env: launch.tty ? { TERM: 'xterm', ...launch.env } : launch.env,
    stdio: [launch.stdin ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    // A group of its own, so that all of it can be ended without touching this program.
    detached: true,
  });
  child.stdin?.on('error', () => undefined);
  child.stdout?.on('data', (chunk: Buffer) => launch.log.write('stdout', chunk));
  child.stderr?.on('data', (chunk: Buffer) => launch.log.write('stderr', chunk));
  if (child.pid !== undefined) launch.onStart(child.pid);
  const resize = launch.tty ? createResize(clock, child) : () => undefined;
  let endedYet = false;
  const ended = whenClosed(clock, child).then(({ exitCode, failure }) => {
    endedYet = true;
    launch.log.close();
    launch.onEnd();
    const message = failure ?? launch.readMessage(exitCode, launch.log.output().log);
    const reason = failure === undefined ? (exitCode === 0 ? 'Completed' : 'Error') : 'StartError';
    return {
      exitCode,
      reason,
      ...(message === '' ? {} : { message }),
      startedAt,
      finishedAt: toTimestamp(clock.now()),
      containerID: launch.id,
    };
  });
  return {
    id: launch.id,
    startedAt,
    ended,
    stop: async (gracePeriodMs) => {
      if (endedYet || child.pid === undefined) return void (await ended);
      if (gracePeriodMs > 0) askToEnd(child.pid, launch);
      const cancel = clock.setTimer(gracePeriodMs, () => killAll(child));
      await ended;
      cancel();
    },
    exec: async (command, timeoutMs) => {
      const entry = await whenInside(clock, { child, launch, hasEnded: () => endedYet });
      if (entry === undefined) return { exitCode: 126, output: 'container is not running' };
      return runInside(clock, { launch, command: [...entry, ...command], timeoutMs });
    },
    open: async (request) => {
      const entry = await whenInside(clock, { child, launch, hasEnded: () => endedYet });
      if (entry === undefined)
        throw new ApiStatusError('BadRequest', 'the container is not running: try again when it has started');
      return openInside(clock, { entry, cwd: launch.cwd, env: launch.env }, request);
    },
    attach: () => attachTo(child, launch, { ended: ended.then(({ exitCode }) => exitCode), resize }),
    output: async () => launch.log.output(),
  };
};

const whenClosed = (
  clock: Clock,
  child: ChildProcess,
): Promise<{ readonly exitCode: number; readonly failure?: string }> =>
  new Promise((resolve) => {
    const codeOf = (code: number | null, signal: NodeJS.Signals | null): number =>
      code ?? 128 + (signal ? os.constants.signals[signal] : 0);
    child.on('error', (thrown) => resolve({ exitCode: 128, failure: messageOf(thrown) }));
    child.on('exit', (code, signal) => {
      const cancel = clock.setTimer(DRAIN_MS, () => {
        killAll(child);
        child.stdout?.destroy();
        child.stderr?.destroy();
      });
      child.on('close', () => {
        cancel();
        resolve({ exitCode: codeOf(code, signal) });
      });
    });
  });

/** With a terminal, `script` stands before `unshare`. */
const insiderRoot = (pid: number, launch: ProcessLaunch): number => (launch.tty ? (childrenOf(pid)[0] ?? pid) : pid);

/** The container's own first process: below `unshare` and the shell that set up the mounts. */
const insiderOf = (pid: number): number | undefined => childrenOf(pid).flatMap(childrenOf)[0];

const askToEnd = (pid: number, launch: ProcessLaunch): void => {
  if (!launch.sandboxed) return signalProcess(-pid, 'SIGTERM');
  const inside = insiderOf(insiderRoot(pid, launch));
  // Not yet inside: the sandbox is being set up and nothing of the container runs.
  signalProcess(inside ?? pid, inside === undefined ? 'SIGKILL' : 'SIGTERM');
};

const killAll = (child: ChildProcess): void => {
  if (child.pid === undefined) return;
  signalProcess(-child.pid, 'SIGKILL');
  signalProcess(child.pid, 'SIGKILL');
};

/** Looks for a container that is being set up, this often and this far apart. */
const LOOKS = 300;
const LOOK_MS = 10;

/** How a command gets inside, once there is an inside; `undefined` when it has ended. */
const whenInside = async (
  clock: Clock,
  of: { readonly child: ChildProcess; readonly launch: ProcessLaunch; readonly hasEnded: () => boolean },
): Promise<readonly string[] | undefined> => {
  for (let left = LOOKS; left > 0 && !of.hasEnded(); left -= 1) {
    const entry = entryOf(of.child, of.launch);
    if (entry !== undefined) return entry;
    await delay(clock, LOOK_MS);
  }
  return undefined;
};

/** `undefined` while there is nobody to join. */
const entryOf = (child: ChildProcess, launch: ProcessLaunch): readonly string[] | undefined => {
  if (!launch.sandboxed) return [];
  const inside = child.pid === undefined ? undefined : insiderOf(insiderRoot(child.pid, launch));
  if (inside === undefined || !hasOwnRoot(inside)) return undefined;
  return ['nsenter', `--target=${inside}`, ...identityOf(launch), '--mount', '--uts', '--pid', '--root', '--wd', '--'];
};

const identityOf = ({ runAs }: ProcessLaunch): readonly string[] =>
  runAs ? [`--setuid=${runAs.user}`, `--setgid=${runAs.group}`] : [];

/** The output of a container from now on, and its input when it takes any. */
const attachTo = (
  child: ChildProcess,
  launch: ProcessLaunch,
  { ended, resize }: Pick<ProcessStreams, 'ended' | 'resize'>,
): ProcessStreams => {
  const stdout = new PassThrough();
  const stderr = launch.tty ? undefined : new PassThrough();
  const takeOut = (chunk: Buffer): void => void stdout.write(chunk);
  const takeErr = (chunk: Buffer): void => void (stderr ?? stdout).write(chunk);
  child.stdout?.on('data', takeOut);
  child.stderr?.on('data', takeErr);
  const letGo = (): void => {
    child.stdout?.off('data', takeOut);
    child.stderr?.off('data', takeErr);
    stdout.end();
    stderr?.end();
  };
  void ended.then(letGo);
  const input = child.stdin;
  // Others may attach later: the input of a container ends only when its author wants that.
  const stdin =
    input &&
    new Writable({
      write: (chunk: Buffer, _encoding, done) => void input.write(chunk, () => done()),
      final: (done) => {
        if (launch.stdinOnce) input.end();
        done();
      },
    });
  return {
    ...(stdin ? { stdin } : {}),
    stdout,
    ...(stderr ? { stderr } : {}),
    resize,
    ended,
    close: letGo,
  };
};

const runInside = (
  clock: Clock,
  request: { readonly launch: ProcessLaunch; readonly command: readonly string[]; readonly timeoutMs: number },
): Promise<ExecOutcome> => {
  const { launch } = request;
  const [program = '', ...args] = request.command;
  return new Promise((resolve) => {
    const probe = spawn(program, args, {
      cwd: launch.cwd,
      env: launch.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let output = '';
    const take = (chunk: Buffer): void => void (output = (output + chunk.toString('utf8')).slice(0, PROBE_OUTPUT));
    probe.stdout.on('data', take);
    probe.stderr.on('data', take);
    const cancel = clock.setTimer(request.timeoutMs, () => {
      killAll(probe);
      resolve({ exitCode: 124, output: `command timed out after ${request.timeoutMs} ms`, timedOut: true });
    });
    probe.on('error', (thrown) => {
      cancel();
      resolve({ exitCode: 127, output: messageOf(thrown) });
    });
    probe.on('close', (code) => {
      cancel();
      resolve({ exitCode: code ?? 137, output });
    });
  });
};
