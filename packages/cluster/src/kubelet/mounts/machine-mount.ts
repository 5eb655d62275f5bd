/**
 * Mounts and unmounts on this machine, by its own programs.
 */
import { execFile, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import { Failure } from '@argosy/base';

import { readMountPoints } from './mount-points.ts';

const run = promisify(execFile);
const LONGEST_MS = 10_000;
/** A folder that only says whether something can be mounted on it. */
const TRY = '.try-';

/** A file system in memory at a folder; `bytes` is how much it holds, `mode` its folder's. Throws a Failure FailedMount. */
export const mountMemory = (folder: string, of: { readonly bytes: number; readonly mode: number }): Promise<void> =>
  mount(['-t', 'tmpfs', '-o', `size=${of.bytes},mode=${of.mode.toString(8)}`, 'argosy', folder]);

/** The same folder or file at another place as well, without what is mounted below it. Throws a Failure FailedMount. */
export const mountBind = (source: string, target: string): Promise<void> => mount(['--bind', source, target]);

/** Whether something is mounted at a path without links; never anywhere else than on Linux. */
export const isMounted = (place: string): boolean =>
  process.platform === 'linux' && readMountPoints(fs.readFileSync('/proc/self/mountinfo', 'utf8')).includes(place);

/** Takes away what is mounted there, with everything below it; who uses it goes on using it. Nothing is fine. */
export const unmount = async (place: string): Promise<void> => {
  while (isMounted(place)) {
    try {
      await run('umount', ['-l', place], { timeout: LONGEST_MS });
    } catch (thrown) {
      // Somebody else may have been quicker.
      if (isMounted(place)) throw thrown;
    }
  }
};

/** Why nothing can be mounted below a folder of this machine; `undefined` when it can. Makes the folder; tries and takes it back. */
export const findMountObstacle = (folder: string): string | undefined => {
  if (process.platform !== 'linux') return `mounts need Linux, this is ${process.platform}`;
  if (process.getuid?.() !== 0) return 'only root mounts';
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    const tried = fs.mkdtempSync(path.join(folder, TRY));
    try {
      return complaintOf('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'argosy', tried]) ?? complaintOf('umount', [tried]);
    } finally {
      fs.rmdirSync(tried);
    }
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
};

const complaintOf = (program: string, args: readonly string[]): string | undefined => {
  const { status, error, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: LONGEST_MS });
  if (status === 0) return undefined;
  return error?.message ?? (stderr.trim() || `${program} ended with ${status}`);
};

const mount = async (args: readonly string[]): Promise<void> => {
  try {
    await run('mount', args, { timeout: LONGEST_MS });
  } catch (thrown) {
    const { stderr = '', message } = thrown as Error & { readonly stderr?: string };
    throw new Failure(`mount: ${stderr.trim() || message}`, { code: 'FailedMount', retryable: true, cause: thrown });
  }
};
