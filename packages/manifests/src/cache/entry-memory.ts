/**
 * Renders in memory, the least used gone first, and the index of what they looked at.
 */
import { LRUCache } from 'lru-cache';

import { deepFreeze } from '@argosy/base';

import { holdInTrees } from '../tree/traced-tree.ts';
import type { Entry } from './entry.ts';
import { createLookIndex, type Trees } from './look-index.ts';

/** Keeps entries, and finds those that hold. */
export interface EntryMemory {
  /** An entry of a key that holds; `isUntouched`: what changed told so, without a look. */
  find(key: string, trees: Trees): Promise<{ readonly entry: Entry; readonly isUntouched: boolean } | undefined>;
  /** Keeps an entry that holds in these trees. Its value is frozen. */
  put(entry: Entry, trees: Trees, bytes: number): Promise<void>;
  size(): { readonly entries: number; readonly bytes: number };
}

/** Versions of one render that are kept. */
const MOST_OF_A_KEY = 4;

interface Kept extends Entry {
  readonly id: string;
  /** The trees its looks were last found to hold in, by name. */
  heldIn: ReadonlyMap<string, string>;
}

/** Creates a memory of this many bytes of JSON. */
export const createEntryMemory = (mostBytes: number): EntryMemory => {
  const byKey = new Map<string, readonly Kept[]>();
  const index = createLookIndex();
  const entries = new LRUCache<string, Kept>({
    maxSize: mostBytes,
    dispose: (kept, _id, reason) => {
      if (reason !== 'set') forget(kept);
    },
  });
  const forget = (kept: Kept): void => {
    index.remove(kept.id);
    const rest = (byKey.get(kept.key) ?? []).filter((other) => other !== kept);
    if (rest.length > 0) byKey.set(kept.key, rest);
    else byKey.delete(kept.key);
  };
  return {
    find: async (key, trees) => {
      // The latest first: it is the likeliest.
      for (const kept of [...(byKey.get(key) ?? [])].reverse()) {
        const isUntouched = await index.isUntouched(kept, trees);
        if (!isUntouched && !(await holdInTrees(kept.looks, trees.trees))) continue;
        kept.heldIn = idsOf(trees);
        entries.get(kept.id);
        return { entry: kept, isUntouched };
      }
      return undefined;
    },
    put: async (entry, trees, bytes) => {
      const kept: Kept = { ...entry, id: `${entry.key} ${entry.trace}`, heldIn: idsOf(trees) };
      const before = entries.get(kept.id);
      if (before) {
        before.heldIn = kept.heldIn;
        return;
      }
      deepFreeze(kept.value);
      const others = byKey.get(kept.key) ?? [];
      for (const old of others.slice(0, Math.max(0, others.length - MOST_OF_A_KEY + 1))) entries.delete(old.id);
      byKey.set(kept.key, [...(byKey.get(kept.key) ?? []), kept]);
      entries.set(kept.id, kept, { size: Math.max(1, bytes) });
      await index.add(kept.id, kept.looks, trees);
    },
    size: () => ({ entries: entries.size, bytes: entries.calculatedSize }),
  };
};

const idsOf = ({ trees }: Trees): ReadonlyMap<string, string> =>
  new Map([...trees].map(([name, tree]) => [name, tree.id] as const));
