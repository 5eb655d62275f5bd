/**
 * Puts a set of files into a volume's folder, all at once: they lie in a folder of their own, `..data` leads to it, and names
 * users see lead through `..data`. A change makes another folder and turns `..data` over in one step, which is what programs
 * that reload their configuration look for.
 *
 *     name ─→ ..data/name      ..data ─→ ..2026_01_02_03_04_05.x1y2z3      ..2026_01_02_03_04_05.x1y2z3/name
 *
 * @upstream kubernetes pkg/volume/util/atomic_writer.go
 */
import fs from 'node:fs/promises';
import path from 'node:path';

import { Failure, toTimestamp, type Instant } from '@argosy/base';

import { insideFolder } from './inside-folder.ts';
import type { FileSet } from './volume-files.ts';
import { giveToGroup, groupOf, READ_BITS } from './volume-group.ts';

/** Leads to the files as they are. */
const DATA = '..data';
const NEXT_DATA = '..data_tmp';
/** Whoever runs in a container finds the files; their own modes say who reads them. */
const FOLDER_MODE = 0o755;

/**
 * Makes the folder hold these files and no others; one that does already is left alone, also one from before a restart. New
 * files belong to the group the folder was given to. Throws a Failure FailedMount for names that would leave the folder, before
 * anything is changed.
 */
export const writeFiles = async (folder: string, files: FileSet, now: Instant): Promise<void> => {
  for (const name of Object.keys(files)) assertUsable(folder, name);
  await fs.mkdir(folder, { recursive: true });
  const group = await groupOf(folder);
  const current = await linkAt(folder, DATA);
  if (current === undefined || !(await holds(path.join(folder, path.basename(current)), files, group)))
    await turnTo(folder, await writeFresh(folder, files, { now, group }));
  await linkNames(folder, new Set(Object.keys(files).map(topOf)));
  await removeOthers(folder);
};

/** Names beginning so are those of this layout. */
const assertUsable = (folder: string, name: string): void => {
  insideFolder(folder, name);
  if (name.startsWith('..'))
    throw new Failure(`path ${JSON.stringify(name)} may not start with ".."`, { code: 'FailedMount', retryable: true });
};

const topOf = (name: string): string => path.normalize(name).split('/')[0] ?? name;

const holds = async (folder: string, files: FileSet, group: number | undefined): Promise<boolean> => {
  const entries = await fs.readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const found = entries.filter((entry) => !entry.isDirectory());
  const wanted = Object.entries(files);
  if (found.length !== wanted.length) return false;
  for (const [name, file] of wanted) if (!(await isSame(insideFolder(folder, name), file, group))) return false;
  return true;
};

const isSame = async (
  file: string,
  { content, mode }: FileSet[string],
  group: number | undefined,
): Promise<boolean> => {
  const found = await fs.lstat(file).catch(() => undefined);
  if (!found?.isFile() || found.size !== content.length) return false;
  // The group may read what its author kept from it.
  if ((found.mode & 0o777) !== (group === undefined ? mode : mode | READ_BITS)) return false;
  return content.equals(await fs.readFile(file));
};

/** Returns the name of a folder with the files, to which nothing leads yet. */
const writeFresh = async (
  folder: string,
  files: FileSet,
  { now, group }: { readonly now: Instant; readonly group: number | undefined },
): Promise<string> => {
  const stamp = toTimestamp(now)
    .slice(0, 'yyyy-mm-ddThh:mm:ss'.length)
    .replaceAll(/[^0-9]/g, '_');
  const fresh = await fs.mkdtemp(path.join(folder, `..${stamp}.`));
  await fs.chmod(fresh, FOLDER_MODE);
  for (const [name, { content, mode }] of Object.entries(files)) {
    const file = insideFolder(fresh, name);
    await makeFolders(fresh, path.relative(fresh, path.dirname(file)));
    await fs.writeFile(file, content, { mode, flag: 'wx' });
    // The mask of this process takes nothing away from what the author gave.
    await fs.chmod(file, mode);
  }
  if (group !== undefined) await giveToGroup(fresh, { group, readOnly: true });
  return path.basename(fresh);
};

const makeFolders = async (root: string, below: string): Promise<void> => {
  let place = root;
  for (const part of below.split('/').filter(Boolean)) {
    place = path.join(place, part);
    await fs.mkdir(place, { recursive: true });
    await fs.chmod(place, FOLDER_MODE);
  }
};

const turnTo = async (folder: string, fresh: string): Promise<void> => {
  const next = path.join(folder, NEXT_DATA);
  await fs.rm(next, { force: true });
  await fs.symlink(fresh, next);
  await fs.rename(next, path.join(folder, DATA));
};

/** Only links of this layout are taken away: a place that a mount made in the folder stays. */
const linkNames = async (folder: string, names: ReadonlySet<string>): Promise<void> => {
  for (const name of await fs.readdir(folder)) {
    if (name.startsWith('..') || names.has(name)) continue;
    if ((await linkAt(folder, name)) === throughData(name)) await fs.rm(path.join(folder, name));
  }
  for (const name of names) {
    if ((await linkAt(folder, name)) === throughData(name)) continue;
    await fs.rm(path.join(folder, name), { recursive: true, force: true });
    await fs.symlink(throughData(name), path.join(folder, name));
  }
};

const throughData = (name: string): string => `${DATA}/${name}`;

const linkAt = (folder: string, name: string): Promise<string | undefined> =>
  fs.readlink(path.join(folder, name)).catch(() => undefined);

/** Earlier files, and what was begun and left by a crash. */
const removeOthers = async (folder: string): Promise<void> => {
  const current = await fs.readlink(path.join(folder, DATA));
  const others = (await fs.readdir(folder)).filter(
    (name) => name.startsWith('..') && name !== DATA && name !== path.basename(current),
  );
  await Promise.all(others.map((name) => fs.rm(path.join(folder, name), { recursive: true, force: true })));
};
