/**
 * Trees that were unpacked, kept by the digest of what they were unpacked from. Who asks for the same one while it is
 * being unpacked waits for it.
 */
import { LRUCache } from 'lru-cache';

import type { Tree } from './tree.ts';

/** Keeps trees. */
export interface TreeCache {
  /** The tree of this key as it was opened before, or is opened now. What throws is not kept. */
  keep(key: string, open: () => Promise<Tree>): Promise<Tree>;
}

/** Trees hold their files in memory: a chart's some hundred kilobytes, at most a hundred megabytes. */
const TREES_KEPT = 32;

/** Creates a cache. */
export const createTreeCache = (options: { readonly trees?: number } = {}): TreeCache => {
  const kept = new LRUCache<string, Promise<Tree>>({ max: options.trees ?? TREES_KEPT });
  return {
    keep: (key, open) => {
      const known = kept.get(key);
      if (known) return known;
      const opened = open();
      kept.set(key, opened);
      opened.catch(() => kept.delete(key));
      return opened;
    },
  };
};
