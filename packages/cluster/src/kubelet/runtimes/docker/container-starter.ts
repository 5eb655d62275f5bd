/**
 * Starts containers and takes over those that still run from before a restart.
 */
import path from 'node:path';

import { Failure, messageOf, parseTimestamp, toTimestamp } from '@argosy/base';
import type { Pod } from '@argosy/kube';

import type { ContainerLaunch, RunningContainer } from '../../pod-runtime.ts';
import { toHostPath, type ContainerFiles } from '../process/container-paths.ts';
import { findContainer, isTerminal, takesInput, toContainerConfig } from './container-config.ts';
import { findPlaced } from './container-files.ts';
import { LABELS, toEngineName, type InstanceLabels, type ListedContainer } from './container-labels.ts';
import { createAnew, inspectContainer, removeContainer } from './engine-containers.ts';
import type { EngineFacts } from './engine-facts.ts';
import { EngineFailure, isEngineStatus } from './engine.ts';
import type { ImageFacts, ImageStore } from './image-store.ts';
import { attemptOf, filesOf, giveVolumes, mountsOf, terminationMount } from './launch-files.ts';
import { neverStarted } from './never-started.ts';
import { forgetLog, isMade, makeAttemptFolder, type Attempt, type PodFolders } from './pod-folders.ts';
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
  start(launch: ContainerLaunch): Promise<RunningContainer>;
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

/** What containers are marked with, and what is copied out of them. */
export interface ContainerStarterOptions {
  readonly instance: InstanceLabels;
  readonly collects: (pod: Pod, container: string) => readonly string[];
}

interface Recovered {
  readonly running: RunningContainer;
  readonly restartCount: number;
  hasEnded: boolean;
}

const USUAL_STOP_SIGNAL = 'SIGTERM';

