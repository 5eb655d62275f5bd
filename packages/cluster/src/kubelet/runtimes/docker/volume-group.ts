/**
 * Gives a pod's volumes to its fsGroup. @upstream kubernetes pkg/volume/volume_linux.go#changeFilePermission
 */
import fs from 'node:fs/promises';
import path from 'node:path';

/** The group may read what is there, write what can be written, and owns what is made in folders. */
const READ_BITS = 0o440;
const WRITE_BITS = 0o660;
const FOLDER_BITS = 0o2110;

/** Changes owner and mode of everything at a place; links are left alone. */
export const giveToGroup = async (
  place: string,
  to: { readonly group: number; readonly readOnly: boolean },
): Promise<void> => {
  const found = await fs.lstat(place);
  if (found.isSymbolicLink()) return;
  await fs.chown(place, found.uid, to.group);
  const bits = to.readOnly ? READ_BITS : WRITE_BITS;
  await fs.chmod(place, (found.mode & 0o7777) | bits | (found.isDirectory() ? FOLDER_BITS : 0));
  if (!found.isDirectory()) return;
  for (const name of await fs.readdir(place)) await giveToGroup(path.join(place, name), to);
};
