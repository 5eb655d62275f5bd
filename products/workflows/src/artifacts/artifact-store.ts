/**
 * The embedded store of artifacts. @spec WF-ART-02, WF-ART-03, WF-ART-04, WF-ART-27
 */
import { createReadStream } from 'node:fs';
import { copyFile, cp, lstat, mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';

import type { Random } from '@argosy/base';

import { pack, partOf, unpack } from './artifact-archive.ts';
import { openFolder, type ArtifactFolder } from './artifact-folder.ts';

/** How an artifact is kept: as an archive, or byte for byte. */
export type ArtifactForm = 'tar' | 'file';

/** Keeps artifacts. Adapters of object stores come behind the same port. */
export interface ArtifactStore {
  /** Saves a file or folder under a key; the last writer wins. `form` file keeps a plain file as it is. */
  save(key: string, source: string, form: ArtifactForm): Promise<void>;
  /** Places what a key holds at `destination`; false when there is nothing. A sub-path picks a part of a folder. */
  load(key: string, destination: string, subPath?: string): Promise<boolean>;
  /** The bytes as they are kept, for download; `undefined` when there is nothing. */
  open(key: string): Promise<{ readonly form: ArtifactForm; readonly chunks: AsyncIterable<Uint8Array> } | undefined>;
}

/** Opens a store in a folder, made if absent. */
export const openArtifactFolder = (deps: { readonly random: Random }, directory: string): ArtifactStore => {
  const folder = openFolder(deps, directory);
  return {
    save: (key, source, form) =>
      folder.withScratch((scratch) => save(folder, { key: normalizeKey(key), source, form, scratch })),
    load: (key, destination, subPath) =>
      folder.withScratch(async (scratch) => {
        const source = await place(folder, normalizeKey(key), scratch);
        const part = source === undefined || subPath === undefined ? source : await partOf(source, subPath);
        if (part === undefined) return false;
        await mkdir(path.dirname(destination), { recursive: true });
        await rm(destination, { recursive: true, force: true });
        await cp(part, destination, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
        return true;
      }),
    open: async (key) => {
      const kept = await folder.find(normalizeKey(key));
      return kept && { form: kept.form, chunks: createReadStream(kept.file) };
    },
  };
};

/** A folder is the same with and without a slash at its end. */
const normalizeKey = (key: string): string => key.replace(/\/+/g, '/').replace(/\/$/, '');

const save = async (
  folder: ArtifactFolder,
  of: { readonly key: string; readonly source: string; readonly form: ArtifactForm; readonly scratch: string },
): Promise<void> => {
  const { key, source, form, scratch } = of;
  const found = await lstat(source);
  if (form === 'file' && found.isDirectory()) return saveFiles(folder, key, source, scratch);
  const packed = path.join(scratch, 'packed');
  if (form === 'file' && found.isFile()) {
    await copyFile(source, packed);
    return folder.keep(key, packed, 'file');
  }
  await pack(source, packed);
  return folder.keep(key, packed, 'tar');
};

/** A folder that is not packed becomes a key for each file. */
const saveFiles = async (folder: ArtifactFolder, key: string, source: string, scratch: string): Promise<void> => {
  for (const entry of await readdir(source, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const copy = path.join(scratch, 'copy');
    await copyFile(file, copy);
    await folder.keep(`${key}/${path.relative(source, file).split(path.sep).join('/')}`, copy, 'file');
  }
};

/** Where what a key holds can be read, or all that lies below it; `undefined` when there is nothing. */
const place = async (folder: ArtifactFolder, key: string, scratch: string): Promise<string | undefined> => {
  const kept = await folder.find(key);
  if (kept) return kept.form === 'file' ? kept.file : unpack(kept.file, scratch);
  const below = await folder.keysBelow(key);
  if (below.length === 0) return undefined;
  const gathered = path.join(scratch, 'folder');
  for (const one of below) {
    const part = await folder.find(one);
    // Joined as if it were absolute, so that no key leads out of the folder.
    const target = path.join(gathered, path.posix.resolve('/', one.slice(key.length + 1)));
    await mkdir(path.dirname(target), { recursive: true });
    if (part) await copyFile(part.file, target);
  }
  return gathered;
};
