/**
 * What is mounted on this machine for pods: memory as folders, and single paths of volumes, held fast. It all lies below one
 * folder per platform, outside of the platform's own files, so that who removes those never reaches into a volume by a mount.
 *
 *     /run/argosy/<platform>          in memory; goes as a whole with the platform, or with a later one after a crash
 *       <uid of a pod>                in memory; goes as a whole with the pod
 *         memory/<volume>             an emptyDir of the medium Memory
 *         paths/<container>-<n>       the n-th mount of a container, when it has a subPath
 */
import fs from 'node:fs/promises';
import path from 'node:path';

import { messageOf, sha256Hex, type Logger } from '@argosy/base';

import { insideFolder } from '../volumes/inside-folder.ts';
import { removeLeftMounts, type MountOwner } from './left-mounts.ts';
import { findMountObstacle, isMounted, mountBind, mountMemory, unmount } from './machine-mount.ts';
import { createMountGround, type MountGround } from './mount-ground.ts';

/** Where all platforms of this machine have their mounts. */
export const MOUNTS_FOLDER = '/run/argosy';

/** Mounts for pods. */
export interface PodMounts {
  /** Why nothing can be mounted, as far as is known; `undefined` when it can. The first question finds out by trying, in milliseconds. */
  obstacle(): string | undefined;
  /** As `obstacle`, after finding out whether containers see what is mounted. */
  findObstacle(): Promise<string | undefined>;
  /** Memory as a folder that everybody may write; what the pod has already stays as it is. Throws a Failure FailedMount. */
  memory(
    podUid: string,
    volume: string,
    bytes: number,
  ): Promise<{ readonly hostPath: string; readonly isFresh: boolean }>;
  /** A place where a folder or file is found as well, instead of what was there before. Throws a Failure FailedMount. */
  bind(podUid: string, name: string, source: { readonly path: string; readonly isFolder: boolean }): Promise<string>;
  /** Takes away a pod's mounts; none is fine. */
  release(podUid: string): Promise<void>;
  /** Takes away the mounts of pods that are not known, and those of platforms that are no more. Never rejects. */
  sweep(isKnown: (podUid: string) => boolean): Promise<void>;
  /** Takes away everything. Never rejects. */
  close(): Promise<void>;
}

/** Whose mounts they are. */
export interface PodMountsOptions extends MountOwner {
  /** Why containers do not see a file where its folder is mounted; `undefined` when they do. Asked until it answers. */
  readonly findBlindness?: (file: string) => Promise<string | undefined>;
}

const SHARED_MODE = 0o777;
/** A file in the platform's folder that is there for those alone who see what is mounted. */
const SEEN = '.seen/here';

/** Creates them; nothing happens before the first question. */
export const createPodMounts = (log: Logger, options: PodMountsOptions): PodMounts => {
  const folder = path.join(MOUNTS_FOLDER, sha256Hex(options.directory).slice(0, 16));
  const ground = createMountGround(folder, options);
  const podFolder = (podUid: string): string => insideFolder(folder, podUid);
  const quietly = (work: Promise<void>): Promise<void> =>
    work.catch((thrown: unknown) => log.warn('mounts not taken away', { folder, error: messageOf(thrown) }));
  return {
    ...createObstacle(options, ground, folder),
    memory: async (podUid, volume, bytes) => {
      await ground.pod(podFolder(podUid));
      const hostPath = insideFolder(path.join(podFolder(podUid), 'memory'), volume);
      await fs.mkdir(hostPath, { recursive: true });
      const isFresh = !isMounted(hostPath);
      if (isFresh) await mountMemory(hostPath, { bytes, mode: SHARED_MODE });
      return { hostPath, isFresh };
    },
    bind: async (podUid, name, source) => {
      await ground.pod(podFolder(podUid));
      const place = insideFolder(path.join(podFolder(podUid), 'paths'), name);
      await makeTarget(place, source.isFolder);
      await mountBind(source.path, place);
      return place;
    },
    release: (podUid) => ground.release(podFolder(podUid)),
    sweep: async (isKnown) => {
      await quietly(removeLeftMounts(MOUNTS_FOLDER, folder));
      const uids = (await fs.readdir(folder).catch(() => [])).filter((name) => !name.startsWith('.'));
      for (const uid of uids) if (!isKnown(uid)) await quietly(ground.release(podFolder(uid)));
    },
    close: () => quietly(ground.close()),
  };
};

const createObstacle = (
  { findBlindness }: PodMountsOptions,
  ground: MountGround,
  folder: string,
): Pick<PodMounts, 'obstacle' | 'findObstacle'> => {
  let known: { readonly why: string | undefined } | undefined;
  let isSeen = findBlindness === undefined;
  const obstacle = (): string | undefined => {
    known ??= { why: findMountObstacle(MOUNTS_FOLDER) };
    return known.why;
  };
  return {
    obstacle,
    findObstacle: async () => {
      if (obstacle() !== undefined || isSeen) return obstacle();
      await ground.ready();
      const seen = path.join(folder, SEEN);
      await fs.mkdir(path.dirname(seen), { recursive: true });
      await fs.writeFile(seen, '');
      const why = await findBlindness?.(seen);
      if (why === undefined) isSeen = true;
      else known = { why };
      return why;
    },
  };
};

/** What is mounted at the place, or was put there for it, makes way. */
const makeTarget = async (place: string, isFolder: boolean): Promise<void> => {
  await unmount(place);
  const found = await fs.lstat(place).catch(() => undefined);
  if (found) await (found.isDirectory() ? fs.rmdir(place) : fs.unlink(place));
  await fs.mkdir(path.dirname(place), { recursive: true });
  await (isFolder ? fs.mkdir(place) : fs.writeFile(place, '', { flag: 'wx' }));
};
