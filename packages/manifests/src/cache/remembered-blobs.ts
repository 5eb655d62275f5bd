/**
 * Contents of files that were read before, whatever the commit: an id names a content, in every tree that makes its
 * ids of contents.
 */
import { LRUCache } from 'lru-cache';

import type { Tree } from '../tree/tree.ts';

/** Contents by id. */
export type BlobMemory = LRUCache<string, Uint8Array>;

/** Most bytes kept when nobody says: the charts and folders that change often, not the repositories. */
const DEFAULT_BYTES = 32 * 1024 * 1024;

/** Creates a memory of this many bytes. */
export const createBlobMemory = (bytes: number = DEFAULT_BYTES): BlobMemory =>
  new LRUCache({ maxSize: bytes, sizeCalculation: (content) => Math.max(1, content.length) });

/**
 * A tree that reads a content once. Only for trees whose ids are digests (Git's), not for folders. `scope` names whose
 * eyes it is read with: what one access may read (and what it fetches in place of a pointer) is not another's.
 */
export const rememberBlobs = (tree: Tree, memory: BlobMemory, scope = ''): Tree => ({
  ...tree,
  read: async (path) => {
    const entry = await tree.find(path);
    if (entry?.kind !== 'file') return tree.read(path);
    const key = `${scope} ${entry.id}`;
    const known = memory.get(key);
    if (known) return known;
    const content = await tree.read(path);
    memory.set(key, content);
    return content;
  },
});
