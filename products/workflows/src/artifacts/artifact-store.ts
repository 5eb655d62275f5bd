/**
 * The embedded store of artifacts: a folder of content, addressed by its hash, and an index from keys to content.
 * Keys never become paths, so no key leads out of the folder. @spec WF-ART-02, WF-ART-03, WF-ART-04, WF-ART-27
 */
import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, cp, lstat, mkdir, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

import { Failure, sha256Hex } from '@argosy/base';

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

interface Entry {
  readonly key: string;
  readonly blob: string;
  readonly form: ArtifactForm;
}

const run = promisify(execFile);
/** Output of tar we care for; it prints nothing unless something is wrong. */
const TAR_OUTPUT_BYTES = 64 * 1024;

/** Opens a store in a folder, made if absent. */
export const openArtifactFolder = (directory: string): ArtifactStore => {
  const root = path.resolve(directory);
  const blobs = path.join(root, 'blobs');
  const keys = path.join(root, 'keys');
  const entryFile = (key: string): string => path.join(keys, `${sha256Hex(key)}.json`);

  const withScratch = async <T>(work: (folder: string) => Promise<T>): Promise<T> => {
    const folder = path.join(root, 'scratch', randomUUID());
    await mkdir(folder, { recursive: true, mode: 0o700 });
    try {
      return await work(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  const readEntry = async (key: string): Promise<Entry | undefined> => {
    try {
      return JSON.parse(await readFile(entryFile(key), 'utf8')) as Entry;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new Failure(`read the artifact index of ${key}`, { code: 'ArtifactUnreadable', cause: thrown });
    }
  };
  const keep = async (key: string, file: string, form: ArtifactForm): Promise<void> => {
    const blob = await hashFile(file);
    await mkdir(blobs, { recursive: true, mode: 0o700 });
    await mkdir(keys, { recursive: true, mode: 0o700 });
    await rename(file, path.join(blobs, blob));
    const temporary = `${entryFile(key)}.${randomUUID()}`;
    await writeFile(temporary, JSON.stringify({ key, blob, form } satisfies Entry));
    await rename(temporary, entryFile(key));
  };

  return {
    save: (key, source, form) =>
      withScratch(async (scratch) => {
        const found = await lstat(source);
        const packed = path.join(scratch, 'packed');
        if (form === 'file' && found.isFile()) {
          await copyFile(source, packed);
          return keep(key, packed, 'file');
        }
        await tar(['-czf', packed, '-C', path.dirname(source), '--', `./${path.basename(source)}`]);
        return keep(key, packed, 'tar');
      }),
    load: async (key, destination, subPath) => {
      const entry = await readEntry(key);
      if (!entry) return false;
      return withScratch(async (scratch) => {
        await mkdir(path.dirname(destination), { recursive: true });
        const source =
          entry.form === 'file' ? path.join(blobs, entry.blob) : await unpack(path.join(blobs, entry.blob), scratch);
        const part = subPath === undefined ? source : await partOf(source, subPath);
        if (part === undefined) return false;
        await rm(destination, { recursive: true, force: true });
        await cp(part, destination, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
        return true;
      });
    },
    open: async (key) => {
      const entry = await readEntry(key);
      return entry && { form: entry.form, chunks: createReadStream(path.join(blobs, entry.blob)) };
    },
  };
};

const tar = async (args: readonly string[]): Promise<void> => {
  try {
    await run('tar', [...args], { maxBuffer: TAR_OUTPUT_BYTES });
  } catch (thrown) {
    throw new Failure('pack or unpack an artifact with tar', { code: 'ArtifactUnreadable', cause: thrown });
  }
};

/** An archive of one entry becomes that entry. */
const unpack = async (blob: string, scratch: string): Promise<string> => {
  const folder = path.join(scratch, 'unpacked');
  await mkdir(folder, { recursive: true });
  await tar(['-xzf', blob, '-C', folder, '--no-same-owner']);
  const entries = await readdir(folder);
  return entries.length === 1 ? path.join(folder, entries[0] ?? '') : folder;
};

/** A path below a folder; links that lead out of it do not count. */
const partOf = async (source: string, subPath: string): Promise<string | undefined> => {
  try {
    const root = await realpath(source);
    const part = await realpath(path.join(root, path.posix.resolve('/', subPath)));
    return part === root || part.startsWith(`${root}${path.sep}`) ? part : undefined;
  } catch {
    // Not there.
    return undefined;
  }
};

const hashFile = async (file: string): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
};
