/**
 * Volumes that are a place of this machine. @upstream kubernetes pkg/volume/hostpath/host_path.go
 */
import fs from 'node:fs/promises';
import type { Stats } from 'node:fs';
import path from 'node:path';

import { Failure } from '@argosy/base';

/** What must be there, by `hostPath.type`, as users are told. */
const CHECKS: Readonly<Record<string, { readonly what: string; readonly holds: (found: Stats) => boolean }>> = {
  Directory: { what: 'a directory', holds: (found) => found.isDirectory() },
  DirectoryOrCreate: { what: 'a directory', holds: (found) => found.isDirectory() },
  File: { what: 'a file', holds: (found) => found.isFile() },
  FileOrCreate: { what: 'a file', holds: (found) => found.isFile() },
  Socket: { what: 'a socket file', holds: (found) => found.isSocket() },
  CharDevice: { what: 'a character device', holds: (found) => found.isCharacterDevice() },
  BlockDevice: { what: 'a block device', holds: (found) => found.isBlockDevice() },
};

/** Checks the place, or makes it where its type says so; without a type it becomes a folder. Throws a Failure FailedMount. */
export const prepareHostPath = async (hostPath: string, type = ''): Promise<string> => {
  if (type === 'FileOrCreate') await makeFile(hostPath);
  const found = await statOf(hostPath);
  if (!found && (type === '' || type === 'DirectoryOrCreate')) {
    await fs.mkdir(hostPath, { recursive: true });
    return hostPath;
  }
  const check = CHECKS[type];
  if (!check || (found && check.holds(found))) return hostPath;
  const message = `hostPath type check failed: ${hostPath} is not ${check.what}`;
  throw new Failure(message, { code: 'FailedMount', retryable: true });
};

/** The folder is the author's to make. */
const makeFile = async (file: string): Promise<void> => {
  if (await statOf(file)) return;
  try {
    await fs.writeFile(file, '', { flag: 'a' });
  } catch (thrown) {
    const message = `hostPath ${file} cannot be made: is there a folder ${path.dirname(file)}?`;
    throw new Failure(message, { code: 'FailedMount', retryable: true, cause: thrown });
  }
};

const statOf = (file: string): Promise<Stats | undefined> => fs.stat(file).catch(() => undefined);
