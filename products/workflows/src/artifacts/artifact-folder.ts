/**
 * What a folder of artifacts holds: contents named by their hash, an index from keys to them, and for each prefix the
 * keys below it. Keys never become paths, so none leads out of the folder.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { Failure, sha256Hex, type Random } from '@argosy/base';

import type { ArtifactForm } from './artifact-store.ts';

/** What a key holds. */
export interface KeptArtifact {
  readonly form: ArtifactForm;
  /** Where its content lies; nobody may change it. */
  readonly file: string;
}

/** The folder. */
export interface ArtifactFolder {
  /** Takes a file over as the content of a key; the last writer wins. */
  keep(key: string, file: string, form: ArtifactForm): Promise<void>;
  /** What a key holds. Throws Failure ArtifactUnreadable. */
  find(key: string): Promise<KeptArtifact | undefined>;
  /** Keys below a prefix, as an object store lists them. */
  keysBelow(prefix: string): Promise<readonly string[]>;
  /** Gives a folder that is gone when the work has ended; its files may be kept. */
  withScratch<T>(work: (folder: string) => Promise<T>): Promise<T>;
}

interface Entry {
  readonly key: string;
  readonly blob: string;
  readonly form: ArtifactForm;
}

/** Opens a folder, made when something is kept. */
export const openFolder = (deps: { readonly random: Random }, directory: string): ArtifactFolder => {
  const root = path.resolve(directory);
  const blobs = path.join(root, 'blobs');
  const entryFile = (key: string): string => path.join(root, 'keys', `${sha256Hex(key)}.json`);
  const prefixFolder = (prefix: string): string => path.join(root, 'folders', sha256Hex(prefix));
  return {
    keep: async (key, file, form) => {
      const blob = await hashFile(file);
      await mkdir(blobs, OWNER_ONLY);
      await rename(file, path.join(blobs, blob));
      await mkdir(path.dirname(entryFile(key)), OWNER_ONLY);
      const temporary = `${entryFile(key)}.${deps.random.uuid()}`;
      await writeFile(temporary, JSON.stringify({ key, blob, form } satisfies Entry));
      await rename(temporary, entryFile(key));
      for (const folder of prefixesOf(key).map(prefixFolder)) {
        await mkdir(folder, OWNER_ONLY);
        await writeFile(path.join(folder, sha256Hex(key)), key);
      }
    },
    find: async (key) => {
      const entry = await readEntry(entryFile(key), key);
      return entry && { form: entry.form, file: path.join(blobs, entry.blob) };
    },
    keysBelow: (prefix) => readFiles(prefixFolder(prefix)),
    withScratch: async (work) => {
      const folder = path.join(root, 'scratch', deps.random.uuid());
      await mkdir(folder, OWNER_ONLY);
      try {
        return await work(folder);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
};

const OWNER_ONLY = { recursive: true, mode: 0o700 } as const;

const readEntry = async (file: string, key: string): Promise<Entry | undefined> => {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Entry;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Failure(`read the artifact index of ${key}`, { code: 'ArtifactUnreadable', cause: thrown });
  }
};

const readFiles = async (folder: string): Promise<readonly string[]> => {
  const names = await readdir(folder).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return [];
    throw thrown;
  });
  return Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')));
};

/** `a/b/c` lies below `a/b` and `a`. */
const prefixesOf = (key: string): readonly string[] => {
  const parts = key.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
};

const hashFile = async (file: string): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
};
