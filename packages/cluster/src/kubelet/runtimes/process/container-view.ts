/**
 * What a container sees at which path: its mounts, covers over mounts of the host that its own mounts lie in, and its layer
 * over the host's root.
 */
import path from 'node:path';

import type { ContainerLaunch } from '../../pod-runtime.ts';
import { resolveLinks, type ContainerFiles } from './container-paths.ts';
import type { SandboxAbility } from './sandbox-ability.ts';
import { isUnusableInOverlay } from './sandbox-command.ts';

/** A mount of the container, by its path without links. */
export interface ViewedMount {
  readonly containerPath: string;
  readonly hostPath: string;
  readonly readOnly: boolean;
}

/**
 * A mount of the host in which the container has one of its own, such as `/run` with a token below `/var/run`: the mount point
 * cannot be made there without touching the host, so a layer goes over it.
 */
export interface Cover {
  readonly containerPath: string;
  /** Folder with `upper` and `work`. */
  readonly folder: string;
}

/** A container's files with everything the sandbox is told. */
export interface ContainerView extends ContainerFiles {
  readonly mounts: readonly ViewedMount[];
  readonly covers: readonly Cover[];
}

/** The folder of devices: the machine's own, until a container has a file there. */
export const DEVICES = '/dev';

/** Describes the view of a container whose files lie in `folder`. Reads links of the host, makes nothing. */
export const viewOf = (ability: SandboxAbility, folder: string, launch: ContainerLaunch): ContainerView => {
  const isSandbox = ability.kind === 'sandbox';
  const lower = isSandbox ? '/' : undefined;
  const own = launch.mounts.map((mount) => ({
    ...mount,
    containerPath: hostPathOf(folder, lower, mount.containerPath),
  }));
  const tmp = { containerPath: '/tmp', hostPath: path.join(folder, 'tmp'), readOnly: false };
  const mounts = own.some((mount) => mount.containerPath === '/tmp') ? own : [tmp, ...own];
  const covers = isSandbox ? coversOf(coverable(ability), folder, mounts) : [];
  const covering = covers.map((cover) => ({
    containerPath: cover.containerPath,
    hostPath: path.join(cover.folder, 'upper'),
    readOnly: false,
  }));
  return { upper: path.join(folder, 'upper'), lower, mounts: [...covering, ...mounts], covers };
};

/** A path by the host's own links, e.g. `/run/x` for `/var/run/x`. */
const hostPathOf = (folder: string, lower: string | undefined, containerPath: string): string => {
  const absolute = path.posix.resolve('/', containerPath);
  if (lower === undefined) return absolute;
  return resolveLinks({ upper: path.join(folder, 'empty'), lower, mounts: [] }, absolute);
};

const coverable = ({ hostMounts, deviceMounts }: Extract<SandboxAbility, { readonly kind: 'sandbox' }>) =>
  deviceMounts ? [...hostMounts, DEVICES] : hostMounts;

const coversOf = (hostMounts: readonly string[], folder: string, mounts: readonly ViewedMount[]): readonly Cover[] =>
  hostMounts
    .filter((point) => !isUnusableInOverlay(point))
    .filter((point) => mounts.some(({ containerPath }) => containerPath.startsWith(`${point}/`)))
    .map((containerPath, at) => ({ containerPath, folder: path.join(folder, 'covers', String(at)) }));
