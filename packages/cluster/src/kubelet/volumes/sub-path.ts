/**
 * Single paths of volumes. Who writes into a volume may put links in the way at any moment, also between a look and a mount;
 * a path is therefore walked by descriptors, and what was opened is what is mounted.
 * @upstream kubernetes pkg/volume/util/subpath/subpath_linux.go
 */
import { constants } from 'node:fs';
import fs, { type FileHandle } from 'node:fs/promises';
import path from 'node:path';

import { Failure } from '@argosy/base';

import { insideFolder } from './inside-folder.ts';

/** Shows a folder or file at a place of this machine that nobody in a container can change; returns the place. */
export type BindPath = (source: { readonly path: string; readonly isFolder: boolean }) => Promise<string>;

/**
 * A path below a volume without any link in it; folders that are missing are made one by one. Throws a Failure
 * CreateContainerConfigError for what leads out of the volume, where nothing is made.
 */
export const placeInside = async (volume: string, subPath: string): Promise<string> => {
  const root = await fs.realpath(volume);
  const wanted = isWhole(subPath) ? '' : path.relative(volume, insideFolder(volume, subPath));
  let place = root;
  for (const part of wanted.split('/').filter(Boolean)) {
    const next = path.join(place, part);
    if (!(await isThere(next))) await makeBeneath(root, place, part);
    place = await fs.realpath(next);
    if (place !== root && !place.startsWith(`${root}/`)) throw refusal(`subPath ${subPath} leaves its volume`);
  }
  return place;
};

/**
 * Has a place below a volume, as `placeInside` returned it, bound, and makes sure that it is what is found there. Linux only.
 * Throws a Failure CreateContainerConfigError when it was changed meanwhile.
 */
export const bindInside = async (volume: string, place: string, bind: BindPath): Promise<string> => {
  const opened = await openBeneath(await fs.realpath(volume), place);
  try {
    const wanted = await opened.stat({ bigint: true });
    // The program that mounts has a /proc/self of its own.
    const source = { path: `/proc/${process.pid}/fd/${opened.fd}`, isFolder: wanted.isDirectory() };
    const bound = await bind(source);
    // A program that looks the path up once more, as mount does, may have found something else.
    const found = await fs.stat(bound, { bigint: true });
    if (found.dev !== wanted.dev || found.ino !== wanted.ino) throw changed(place);
    return bound;
  } finally {
    await opened.close();
  }
};

const isWhole = (subPath: string): boolean => ['.', './'].includes(path.normalize(subPath));

/** Opens without the right to read, as it need not be ours. @spec open(2) */
const O_PATH = 0o10000000;

/** Opens a place below a folder; a link on the way is a change since it was looked up. */
const openBeneath = async (root: string, place: string): Promise<FileHandle> => {
  let at = await fs.open(root, O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  for (const part of path.relative(root, place).split('/').filter(Boolean)) {
    const above = at;
    try {
      at = await fs.open(within(above, part), O_PATH | constants.O_NOFOLLOW);
    } catch (thrown) {
      throw changed(place, thrown);
    } finally {
      await above.close();
    }
    if (!(await at.stat()).isSymbolicLink()) continue;
    await at.close();
    throw changed(place);
  }
  return at;
};

const makeBeneath = async (root: string, place: string, part: string): Promise<void> => {
  if (process.platform !== 'linux') return fs.mkdir(path.join(place, part));
  const folder = await openBeneath(root, place);
  try {
    await fs.mkdir(within(folder, part));
  } catch (thrown) {
    // Another container of the pod may have made it just now.
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
  } finally {
    await folder.close();
  }
};

const within = (folder: FileHandle, part: string): string => `/proc/self/fd/${folder.fd}/${part}`;

/** Also of links that lead nowhere. */
const isThere = (file: string): Promise<boolean> =>
  fs.lstat(file).then(
    () => true,
    () => false,
  );

const changed = (place: string, cause?: unknown): Failure =>
  refusal(`subPath: ${path.basename(place)} was changed while it was mounted`, cause);

const refusal = (message: string, cause?: unknown): Failure =>
  new Failure(message, { code: 'CreateContainerConfigError', retryable: true, cause });
