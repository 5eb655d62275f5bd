/**
 * Mounts of platforms that are no more: they outlive a crash, and who comes next takes them away.
 */
import fs from 'node:fs/promises';
import path from 'node:path';

import { isObject } from '@argosy/base';

import { describeOwner, isOwnerGone } from '../runtimes/platform-owner.ts';
import { unmount } from './machine-mount.ts';

/** Whose mounts are below a folder. */
export interface MountOwner {
  /** Where the platform's pods have their files. */
  readonly directory: string;
  /** Whether nothing of its pods goes on without its process: what they have in memory may then be lost, as it is when a machine starts anew. */
  readonly isEphemeral: boolean;
}

/** Lies in the folder in memory; no uid begins with a dot. */
const OWNER = '.owner.json';

/** Says that a platform's mounts are this process's. */
export const writeOwner = (folder: string, owner: MountOwner): Promise<void> =>
  fs.writeFile(path.join(folder, OWNER), JSON.stringify({ ...owner, owner: describeOwner() }));

/**
 * Takes away what nobody will ask for again, of all platforms but one. Those whose process is gone and whose pods go on with the
 * next start on the same folder are left alone.
 */
export const removeLeftMounts = async (all: string, except: string): Promise<void> => {
  for (const name of await fs.readdir(all).catch(() => [])) {
    const folder = path.join(all, name);
    if (folder === except || name.startsWith('.') || !(await isLeft(folder))) continue;
    await unmount(folder);
    // Another platform may be about to use it.
    await fs.rmdir(folder).catch(() => undefined);
  }
};

const isLeft = async (folder: string): Promise<boolean> => {
  const known = await readOwner(folder);
  if (known === undefined) return false;
  if (!isOwnerGone(known.owner)) return false;
  return known.isEphemeral || !(await exists(known.directory));
};

const readOwner = async (folder: string): Promise<(MountOwner & { readonly owner: string }) | undefined> => {
  try {
    const found: unknown = JSON.parse(await fs.readFile(path.join(folder, OWNER), 'utf8'));
    if (!isObject(found)) return undefined;
    const { directory, owner, isEphemeral } = found;
    if (typeof directory !== 'string' || typeof owner !== 'string') return undefined;
    return { directory, owner, isEphemeral: isEphemeral === true };
  } catch {
    // Not mounted yet, or not by us.
    return undefined;
  }
};

const exists = (place: string): Promise<boolean> =>
  fs.access(place).then(
    () => true,
    () => false,
  );
