/**
 * A launch's files: where they lie on this machine, and what of them is mounted.
 */
import fs from 'node:fs/promises';
import path from 'node:path';

import type { ContainerLaunch } from '../../pod-runtime.ts';
import type { ContainerFiles } from '../process/container-paths.ts';
import { terminationMessagePathOf } from '../termination-message.ts';
import { findContainer } from './container-config.ts';
import { isBelow, type PlacedPath } from './container-files.ts';
import type { InspectedContainer } from './engine-containers.ts';
import type { Attempt, PodFolders } from './pod-folders.ts';
import { fsGroupOf } from './security-config.ts';
import { giveToGroup } from '../../volumes/volume-group.ts';

/** The attempt a launch is. Pure. */
export const attemptOf = (launch: ContainerLaunch): Attempt => ({
  podUid: launch.pod.metadata.uid ?? '',
  container: launch.name,
  restartCount: launch.restartCount,
});

/** Files of a container: its mounts, then what was placed or copied out; the image's own are not on this machine. Pure. */
export const filesOf = (folders: PodFolders, launch: ContainerLaunch): ContainerFiles => ({
  upper: folders.files(attemptOf(launch)),
  lower: undefined,
  mounts: launch.mounts.map((mount) => ({ ...mount, containerPath: path.posix.resolve('/', mount.containerPath) })),
});

/** The mounts of a container the engine tells of. Pure. */
export const mountsOf = (mounts: InspectedContainer['Mounts']): ContainerFiles['mounts'] =>
  (mounts ?? []).map(({ Source: hostPath = '', Destination: containerPath = '' }) => ({ containerPath, hostPath }));

/** Gives the pod's own volumes among the mounts to its fsGroup, if it has one. What a hostPath leads to belongs to the machine. */
export const giveVolumes = async (launch: ContainerLaunch): Promise<void> => {
  const group = fsGroupOf(launch.pod);
  if (group === undefined) return;
  for (const { ownVolume, readOnly } of launch.mounts)
    if (ownVolume !== undefined) await giveToGroup(ownVolume, { group, readOnly });
};

/** Mounts of files that all containers of the pod share, which are written anew; none where another mount covers a path. */
export const sharedMounts = async (
  folders: PodFolders,
  launch: ContainerLaunch,
  of: {
    readonly texts: Readonly<Record<string, string>>;
    readonly covers: readonly { readonly containerPath: string }[];
  },
): Promise<readonly PlacedPath[]> => {
  const wanted = Object.entries(of.texts).filter(([containerPath]) => !isBelow(containerPath, of.covers));
  return Promise.all(
    wanted.map(async ([containerPath, text]) => {
      const hostPath = folders.sharedFile(launch.pod.metadata.uid ?? '', containerPath);
      await fs.mkdir(path.dirname(hostPath), { recursive: true });
      await fs.writeFile(hostPath, text, { mode: 0o644 });
      return { containerPath, hostPath };
    }),
  );
};

/** The mount of the termination message; none where another mount covers its path. Pure. */
export const terminationMount = (
  folders: PodFolders,
  launch: ContainerLaunch,
  covers: readonly { readonly containerPath: string }[],
): readonly PlacedPath[] => {
  const containerPath = path.posix.resolve('/', terminationMessagePathOf(findContainer(launch.pod, launch.name)));
  if (isBelow(containerPath, covers)) return [];
  return [{ containerPath, hostPath: folders.terminationFile(attemptOf(launch)) }];
};
