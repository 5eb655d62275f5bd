/**
 * Renders in memory, the least used gone first, and the index of what they looked at.
 */
import { LRUCache } from 'lru-cache';

import { deepFreeze } from '@argosy/base';

import type { Tree } from '../tree/tree.ts';
import { doesHold, type Entry } from './entry.ts';
import { createTraceIndex, type TraceIndex } from './trace-index.ts';
import type { Lineage, TreeChange } from './tree-changes.ts';

/** The trees of a render, and what they are versions of, by name. */
export interface Trees {
  readonly trees: ReadonlyMap<string, Tree>;
  readonly lineages?: ReadonlyMap<string, Lineage>;
}

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
  const indexes = createIndexes();
  const entries = new LRUCache<string, Kept>({
    maxSize: mostBytes,
    dispose: (kept, _id, reason) => {
      if (reason !== 'set') forget(kept);
    },
  });
  const forget = (kept: Kept): void => {
    indexes.remove(kept.id);
    const rest = (byKey.get(kept.key) ?? []).filter((other) => other !== kept);
    if (rest.length > 0) byKey.set(kept.key, rest);
    else byKey.delete(kept.key);
  };
  const touched = createTouched(indexes.of);
  return {
    find: async (key, trees) => {
      // The latest first: it is the likeliest.
      for (const kept of [...(byKey.get(key) ?? [])].reverse()) {
        const isUntouched = await touched.isUntouched(kept, trees);
        if (!isUntouched && !(await doesHold(kept.looks, trees.trees))) continue;
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
      await indexes.add(kept, trees);
    },
    size: () => ({ entries: entries.size, bytes: entries.calculatedSize }),
  };
};

/** One index for each lineage. */
const createIndexes = () => {
  const indexes = new Map<string, TraceIndex>();
  const of = (lineage: Lineage): TraceIndex => {
    const index = indexes.get(lineage.id) ?? createTraceIndex();
    indexes.set(lineage.id, index);
    return index;
  };
  return {
    of,
    add: async ({ id, looks }: Kept, { trees, lineages }: Trees): Promise<void> => {
      for (const [name, own] of looks) {
        const [lineage, tree] = [lineages?.get(name), trees.get(name)];
        if (lineage && tree) await of(lineage).add(id, own, tree);
      }
    },
    remove: (id: string): void => {
      for (const index of indexes.values()) index.remove(id);
    },
  };
};

const idsOf = ({ trees }: Trees): ReadonlyMap<string, string> =>
  new Map([...trees].map(([name, tree]) => [name, tree.id] as const));

/** Which renders changes touch: asked once for each pair of commits, answered for all renders. */
const createTouched = (indexOf: (lineage: Lineage) => TraceIndex) => {
  const answers = new LRUCache<string, Touched>({ max: 64 });
  const between = async (lineage: Lineage, from: string, to: string): Promise<ReadonlySet<string> | undefined> => {
    const pair = `${lineage.id} ${from} ${to}`;
    const index = indexOf(lineage);
    const known = answers.get(pair);
    if (known?.version === index.version) return known.ids;
    const changes = known?.changes ?? (await lineage.changes(from, to));
    const answer = { version: index.version, changes, ids: changes && index.touchedBy(changes) };
    answers.set(pair, answer);
    return answer.ids;
  };
  /** Whether it is certain, without a look, that an entry holds in these trees. */
  const isUntouched = async (kept: Kept, { trees, lineages }: Trees): Promise<boolean> => {
    for (const [name] of kept.looks) {
      const [before, now, lineage] = [kept.heldIn.get(name), trees.get(name)?.id, lineages?.get(name)];
      // Only of versions in a lineage it is known that the same id is the same content: folders change.
      if (before === undefined || now === undefined || !lineage) return false;
      if (before === now) continue;
      const touched = await between(lineage, before, now);
      if (!touched || touched.has(kept.id)) return false;
    }
    return true;
  };
  return { isUntouched };
};

interface Touched {
  /** Of the index when it was asked. */
  readonly version: number;
  readonly changes: readonly TreeChange[] | undefined;
  readonly ids: ReadonlySet<string> | undefined;
}
