/**
 * Gives a pod's volumes to its fsGroup. @upstream kubernetes pkg/volume/volume_linux.go#changeFilePermission
 */
import fs from 'node:fs/promises';
import path from 'node:path';

/** The group may read and write what is there, and owns what is made in folders. */
const GROUP_BITS = 0o060;
const FOLDER_BITS = 0o2070;

/** Changes owner and mode of everything at a place; links are left alone. */
export const giveToGroup = async (place: string, group: number): Promise<void> => {
  const found = await fs.lstat(place);
  if (found.isSymbolicLink()) return;
  await fs.chown(place, found.uid, group);
  await fs.chmod(place, (found.mode & 0o7777) | (found.isDirectory() ? FOLDER_BITS : GROUP_BITS));
  if (!found.isDirectory()) return;
  for (const name of await fs.readdir(place)) await giveToGroup(path.join(place, name), group);
};
