/**
 * What was downloaded, by the digest of its content: an archive is fetched once, and what is on disk is not believed
 * before it was hashed again.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { LRUCache } from 'lru-cache';

import type { Clock, Random } from '@argosy/base';

/** Bytes of a `sha256:…` digest, as one access downloaded them. */
export interface BlobKey {
  readonly digest: string;
  /** Identity of the access: who only knows a digest is not handed what others may read. */
  readonly owner: string;
}

/** Keeps bytes. Never throws: what cannot be kept is fetched again. */
export interface BlobStore {
  read(key: BlobKey): Promise<Uint8Array | undefined>;
  write(key: BlobKey, data: Uint8Array): Promise<void>;
}

/** Bytes kept when nobody says how many. */
const MEMORY_BYTES = 128 * 1024 * 1024;
const FOLDER_BYTES = 2 * 1024 * 1024 * 1024;

/** The digest of bytes, as registries write it. */
export const digestOf = (data: Uint8Array): string => `sha256:${createHash('sha256').update(data).digest('hex')}`;

/** Keeps in memory what was used last. */
export const createMemoryBlobStore = (options: { readonly bytes?: number } = {}): BlobStore => {
  const maxSize = options.bytes ?? MEMORY_BYTES;
  const kept = new LRUCache<string, Uint8Array>({ maxSize, sizeCalculation: (data) => data.length + 1 });
  return {
    read: async (key) => kept.get(nameOf(key)),
    write: async (key, data) => void kept.set(nameOf(key), data),
  };
};

/** Keeps files in a folder; what was used longest ago goes when there is too much. */
export const createFolderBlobStore = (
  deps: { readonly random: Random; readonly clock: Clock },
  options: { readonly directory: string; readonly bytes?: number },
): BlobStore => {
  const { directory, bytes = FOLDER_BYTES } = options;
  const fileOf = (key: BlobKey): string => path.join(directory, nameOf(key));
  return {
    read: async (key) => {
      const data = await readFile(fileOf(key)).catch(() => undefined);
      if (!data) return undefined;
      const seconds = deps.clock.now() / 1000;
      await utimes(fileOf(key), seconds, seconds).catch(() => undefined);
      return digestOf(data) === key.digest ? data : undefined;
    },
    write: async (key, data) => {
      const aside = `${fileOf(key)}.${deps.random.uuid()}`;
      try {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        await writeFile(aside, data, { mode: 0o600 });
        await rename(aside, fileOf(key));
        await trim(directory, bytes);
      } catch {
        // A full disk costs downloads, not renders.
        await rm(aside, { force: true }).catch(() => undefined);
      }
    },
  };
};

const nameOf = ({ digest, owner }: BlobKey): string =>
  `${createHash('sha256').update(owner).digest('hex').slice(0, 16)}-${digest.replace(/[^0-9a-z]/g, '-')}`;

const trim = async (directory: string, bytes: number): Promise<void> => {
  const files = await Promise.all(
    (await readdir(directory)).map(async (name) => {
      const found = await stat(path.join(directory, name)).catch(() => undefined);
      return { name, size: found?.size ?? 0, usedAt: found?.mtimeMs ?? 0 };
    }),
  );
  let left = files.reduce((sum, { size }) => sum + size, 0) - bytes;
  for (const { name, size } of files.toSorted((one, other) => one.usedAt - other.usedAt)) {
    if (left <= 0) return;
    await rm(path.join(directory, name), { force: true });
    left -= size;
  }
};
