/**
 * A tree over a folder of this machine. Symbolic links are followed inside of it only.
 */
import { lstat, readdir, readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';

import { Failure } from '@argosy/base';

import { LARGEST_FILE_BYTES, normalizePath, type Tree, type TreeEntry } from './tree.ts';

/** Opens a folder. Throws Failure `NotFound` when there is none. */
export const openFolderTree = async (folder: string): Promise<Tree> => {
  const root = await realpath(folder).catch(() => undefined);
  if (root === undefined || !(await stat(root)).isDirectory())
    throw new Failure(`${folder}: no such folder`, { code: 'NotFound' });

  /** Where a path really is; `undefined` when nothing is there. Throws when that is outside. */
  const locate = async (asked: string): Promise<string | undefined> => {
    const real = await realpath(path.join(root, normalizePath(asked))).catch(ifAbsent);
    if (real === undefined || real === root || real.startsWith(root + path.sep)) return real;
    throw new Failure(`symbolic link ${asked} leads outside of the source`, { code: 'PathOutside' });
  };
  const find = async (asked: string): Promise<TreeEntry | undefined> => {
    const real = await locate(asked);
    return real === undefined ? undefined : describe(real, path.relative(root, real));
  };
  return {
    id: root,
    find,
    list: async (asked) => {
      const real = await locate(asked);
      if (real === undefined || !(await stat(real)).isDirectory()) return [];
      const names = (await readdir(real)).filter((name) => name !== '.git').sort();
      const entries = await Promise.all(
        names.map((name) => describe(path.join(real, name), path.join(path.relative(root, real), name))),
      );
      return entries.filter((entry) => entry !== undefined);
    },
    read: async (asked) => {
      const real = await locate(asked);
      const found = real === undefined ? undefined : await stat(real);
      if (real === undefined || !found?.isFile())
        throw new Failure(`${asked}: no such file in the source`, { code: 'NotFound' });
      if (found.size > LARGEST_FILE_BYTES)
        throw new Failure(`${asked}: larger than ${LARGEST_FILE_BYTES} bytes`, { code: 'TooLarge' });
      return readFile(real);
    },
  };
};

/** Pipes, sockets and devices are no part of a source. */
const describe = async (real: string, relative: string): Promise<TreeEntry | undefined> => {
  const found = await lstat(real);
  const entry = relative.split(path.sep).join('/');
  const id = `${found.ino}-${found.size}-${found.mtimeMs}`;
  if (found.isDirectory()) return { kind: 'directory', path: entry };
  if (found.isSymbolicLink()) return { kind: 'link', path: entry, id };
  return found.isFile() ? { kind: 'file', path: entry, id } : undefined;
};

/** Anything else (no permission, a loop of links) is told as it is. */
const ifAbsent = (thrown: NodeJS.ErrnoException): undefined => {
  if (thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR') return undefined;
  throw new Failure(`cannot read the source: ${thrown.message}`, { code: 'NotReadable', cause: thrown });
};
