/**
 * Renders remembered by what they were made of and what they looked at, in memory and on disk. A render is used again
 * while its looks hold (a verifying trace), at whatever commit; what changed between two commits tells for a thousand
 * renders at once which may not.
 */
import type { Random } from '@argosy/base';

import { holdInTrees, traceTree, type TracedTree } from '../tree/traced-tree.ts';
import type { Tree } from '../tree/tree.ts';
import { createDiskStore, type EntryStore } from './disk-store.ts';
import { keyOf, traceOf, type Entry, type LooksByTree } from './entry.ts';
import { createEntryMemory } from './entry-memory.ts';
import type { Lineage } from './tree-changes.ts';

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

/** Creates a cache. */
export const createRenderCache = (
  deps: { readonly random: Random; now(): number },
  options: RenderCacheOptions = {},
): RenderCache => {
  const counts = { fromMemory: 0, fromDisk: 0, rendered: 0, untouched: 0 };
  const memory = createEntryMemory(options.memoryBytes ?? DEFAULTS.memoryBytes);
  const disk = openDisk(deps, options);

  const fromDisk = async (key: string, ask: RenderAsk<unknown>): Promise<Entry | undefined> => {
    for (const entry of (await disk?.find(key)) ?? []) {
      if (!(await holdInTrees(entry.looks, ask.trees))) continue;
      await memory.put(entry, ask, JSON.stringify(entry.value).length);
      return entry;
    }
    return undefined;
  };
  const make = async <T>(key: string, ask: RenderAsk<T>): Promise<CachedRender<T>> => {
    const { rendered, looks } = await trace(ask);
    const { value, isRepeatable } = rendered;
    counts.rendered += 1;
    if (!isRepeatable) return { value, from: 'rendered', isKept: false, looks };
    const entry: Entry = { key, trace: traceOf(looks), looks, value };
    const text = JSON.stringify(entry);
    await memory.put(entry, ask, text.length);
    await disk?.put(entry, text);
    return { value, from: 'rendered', isKept: true, looks };
  };
  return {
    render: async <T>(ask: RenderAsk<T>): Promise<CachedRender<T>> => {
      const key = keyOf(ask.inputs);
      // The values of a key are of one type: its inputs name the job.
      const toResult = ({ value, looks }: Entry, from: 'memory' | 'disk'): CachedRender<T> => {
        counts[from === 'memory' ? 'fromMemory' : 'fromDisk'] += 1;
        return { value: value as T, from, isKept: true, looks };
      };
      const remembered = await memory.find(key, ask);
      if (remembered?.isUntouched) counts.untouched += 1;
      if (remembered) return toResult(remembered.entry, 'memory');
      const read = await fromDisk(key, ask);
      return read ? toResult(read, 'disk') : make(key, ask);
    },
    info: async () => {
      const held = memory.size();
      const { entries = 0, bytes = 0 } = (await disk?.size()) ?? {};
      return {
        memoryEntries: held.entries,
        memoryBytes: held.bytes,
        diskEntries: entries,
        diskBytes: bytes,
        ...counts,
      };
    },
  };
};

const openDisk = (
  deps: { readonly random: Random; now(): number },
  { directory, diskBytes = DEFAULTS.diskBytes }: RenderCacheOptions,
): EntryStore | undefined =>
  directory === undefined ? undefined : createDiskStore(deps, { directory, mostBytes: diskBytes });

/** Renders, and notes what is looked at. */
const trace = async <T>(
  ask: RenderAsk<T>,
): Promise<{ readonly rendered: Awaited<ReturnType<RenderAsk<T>['make']>>; readonly looks: LooksByTree }> => {
  const traced = new Map([...ask.trees].map(([name, tree]) => [name, traceTree(tree)] as const));
  const rendered = await ask.make(traced);
  return { rendered, looks: [...traced].map(([name, tree]) => [name, tree.looks()] as const) };
};
