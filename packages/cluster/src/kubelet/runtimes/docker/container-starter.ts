/**
 * Starts containers and takes over those that still run from before a restart.
 */
import { Failure, messageOf, parseTimestamp, toTimestamp } from '@argosy/base';

import type { ContainerLaunch, RunningContainer, TellPod } from '../../pod-runtime.ts';
import type { ContainerFiles } from '../process/container-paths.ts';
import { endsInput, findContainer, isTerminal, takesInput } from './container-config.ts';
import {
  createContainerCreation,
  type ContainerCreation,
  type ContainerCreationOptions,
} from './container-creation.ts';
import { LABELS, type ListedContainer } from './container-labels.ts';
import { inspectContainer, removeContainer } from './engine-containers.ts';
import type { EngineFacts } from './engine-facts.ts';
import { EngineFailure, isEngineStatus } from './engine.ts';
import type { ImageFacts, ImageStore } from './image-store.ts';
import { attemptOf, mountsOf } from './launch-files.ts';
import { neverStarted } from './never-started.ts';
import { forgetLog, type Attempt, type PodFolders } from './pod-folders.ts';
import type { PodSandboxes } from './pod-sandboxes.ts';
import { superviseContainer, type SupervisionDeps } from './supervised-container.ts';
import { findUnsupportedField } from './unsupported-fields.ts';

/** A container of a pod that was there before this program. */
export interface RecoveredContainer {
  readonly podUid: string;
  readonly container: string;
  readonly running: RunningContainer;
}

/** Starts and remembers containers. */
export interface ContainerStarter {
  /**
   * Starts a container. One from before a restart is returned instead: of the same attempt also when it has ended since, of
   * an earlier one while it runs, so that nothing is started twice.
   */
  start(launch: ContainerLaunch, tell: TellPod): Promise<RunningContainer>;
  /** Takes over a container the engine has; `undefined` when it vanished meanwhile. */
  recover(container: ListedContainer): Promise<RecoveredContainer | undefined>;
  /** Path on this machine; before the start it is noted, and what is placed there is bound into the container. */
  resolvePath(launch: ContainerLaunch, containerPath: string): string;
  /** Whether more may come into a log file. */
  isWriting(logFile: string): boolean;
  /** Forgets what was noted for a pod. */
  forget(podUid: string): void;
}

/** Ports of the starter. */
export interface ContainerStarterDeps extends SupervisionDeps {
  readonly sandboxes: PodSandboxes;
  readonly folders: PodFolders;
  readonly images: ImageStore;
  readonly facts: () => Promise<EngineFacts>;
}

/** Creates the starter. */
export const createContainerStarter = (
  deps: ContainerStarterDeps,
  options: ContainerCreationOptions,
): ContainerStarter => {
  const creation = createContainerCreation(deps, options);
  const recovered = createRecovered();
  const writing = new Set<string>();
  const supervise: Supervise = (attempt, of) => {
    const logFile = deps.folders.logFile(attempt);
    writing.add(logFile);
    const running = superviseAttempt(deps, attempt, of);
    void running.ended.then(() => writing.delete(logFile));
    return running;
  };
  const scope = { ...deps, creation, supervise };
  return {
    start: async (launch, tell) => {
      const unsupported = findUnsupportedField(launch.pod, findContainer(launch.pod, launch.name));
      if (unsupported !== undefined) throw new Failure(unsupported, { code: 'CreateContainerConfigError' });
      return recovered.take(launch) ?? withReason(() => startAnew(scope, launch, tell));
    },
    recover: async (listed) => {
      const found = await takeOver(scope, listed);
      if (found) recovered.note(found.attempt, found.running);
      return found && { ...found.attempt, running: found.running };
    },
    resolvePath: (launch, containerPath) => creation.resolvePath(launch, containerPath),
    isWriting: (logFile) => writing.has(logFile),
    forget: (podUid) => {
      creation.forget(podUid);
      recovered.forget(podUid);
    },
  };
};

/** What a supervision needs to know of a container of the engine. */
interface Supervised {
  readonly containerId: string;
  readonly startedAt: string;
  readonly config: unknown;
  readonly stopSignal: string | undefined;
  readonly files: ContainerFiles;
  readonly bound: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}
type Supervise = (attempt: Attempt, of: Supervised) => RunningContainer;
interface StarterScope extends ContainerStarterDeps {
  readonly creation: ContainerCreation;
  readonly supervise: Supervise;
}

const USUAL_STOP_SIGNAL = 'SIGTERM';

