/**
 * One container of the engine as the kubelet sees it: its output, its end, and how it is ended. The same for a container
 * just started and one taken over after a restart.
 */

import { delay, messageOf, parseTimestamp, toTimestamp, type Clock, type Logger } from '@argosy/base';
import type { ContainerState } from '@argosy/kube';

import type { RunningContainer } from '../../pod-runtime.ts';
import { readMessage } from '../read-message.ts';
import { terminationMessage } from '../termination-message.ts';
import { collectPaths } from './container-files.ts';
import { takeOutput, type ContainerOutput } from './container-output.ts';
import { inspectContainer, signalContainer, type InspectedContainer } from './engine-containers.ts';
import { runInContainer } from './engine-exec.ts';
import { attachToContainer, openInContainer } from './engine-streams.ts';
import { isEngineStatus, type Engine } from './engine.ts';
import type { ContainerFiles } from '../process/container-paths.ts';

type Terminated = NonNullable<ContainerState['terminated']>;

/** A container to look after. */
export interface SupervisedContainer {
  readonly containerId: string;
  readonly startedAt: string;
  readonly isTerminal: boolean;
  /** Whether it reads input. */
  readonly takesInput: boolean;
  /** Whether its input ends with the first who joins. */
  readonly endsInput: boolean;
  /** Signal that asks it to end. */
  readonly stopSignal: string;
  readonly logFile: string;
  readonly files: ContainerFiles;
  /** Paths bound to what a supervisor placed; they are on this machine already. */
  readonly bound: readonly string[];
  readonly collects: readonly string[];
  /** File of this machine that holds the termination message. */
  readonly terminationFile: string;
  /** Whether the end of the log stands in for an empty message of a container that failed. */
  readonly isMessageFromLog: boolean;
  /** Told the end of a container nobody else needs any more; `isForGood` when it was ended without grace. */
  readonly onEnd: (isForGood: boolean) => Promise<void>;
}

/** Ports of the supervision. */
export interface SupervisionDeps {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Time for the last output after the end, in milliseconds. */
const DRAIN_MS = 5000;
/** Time between two tries to reach an engine that went away. */
const RECONNECT_MS = 1000;

/** The id of a container as Kubernetes writes it. Pure. */
export const toContainerId = (containerId: string): string => `docker://${containerId}`;

/** Looks after a container until it has ended. */
export const superviseContainer = (deps: SupervisionDeps, of: SupervisedContainer): RunningContainer => {
  const { engine, clock, log } = deps;
  const giveUp = new AbortController();
  let isForGood = false;
  const output = takeOutput(engine, deps, {
    containerId: of.containerId,
    isTerminal: of.isTerminal,
    file: of.logFile,
  });
  const ended = (async (): Promise<Terminated> => {
    const found = await waitForEnd(deps, of.containerId, giveUp.signal);
    await output.finish(DRAIN_MS);
    if (found) {
      await collectPaths(engine, of, of.collects).catch((thrown: unknown) =>
        log.warn('files of a container not copied out', { id: of.containerId, error: messageOf(thrown) }),
      );
    }
    return toTerminated(clock, of, { found, output });
  })();
  // Nobody has to wait for this to learn of the end.
  const cleaned = ended
    .then(() => of.onEnd(isForGood))
    .catch((thrown: unknown) => log.warn('container not removed', { id: of.containerId, error: messageOf(thrown) }));
  const signal = async (name: string): Promise<void> => {
    try {
      await signalContainer(engine, of.containerId, name);
    } catch (thrown) {
      log.warn('container not signalled', { id: of.containerId, signal: name, error: messageOf(thrown) });
      // Nothing more can be learnt of it, and whoever stops it must not wait for ever.
      if (isEngineStatus(thrown, 0)) giveUp.abort();
    }
  };
  return {
    id: toContainerId(of.containerId),
    startedAt: of.startedAt,
    ended,
    stop: async (gracePeriodMs) => {
      if (gracePeriodMs === 0) {
        isForGood = true;
        await signal('SIGKILL');
        // This program may be about to end.
        return cleaned;
      }
      await signal(of.stopSignal);
      const cancel = clock.setTimer(gracePeriodMs, () => void signal('SIGKILL'));
      await ended;
      cancel();
    },
    exec: (command, timeoutMs) => runInContainer(engine, clock, { containerId: of.containerId, command, timeoutMs }),
    open: (request) => openInContainer(engine, of.containerId, request),
    attach: () =>
      attachToContainer(engine, {
        containerId: of.containerId,
        stdin: of.takesInput,
        stdinOnce: of.endsInput,
        tty: of.isTerminal,
        ended,
      }),
    output: async () => output.output(),
  };
};

/** Waits for the end, through restarts of the engine. `undefined` when the container vanished or is given up. */
const waitForEnd = async (
  { engine, clock }: SupervisionDeps,
  containerId: string,
  signal: AbortSignal,
): Promise<InspectedContainer | undefined> => {
  while (!signal.aborted) {
    try {
      await engine.call({ method: 'POST', path: `/containers/${containerId}/wait`, timeoutMs: 0, signal });
      const found = await inspectContainer(engine, containerId);
      if (!found?.State.Running) return found;
    } catch (thrown) {
      if (isEngineStatus(thrown, 404)) return undefined;
      await delay(clock, RECONNECT_MS, signal);
    }
  }
  return undefined;
};

const toTerminated = async (
  clock: Clock,
  of: SupervisedContainer,
  seen: { readonly found: InspectedContainer | undefined; readonly output: ContainerOutput },
): Promise<Terminated> => {
  const containerID = toContainerId(of.containerId);
  const { found } = seen;
  if (!found) {
    return {
      exitCode: 137,
      reason: 'ContainerStatusUnknown',
      message: 'The container could not be located when it ended',
      startedAt: of.startedAt,
      finishedAt: toTimestamp(clock.now()),
      containerID,
    };
  }
  const { ExitCode: exitCode = 137, OOMKilled: isOutOfMemory, FinishedAt: finishedAt } = found.State;
  const message = messageOfEnd(of, { exitCode, log: seen.output.output().log });
  return {
    exitCode,
    reason: isOutOfMemory ? 'OOMKilled' : exitCode === 0 ? 'Completed' : 'Error',
    ...(message === '' ? {} : { message }),
    startedAt: of.startedAt,
    finishedAt: toTimestamp(parseTimestamp(finishedAt) ?? clock.now()),
    containerID,
  };
};

const messageOfEnd = (of: SupervisedContainer, end: { readonly exitCode: number; readonly log: string }): string =>
  terminationMessage({ written: readMessage(of.terminationFile), isFromLog: of.isMessageFromLog, ...end });
