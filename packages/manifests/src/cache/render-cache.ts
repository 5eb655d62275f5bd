/**
 * Renders remembered by what they were made of and what they looked at, in memory and on disk. A render is used again
 * while its looks hold (a verifying trace), at whatever commit; what changed between two commits tells for a thousand
 * renders at once which may not.
 * @spec DESIGN §4
 */
import { LRUCache } from 'lru-cache';

import { deepFreeze, type Random } from '@argosy/base';

import { traceTree, type TracedTree } from '../tree/traced-tree.ts';
import type { Tree } from '../tree/tree.ts';
import { createDiskStore, type EntryStore } from './disk-store.ts';
import { doesHold, keyOf, traceOf, type Entry, type LooksByTree } from './entry.ts';
import { createTraceIndex, type TraceIndex } from './trace-index.ts';
import type { Lineage, TreeChange } from './tree-changes.ts';

/** Where a cache is kept, and how much of it. */
export interface RenderCacheOptions {
  /** Most that is kept in memory, in bytes of JSON; default 64 MiB. */
  readonly memoryBytes?: number;
  /** A folder for renders of before; none: they are forgotten with the process. */
  readonly directory?: string;
  /** Most of that folder, in bytes; default 512 MiB. */
  readonly diskBytes?: number;
}

/** A render that is asked for. */
export interface RenderAsk<T> {
  /** All that decides the render beside files, as JSON: tool, options, versions. */
  readonly inputs: unknown;
  /** Files, by a name of each tree; one tree is named by the empty text. */
  readonly trees: ReadonlyMap<string, Tree>;
  /** What trees are versions of, by the same names; saves looking at each file again. */
  readonly lineages?: ReadonlyMap<string, Lineage>;
  /** Renders. `isRepeatable` is false when something beside files and inputs went in (clock, network): it is not kept. */
  make(trees: ReadonlyMap<string, TracedTree>): Promise<{ readonly value: T; readonly isRepeatable: boolean }>;
}

/** A render, and where it came from. Values of a cache are frozen and JSON. */
export interface CachedRender<T> {
  readonly value: T;
  readonly from: 'memory' | 'disk' | 'rendered';
  /** Whether it will be found again. */
  readonly isKept: boolean;
  readonly looks: LooksByTree;
}

/** What a cache did, and holds. */
export interface RenderCacheInfo {
  readonly memoryEntries: number;
  readonly memoryBytes: number;
  readonly diskEntries: number;
  readonly diskBytes: number;
  readonly fromMemory: number;
  readonly fromDisk: number;
  readonly rendered: number;
  /** Of those from memory: held for certain by what changed, without a look. */
  readonly untouched: number;
}

/** Remembers renders. */
export interface RenderCache {
  /** Gives a render that holds, or makes one. Throws what `make` throws. */
  render<T>(ask: RenderAsk<T>): Promise<CachedRender<T>>;
  info(): Promise<RenderCacheInfo>;
}

const MEBIBYTE = 1024 * 1024;
const DEFAULTS = { memoryBytes: 64 * MEBIBYTE, diskBytes: 512 * MEBIBYTE };
/** Versions of one render that are kept in memory. */
const MOST_OF_A_KEY = 4;

/** An entry in memory. */
interface Kept extends Entry {
  readonly id: string;
  /** The trees its looks were last found to hold in, by name. */
  heldIn: ReadonlyMap<string, string>;
}