const superviseAttempt = (deps: ContainerStarterDeps, attempt: Attempt, of: Supervised): RunningContainer =>
  superviseContainer(deps, {
    containerId: of.containerId,
    startedAt: of.startedAt,
    isTerminal: isTerminal(of.config),
    takesInput: takesInput(of.config),
    endsInput: endsInput(of.config),
    stopSignal: of.stopSignal ?? USUAL_STOP_SIGNAL,
    logFile: deps.folders.logFile(attempt),
    files: of.files,
    bound: of.bound,
    collects: parsePaths(of.labels[LABELS.collects]),
    terminationFile: deps.folders.terminationFile(attempt),
    isMessageFromLog: of.labels[LABELS.terminationMessage] === 'fallback',
    onEnd: async (isForGood) => {
      await removeContainer(deps.engine, of.containerId);
      await deps.sandboxes.release(attempt.podUid, isForGood ? 'now' : 'soon');
    },
  });

const startAnew = async (scope: StarterScope, launch: ContainerLaunch, tell: TellPod): Promise<RunningContainer> => {
  const podUid = launch.pod.metadata.uid ?? '';
  const image = await scope.images.ensure({
    image: launch.image,
    policy: findContainer(launch.pod, launch.name).imagePullPolicy,
    podUid,
    credentials: launch.pullCredentials ?? [],
    tell,
  });
  try {
    const sandboxId = await scope.sandboxes.hold(launch.pod);
    return await startIn(scope, launch, { image, sandboxId });
  } catch (thrown) {
    await scope.sandboxes.release(podUid, 'soon');
    throw thrown;
  }
};

const startIn = async (
  { engine, clock, sandboxes, creation, supervise }: StarterScope,
  launch: ContainerLaunch,
  from: { readonly image: ImageFacts; readonly sandboxId: string },
): Promise<RunningContainer> => {
  const made = await creation.create(launch, from);
  try {
    await engine.call({ method: 'POST', path: `/containers/${made.containerId}/start` });
  } catch (thrown) {
    await removeContainer(engine, made.containerId);
    // Conflict: the sandbox ended meanwhile; no answer: the engine did. Neither says anything about the container.
    if (isEngineStatus(thrown, 0, 409)) throw thrown;
    await sandboxes.release(launch.pod.metadata.uid ?? '', 'soon');
    return neverStarted(clock, made.containerId, messageOf(thrown));
  }
  const startedAt = toTimestamp(clock.now());
  const { stopSignal } = from.image;
  return supervise(attemptOf(launch), { ...made, startedAt, stopSignal, labels: made.config.Labels });
};

const takeOver = async (
  { engine, clock, folders, sandboxes, supervise }: StarterScope,
  listed: ListedContainer,
): Promise<{ readonly attempt: Attempt; readonly running: RunningContainer } | undefined> => {
  const found = await inspectContainer(engine, listed.Id);
  if (!found) return undefined;
  const labels = listed.Labels;
  const attempt = {
    podUid: labels[LABELS.podUid] ?? '',
    container: labels[LABELS.container] ?? '',
    restartCount: Number(labels[LABELS.restartCount]),
  };
  sandboxes.adopt(attempt.podUid);
  // The engine has the whole of it, also what came in between.
  await forgetLog(folders, attempt);
  const running = supervise(attempt, {
    containerId: listed.Id,
    startedAt: toTimestamp(parseTimestamp(found.State.StartedAt) ?? clock.now()),
    config: found.Config,
    stopSignal: found.Config.StopSignal,
    files: { upper: folders.files(attempt), lower: undefined, mounts: mountsOf(found.Mounts) },
    bound: [],
    labels,
  });
  return { attempt, running };
};

/** Containers taken over that nobody has asked for yet. */
const createRecovered = () => {
  const known = new Map<
    string,
    { readonly running: RunningContainer; readonly restartCount: number; hasEnded: boolean }
  >();
  return {
    note: ({ podUid, container, restartCount }: Attempt, running: RunningContainer): void => {
      const one = { running, restartCount, hasEnded: false };
      known.set(`${podUid}/${container}`, one);
      void running.ended.then(() => (one.hasEnded = true));
    },
    /** At most once: whoever asks again wants another. */
    take: (launch: ContainerLaunch): RunningContainer | undefined => {
      const key = `${launch.pod.metadata.uid ?? ''}/${launch.name}`;
      const one = known.get(key);
      known.delete(key);
      return one && (one.restartCount === launch.restartCount || !one.hasEnded) ? one.running : undefined;
    },
    forget: (podUid: string): void => {
      for (const key of known.keys()) if (key.startsWith(`${podUid}/`)) known.delete(key);
    },
  };
};

/** What has no reason of Kubernetes' own gets the usual one. */
const withReason = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof Failure && !(thrown instanceof EngineFailure)) throw thrown;
    throw new Failure(messageOf(thrown), { code: 'CreateContainerError', retryable: true, cause: thrown });
  }
};

const parsePaths = (text: string | undefined): readonly string[] => {
  const parsed: unknown = text === undefined ? [] : JSON.parse(text);
  return Array.isArray(parsed) ? parsed.filter((one) => typeof one === 'string') : [];
};
