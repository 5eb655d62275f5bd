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
  const folderOf = (prefix: string): string => path.join(root, 'folders', sha256Hex(prefix));

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
    for (const prefix of prefixesOf(key)) {
      await mkdir(folderOf(prefix), { recursive: true, mode: 0o700 });
      await writeFile(path.join(folderOf(prefix), sha256Hex(key)), key);
    }
  };
  /** Keys below a prefix, as an object store lists them. */
  const keysBelow = async (prefix: string): Promise<readonly string[]> => {
    const marks = await readdir(folderOf(prefix)).catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code === 'ENOENT') return [];
      throw thrown;
    });
    return Promise.all(marks.map((mark) => readFile(path.join(folderOf(prefix), mark), 'utf8')));
  };
  const saveFolder = async (key: string, source: string, scratch: string): Promise<void> => {
    for (const entry of await readdir(source, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = path.join(entry.parentPath, entry.name);
      const packed = path.join(scratch, randomUUID());
      await copyFile(file, packed);
      await keep(`${key}/${path.relative(source, file).split(path.sep).join('/')}`, packed, 'file');
    }
  };
  const place = async (key: string, scratch: string): Promise<string | undefined> => {
    const entry = await readEntry(key);
    if (entry)
      return entry.form === 'file' ? path.join(blobs, entry.blob) : unpack(path.join(blobs, entry.blob), scratch);
    const below = await keysBelow(key);
    if (below.length === 0) return undefined;
    const folder = path.join(scratch, 'folder');
    for (const one of below) {
      const part = await readEntry(one);
      // Joined as if it were absolute, so that no key leads out of the folder.
      const target = path.join(folder, path.posix.resolve('/', one.slice(key.length + 1)));
      await mkdir(path.dirname(target), { recursive: true });
      if (part) await copyFile(path.join(blobs, part.blob), target);
    }
    return folder;
  };

  return {
    save: (given, source, form) =>
      withScratch(async (scratch) => {
        const key = normalizeKey(given);
        const found = await lstat(source);
        if (form === 'file' && found.isDirectory()) return saveFolder(key, source, scratch);
        const packed = path.join(scratch, 'packed');
        if (form === 'file' && found.isFile()) {
          await copyFile(source, packed);
          return keep(key, packed, 'file');
        }
        await tar(['-czf', packed, '-C', path.dirname(source), '--', `./${path.basename(source)}`]);
        return keep(key, packed, 'tar');
      }),
    load: (key, destination, subPath) =>
      withScratch(async (scratch) => {
        const source = await place(normalizeKey(key), scratch);
        const part = source === undefined || subPath === undefined ? source : await partOf(source, subPath);
        if (part === undefined) return false;
        await mkdir(path.dirname(destination), { recursive: true });
        await rm(destination, { recursive: true, force: true });
        await cp(part, destination, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
        return true;
      }),
    open: async (key) => {
      const entry = await readEntry(normalizeKey(key));
      return entry && { form: entry.form, chunks: createReadStream(path.join(blobs, entry.blob)) };
    },
  };
};

/** A folder is the same with and without a slash at its end. */
const normalizeKey = (key: string): string => key.replace(/\/+/g, '/').replace(/\/$/, '');

/** `a/b/c` lies below `a/b` and `a`. */
const prefixesOf = (key: string): readonly string[] => {
  const parts = key.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
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
