/**
 * The folders in memory that mounts for pods are made in: one for the platform, in it one for each pod, each made once.
 */
import fs from 'node:fs/promises';

import { writeOwner, type MountOwner } from './left-mounts.ts';
import { isMounted, mountMemory, unmount } from './machine-mount.ts';

/** Makes them and takes them away. */
export interface MountGround {
  /** The platform's folder; resolves when it is there. */
  ready(): Promise<void>;
  /** A pod's folder; resolves when it is there. */
  pod(folder: string): Promise<void>;
  /** Takes away a pod's folder with all that is mounted in it; none is fine. */
  release(folder: string): Promise<void>;
  /** Takes away everything. */
  close(): Promise<void>;
}

/** Only folders and empty files lie there; in bytes. */
const SMALL = 1024 * 1024;
const OWN_MODE = 0o700;

/** Creates it; nothing is mounted before it is asked for. */
export const createMountGround = (folder: string, owner: MountOwner): MountGround => {
  const made = new Map<string, Promise<void>>();
  const once = (place: string, make: () => Promise<void>): Promise<void> => {
    const found = made.get(place) ?? make();
    made.set(place, found);
    // A failure is not remembered.
    return found.catch((thrown: unknown) => {
      made.delete(place);
      throw thrown;
    });
  };
  const ready = (): Promise<void> =>
    once(folder, async () => {
      await mountOnce(folder);
      await writeOwner(folder, owner);
    });
  return {
    ready,
    pod: async (place) => {
      await ready();
      await once(place, () => mountOnce(place));
    },
    release: async (place) => {
      made.delete(place);
      await takeAway(place);
    },
    close: async () => {
      made.clear();
      await takeAway(folder);
    },
  };
};

const mountOnce = async (place: string): Promise<void> => {
  await fs.mkdir(place, { recursive: true, mode: OWN_MODE });
  if (!isMounted(place)) await mountMemory(place, { bytes: SMALL, mode: OWN_MODE });
};

/** Never anything but an empty folder is removed: below it there may be what is mounted from elsewhere. */
const takeAway = async (place: string): Promise<void> => {
  await unmount(place);
  // Not there, somebody else's, or taken again meanwhile.
  await fs.rmdir(place).catch(() => undefined);
};