/** Creates a cache. */
export const createRenderCache = (
  deps: { readonly random: Random; now(): number },
  options: RenderCacheOptions = {},
): RenderCache => {
  const counts = { fromMemory: 0, fromDisk: 0, rendered: 0, untouched: 0 };
  const byKey = new Map<string, readonly Kept[]>();
  const indexes = new Map<string, TraceIndex>();
  const indexOf = (lineage: Lineage): TraceIndex => {
    const index = indexes.get(lineage.id) ?? createTraceIndex();
    indexes.set(lineage.id, index);
    return index;
  };
  const forget = (kept: Kept): void => {
    for (const index of indexes.values()) index.remove(kept.id);
    const rest = (byKey.get(kept.key) ?? []).filter((other) => other !== kept);
    if (rest.length > 0) byKey.set(kept.key, rest);
    else byKey.delete(kept.key);
  };
  const memory = new LRUCache<string, Kept>({
    maxSize: options.memoryBytes ?? DEFAULTS.memoryBytes,
    dispose: (kept, _id, reason) => {
      if (reason !== 'set') forget(kept);
    },
  });
  const disk: EntryStore | undefined =
    options.directory === undefined
      ? undefined
      : createDiskStore(deps, {
          directory: options.directory,
          mostBytes: options.diskBytes ?? DEFAULTS.diskBytes,
        });
  const touched = createTouched(indexOf);

  const remember = async (entry: Entry, ask: RenderAsk<unknown>, bytes: number): Promise<Kept> => {
    const kept: Kept = { ...entry, id: `${entry.key} ${entry.trace}`, heldIn: idsOf(ask.trees) };
    const before = memory.get(kept.id);
    if (before) {
      before.heldIn = kept.heldIn;
      return before;
    }
    deepFreeze(kept.value);
    const others = byKey.get(kept.key) ?? [];
    for (const old of others.slice(0, Math.max(0, others.length - MOST_OF_A_KEY + 1))) memory.delete(old.id);
    byKey.set(kept.key, [...(byKey.get(kept.key) ?? []), kept]);
    memory.set(kept.id, kept, { size: Math.max(1, bytes) });
    for (const [name, looks] of entry.looks) {
      const [lineage, tree] = [ask.lineages?.get(name), ask.trees.get(name)];
      if (lineage && tree) await indexOf(lineage).add(kept.id, looks, tree);
    }
    return kept;
  };

  const fromMemory = async (key: string, ask: RenderAsk<unknown>): Promise<Kept | undefined> => {
    // The latest first: it is the likeliest.
    for (const kept of [...(byKey.get(key) ?? [])].reverse()) {
      const isUntouched = await touched.isUntouched(kept, ask);
      if (!isUntouched && !(await doesHold(kept.looks, ask.trees))) continue;
      if (isUntouched) counts.untouched += 1;
      kept.heldIn = idsOf(ask.trees);
      memory.get(kept.id);
      return kept;
    }
    return undefined;
  };
  const fromDisk = async (key: string, ask: RenderAsk<unknown>): Promise<Kept | undefined> => {
    for (const entry of (await disk?.find(key)) ?? [])
      if (await doesHold(entry.looks, ask.trees)) return remember(entry, ask, JSON.stringify(entry.value).length);
    return undefined;
  };
  const make = async <T>(key: string, ask: RenderAsk<T>): Promise<CachedRender<T>> => {
    const traced = new Map([...ask.trees].map(([name, tree]) => [name, traceTree(tree)] as const));
    const { value, isRepeatable } = await ask.make(traced);
    const looks: LooksByTree = [...traced].map(([name, tree]) => [name, tree.looks()] as const);
    counts.rendered += 1;
    if (!isRepeatable) return { value, from: 'rendered', isKept: false, looks };
    const entry: Entry = { key, trace: traceOf(looks), looks, value };
    const text = JSON.stringify(entry);
    await remember(entry, ask, text.length);
    await disk?.put(entry, text);
    return { value, from: 'rendered', isKept: true, looks };
  };
  return {
    render: async <T>(ask: RenderAsk<T>): Promise<CachedRender<T>> => {
      const key = keyOf(ask.inputs);
      // The values of a key are of one type: its inputs name the job.
      const toResult = ({ value, looks }: Kept, from: 'memory' | 'disk'): CachedRender<T> => {
        counts[from === 'memory' ? 'fromMemory' : 'fromDisk'] += 1;
        return { value: value as T, from, isKept: true, looks };
      };
      const remembered = await fromMemory(key, ask);
      if (remembered) return toResult(remembered, 'memory');
      const read = await fromDisk(key, ask);
      return read ? toResult(read, 'disk') : make(key, ask);
    },
    info: async () => {
      const { entries = 0, bytes = 0 } = (await disk?.size()) ?? {};
      return {
        memoryEntries: memory.size,
        memoryBytes: memory.calculatedSize,
        diskEntries: entries,
        diskBytes: bytes,
        ...counts,
      };
    },
  };
};

const idsOf = (trees: ReadonlyMap<string, Tree>): ReadonlyMap<string, string> =>
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
  const isUntouched = async (kept: Kept, { trees, lineages }: RenderAsk<unknown>): Promise<boolean> => {
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
