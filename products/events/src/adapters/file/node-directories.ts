/**
 * Directories of this machine.
 */
import { watch } from 'node:fs';
import { readdir, lstat } from 'node:fs/promises';
import path from 'node:path';

import { Failure, messageOf } from '@argosy/base';

import type { Directories, FileState } from './directory-port.ts';

/** Creates the port. */
export const createNodeDirectories = (): Directories => ({
  list: async (directory) => {
    try {
      const names = await readdir(directory);
      const states = await Promise.all(names.map((name) => stateOf(directory, name)));
      return states.filter((state) => state !== undefined);
    } catch (thrown) {
      throw unreadable(directory, thrown);
    }
  },
  watch: (directory, onChange) => {
    try {
      const watcher = watch(directory, { persistent: false }, onChange);
      // A directory that goes away is noticed by the next list.
      watcher.on('error', onChange);
      return { [Symbol.dispose]: () => watcher.close() };
    } catch (thrown) {
      throw unreadable(directory, thrown);
    }
  },
});

const stateOf = async (directory: string, name: string): Promise<FileState | undefined> => {
  try {
    const { ino, size, mtimeMs, mode } = await lstat(path.join(directory, name));
    return { name, inode: ino, sizeBytes: size, modifiedMs: mtimeMs, mode };
  } catch {
    // Gone between the two looks.
    return undefined;
  }
};

const unreadable = (directory: string, thrown: unknown): Failure =>
  new Failure(`directory ${directory} cannot be read: ${messageOf(thrown)}`, {
    code: 'DirectoryUnreadable',
    retryable: true,
    cause: thrown,
  });
