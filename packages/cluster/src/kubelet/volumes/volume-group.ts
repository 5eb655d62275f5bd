/**
 * Gives a pod's volumes to its fsGroup. @upstream kubernetes pkg/volume/volume_linux.go#changeFilePermission
 */
import fs from 'node:fs/promises';
import path from 'node:path';

/** What a group may do with files it is given to read. */
export const READ_BITS = 0o440;
/** With those it is given to write; it owns what is made in folders. */
const WRITE_BITS = 0o660;
const FOLDER_BITS = 0o2110;
const SET_GROUP = 0o2000;

/** The group a folder was given to; `undefined` when to none. */
export const groupOf = async (folder: string): Promise<number | undefined> => {
  const found = await fs.stat(folder);
  return (found.mode & SET_GROUP) === 0 ? undefined : found.gid;
};

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
