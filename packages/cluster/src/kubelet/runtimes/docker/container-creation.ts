/**
 * Makes a container in the engine: its folder, its volumes, what was placed for it, its configuration.
 */
import path from 'node:path';

import type { Pod } from '@argosy/kube';

import type { ContainerLaunch } from '../../pod-runtime.ts';
import { toHostPath, type ContainerFiles } from '../process/container-paths.ts';
import { toContainerConfig } from './container-config.ts';
import { findPlaced } from './container-files.ts';
import { toEngineName, type InstanceLabels } from './container-labels.ts';
import { createAnew } from './engine-containers.ts';
import type { EngineFacts } from './engine-facts.ts';
import type { Engine } from './engine.ts';
import type { ImageFacts } from './image-store.ts';
import { attemptOf, filesOf, giveVolumes, sharedMounts, terminationMount } from './launch-files.ts';
import { isMade, makeAttemptFolder, type PodFolders } from './pod-folders.ts';
import type { PodSandboxes } from './pod-sandboxes.ts';

/** Ports of the creation. */
export interface ContainerCreationDeps {
  readonly engine: Engine;
  readonly folders: PodFolders;
  readonly facts: () => Promise<EngineFacts>;
  readonly sandboxes: Pick<PodSandboxes, 'nameFilesOf'>;
}

/** What containers are marked with, and what is copied out of them. */
export interface ContainerCreationOptions {
  readonly instance: InstanceLabels;
  readonly collects: (pod: Pod, container: string) => readonly string[];
}

/** A container that was made and not started. */
export interface CreatedContainer {
  readonly containerId: string;
  readonly files: ContainerFiles;
  readonly config: Readonly<Record<string, unknown>> & { readonly Labels: Readonly<Record<string, string>> };
  /** Paths bound to what was placed. */
  readonly bound: readonly string[];
}

/** Makes containers. */
export interface ContainerCreation {
  create(
    launch: ContainerLaunch,
    from: { readonly image: ImageFacts; readonly sandboxId: string },
  ): Promise<CreatedContainer>;
  /** Path on this machine; before a container is made it is noted, and what is placed there is bound into it. */
  resolvePath(launch: ContainerLaunch, containerPath: string): string;
  /** Forgets what was noted for a pod. */
  forget(podUid: string): void;
}

/** Creates the maker. */
export const createContainerCreation = (
  { engine, folders, facts, sandboxes }: ContainerCreationDeps,
  options: ContainerCreationOptions,
): ContainerCreation => {
  const asked = new Map<string, Set<string>>();
  return {
    create: async (launch, from) => {
      const attempt = attemptOf(launch);
      const folder = folders.attempt(attempt);
      const files = filesOf(folders, launch);
      makeAttemptFolder(folders, attempt);
      await giveVolumes(launch);
      const placed = await findPlaced(files, asked.get(folder) ?? []);
      const covers = [...files.mounts, ...placed];
      const shared = await sharedMounts(folders, launch, { texts: await sandboxes.nameFilesOf(launch.pod), covers });
      const config = toContainerConfig(launch, {
        ...from,
        sharesHostname: (await facts()).sharesHostname,
        instance: options.instance,
        placed: [...placed, ...shared, ...terminationMount(folders, launch, covers)],
        collects: options.collects(launch.pod, launch.name),
      }) as CreatedContainer['config'];
      const name = toEngineName(launch.pod, `${launch.name}_${launch.restartCount}`);
      const containerId = await createAnew(engine, name, config);
      asked.delete(folder);
      return { containerId, files, config, bound: placed.map((one) => one.containerPath) };
    },
    resolvePath: (launch, containerPath) => {
      const attempt = attemptOf(launch);
      const folder = folders.attempt(attempt);
      const resolved = path.posix.resolve('/', containerPath);
      if (!isMade(folders, attempt)) asked.set(folder, new Set([...(asked.get(folder) ?? []), resolved]));
      return toHostPath(filesOf(folders, launch), resolved);
    },
    forget: (podUid) => {
      const below = `${folders.pod(podUid)}${path.sep}`;
      for (const folder of asked.keys()) if (folder.startsWith(below)) asked.delete(folder);
    },
  };
};