/** Creates the starter. */
export const createContainerStarter = (
  deps: ContainerStarterDeps,
  options: ContainerStarterOptions,
): ContainerStarter => {
  const { engine, clock, folders, sandboxes } = deps;
  const writing = new Set<string>();
  const asked = new Map<string, Set<string>>();
  const recovered = new Map<string, Recovered>();

  const supervise = (
    attempt: Attempt,
    of: {
      readonly containerId: string;
      readonly startedAt: string;
      readonly config: unknown;
      readonly stopSignal: string | undefined;
      readonly files: ContainerFiles;
      readonly bound: readonly string[];
      readonly labels: Readonly<Record<string, string>>;
    },
  ): RunningContainer => {
    const logFile = folders.logFile(attempt);
    writing.add(logFile);
    const running = superviseContainer(deps, {
      containerId: of.containerId,
      startedAt: of.startedAt,
      isTerminal: isTerminal(of.config),
      takesInput: takesInput(of.config),
      stopSignal: of.stopSignal ?? USUAL_STOP_SIGNAL,
      logFile,
      files: of.files,
      bound: of.bound,
      collects: parsePaths(of.labels[LABELS.collects]),
      terminationFile: folders.terminationFile(attempt),
      isMessageFromLog: of.labels[LABELS.terminationMessage] === 'fallback',
      onEnd: async (isForGood) => {
        await removeContainer(engine, of.containerId);
        await sandboxes.release(attempt.podUid, isForGood ? 'now' : 'soon');
      },
    });
    void running.ended.then(() => writing.delete(logFile));
    return running;
  };
  const create = async (launch: ContainerLaunch, from: { readonly image: ImageFacts; readonly sandboxId: string }) => {
    const attempt = attemptOf(launch);
    const files = filesOf(folders, launch);
    makeAttemptFolder(folders, attempt);
    await giveVolumes(folders, launch);
    const placed = await findPlaced(files, asked.get(folders.attempt(attempt)) ?? []);
    const config = toContainerConfig(launch, {
      ...from,
      sharesHostname: (await deps.facts()).sharesHostname,
      instance: options.instance,
      placed: [...placed, ...terminationMount(folders, launch, [...files.mounts, ...placed])],
      collects: options.collects(launch.pod, launch.name),
    });
    const containerId = await createAnew(
      engine,
      toEngineName(launch.pod, `${launch.name}_${launch.restartCount}`),
      config,
    );
    asked.delete(folders.attempt(attempt));
    return { containerId, files, config, bound: placed.map((one) => one.containerPath) };
  };
  const startIn = async (
    launch: ContainerLaunch,
    from: { readonly image: ImageFacts; readonly sandboxId: string },
  ): Promise<RunningContainer> => {
    const made = await create(launch, from);
    try {
      await engine.call({ method: 'POST', path: `/containers/${made.containerId}/start` });
    } catch (thrown) {
      await removeContainer(engine, made.containerId);
      // Conflict: the sandbox ended meanwhile; no answer: the engine did. Neither says anything about the container.
      if (isEngineStatus(thrown, 0, 409)) throw thrown;
      await sandboxes.release(launch.pod.metadata.uid ?? '', 'soon');
      return neverStarted(clock, made.containerId, messageOf(thrown));
    }
    return supervise(attemptOf(launch), {
      ...made,
      startedAt: toTimestamp(clock.now()),
      stopSignal: from.image.stopSignal,
      labels: (made.config as { readonly Labels: Readonly<Record<string, string>> }).Labels,
    });
  };
  return {
    start: async (launch) => {
      const container = findContainer(launch.pod, launch.name);
      const podUid = launch.pod.metadata.uid ?? '';
      const unsupported = findUnsupportedField(launch.pod, container);
      if (unsupported !== undefined) throw new Failure(unsupported, { code: 'CreateContainerConfigError' });
      const known = recovered.get(`${podUid}/${launch.name}`);
      recovered.delete(`${podUid}/${launch.name}`);
      if (known && (known.restartCount === launch.restartCount || !known.hasEnded)) return known.running;
      const secrets = launch.pod.spec?.['imagePullSecrets'];
      return withReason(async () => {
        const image = await deps.images.ensure({
          image: launch.image,
          policy: container.imagePullPolicy,
          podUid,
          hasPullSecrets: Array.isArray(secrets) && secrets.length > 0,
        });
        try {
          const sandboxId = await sandboxes.hold(launch.pod);
          return await startIn(launch, { image, sandboxId });
        } catch (thrown) {
          await sandboxes.release(podUid, 'soon');
          throw thrown;
        }
      });
    },
    recover: async (listed) => {
      const found = await inspectContainer(engine, listed.Id);
      if (!found) return undefined;
      const podUid = listed.Labels[LABELS.podUid] ?? '';
      const container = listed.Labels[LABELS.container] ?? '';
      const attempt = { podUid, container, restartCount: Number(listed.Labels[LABELS.restartCount]) };
      sandboxes.adopt(podUid);
      // The engine has the whole of it, also what came in between.
      await forgetLog(folders, attempt);
      const running = supervise(attempt, {
        containerId: listed.Id,
        startedAt: toTimestamp(parseTimestamp(found.State.StartedAt) ?? clock.now()),
        config: found.Config,
        stopSignal: found.Config.StopSignal,
        files: { upper: folders.files(attempt), lower: undefined, mounts: mountsOf(found.Mounts) },
        bound: [],
        labels: listed.Labels,
      });
      const known: Recovered = { running, restartCount: attempt.restartCount, hasEnded: false };
      recovered.set(`${podUid}/${container}`, known);
      void running.ended.then(() => (known.hasEnded = true));
      return { podUid, container, running };
    },
    resolvePath: (launch, containerPath) => {
      const folder = folders.attempt(attemptOf(launch));
      const resolved = path.posix.resolve('/', containerPath);
      if (!isMade(folders, attemptOf(launch))) asked.set(folder, new Set([...(asked.get(folder) ?? []), resolved]));
      return toHostPath(filesOf(folders, launch), resolved);
    },
    isWriting: (logFile) => writing.has(logFile),
    forget: (podUid) => {
      for (const folder of asked.keys())
        if (folder.startsWith(`${folders.pod(podUid)}${path.sep}`)) asked.delete(folder);
      for (const key of recovered.keys()) if (key.startsWith(`${podUid}/`)) recovered.delete(key);
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
