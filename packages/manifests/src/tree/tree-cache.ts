/**
 * Trees that were unpacked, kept by the digest of what they were unpacked from. Who asks for the same one while it is
 * being unpacked waits for it.
 */
import { LRUCache } from 'lru-cache';

import type { FileTree } from './file-tree.ts';
import type { Tree } from './tree.ts';

/** Keeps trees. */
export interface TreeCache {
  /** The tree of this key as it was opened before, or is opened now. What throws is not kept. */
  keep(key: string, open: () => Promise<FileTree>): Promise<Tree>;
}

/** Bytes kept when nobody says how many: a chart has some hundred kilobytes, an artifact at most what a layer may. */
const BYTES_KEPT = 256 * 1024 * 1024;

/** Creates a cache. */
export const createTreeCache = (options: { readonly bytes?: number } = {}): TreeCache => {
  const maxSize = options.bytes ?? BYTES_KEPT;
  const kept = new LRUCache<string, FileTree>({ maxSize, sizeCalculation: ({ bytes }) => bytes + 1 });
  const opening = new Map<string, Promise<Tree>>();

  const openNow = async (key: string, open: () => Promise<FileTree>): Promise<Tree> => {
    try {
      const tree = await open();
      kept.set(key, tree);
      return tree;
    } finally {
      opening.delete(key);
    }
  };
  return {
    keep: async (key, open) => {
      const known = kept.get(key) ?? opening.get(key);
      if (known) return known;
      const opened = openNow(key, open);
      opening.set(key, opened);
      return opened;
    },
  };
};
