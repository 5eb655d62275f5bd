import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createSeededRandom } from '@argosy/base';

import { createMemoryTree } from '../tree/memory-tree.ts';
import type { Tree } from '../tree/tree.ts';
import { createRenderCache, type RenderCache, type RenderCacheOptions } from './render-cache.ts';
import type { Lineage, TreeChange } from './tree-changes.ts';

/** Renders `app` of a tree: its files, joined. */
const renderFolder = (cache: RenderCache, tree: Tree, app = 'app', lineage?: Lineage) =>
  cache.render({
    inputs: { tool: 'join', app },
    trees: new Map([['', tree]]),
    ...(lineage && { lineages: new Map([['', lineage]]) }),
    make: async (trees) => {
      const own = trees.get('');
      const parts = [];
      for (const entry of (await own?.list(app)) ?? [])
        if (entry.kind === 'file') parts.push(Buffer.from((await own?.read(entry.path)) ?? []).toString());
      return { value: parts.join(), isRepeatable: true };
    },
  });

const FILES = { 'app/a': '1', 'app/b': '2', 'other/c': '3' };
const now = { ms: 0 };
const open = (options: RenderCacheOptions = {}): RenderCache =>
  createRenderCache({ random: createSeededRandom(1), now: () => (now.ms += 1000) }, options);

describe('createRenderCache', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'argosy-cache-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('uses a render again while what it looked at is the same', async () => {
    const cache = open();
    const first = createMemoryTree(FILES);
    expect(await renderFolder(cache, first)).toMatchObject({ value: '1,2', from: 'rendered', isKept: true });
    expect((await renderFolder(cache, first)).from).toBe('memory');
    expect((await renderFolder(cache, createMemoryTree({ ...FILES, 'other/c': 'x' }))).from).toBe('memory');
    expect(await renderFolder(cache, createMemoryTree({ ...FILES, 'app/a': 'x' }))).toMatchObject({
      value: 'x,2',
      from: 'rendered',
    });
    expect((await renderFolder(cache, createMemoryTree({ ...FILES, 'app/new': 'y' }))).value).toBe('1,2,y');
    // Back again: the earlier version is still known.
    expect((await renderFolder(cache, first)).from).toBe('memory');
    expect((await renderFolder(cache, first, 'other')).from).toBe('rendered');
  });

  it('keeps renders on disk, for the next process', async () => {
    await renderFolder(open({ directory }), createMemoryTree(FILES));
    const next = open({ directory });
    const found = await renderFolder(next, createMemoryTree(FILES));
    expect(found).toMatchObject({ value: '1,2', from: 'disk' });
    expect((await renderFolder(next, createMemoryTree(FILES))).from).toBe('memory');
    expect(await next.info()).toMatchObject({
      memoryEntries: 1,
      diskEntries: 1,
      fromDisk: 1,
      fromMemory: 1,
      rendered: 0,
    });
    expect((await renderFolder(open({ directory }), createMemoryTree({ ...FILES, 'app/a': 'x' }))).from).toBe(
      'rendered',
    );
  });

  it('passes over what is broken on disk, and goes on without a disk', async () => {
    await renderFolder(open({ directory }), createMemoryTree(FILES));
    const [name = ''] = await readdir(directory);
    await writeFile(path.join(directory, name), '{"key": "half');
    expect((await renderFolder(open({ directory }), createMemoryTree(FILES))).from).toBe('rendered');
    const nowhere = open({ directory: path.join(directory, name, 'below') });
    expect((await renderFolder(nowhere, createMemoryTree(FILES))).from).toBe('rendered');
    expect((await renderFolder(nowhere, createMemoryTree(FILES))).from).toBe('memory');
  });

  it('stays within its sizes, the least used gone first', async () => {
    const large = (at: number) => createMemoryTree({ [`app${at}/a`]: 'x'.repeat(1000) });
    const cache = open({ directory, memoryBytes: 5000, diskBytes: 4000 });
    for (let at = 0; at < 10; at += 1) await renderFolder(cache, large(at), `app${at}`);
    const info = await cache.info();
    expect(info.memoryBytes).toBeLessThanOrEqual(5000);
    expect(info.diskBytes).toBeLessThanOrEqual(4000);
    expect((await readdir(directory)).length).toBe(info.diskEntries);
    expect((await renderFolder(cache, large(9), 'app9')).from).toBe('memory');
    expect((await renderFolder(open({ directory }), large(9), 'app9')).from).toBe('disk');
    expect((await renderFolder(cache, large(0), 'app0')).from).toBe('rendered');
  });

  it('keeps nothing that cannot be repeated, and nothing that failed', async () => {
    const cache = open({ directory });
    const ask = (isRepeatable: boolean) => ({
      inputs: 'clock',
      trees: new Map([['', createMemoryTree(FILES)]]),
      make: async () => {
        if (!isRepeatable) return { value: 1, isRepeatable };
        throw new Error('no');
      },
    });
    expect((await cache.render(ask(false))).isKept).toBe(false);
    expect((await cache.render(ask(false))).from).toBe('rendered');
    await expect(cache.render(ask(true))).rejects.toThrow('no');
    expect((await cache.info()).memoryEntries).toBe(0);
  });

  it('looks at nothing where what changed tells enough', async () => {
    const cache = open();
    const asked: string[] = [];
    const lineage = (changes: readonly TreeChange[]): Lineage => ({
      id: 'repo',
      changes: async (from, to) => {
        asked.push(`${from.slice(0, 4)} ${to.slice(0, 4)}`);
        return changes;
      },
    });
    const blind = (tree: Tree): Tree => ({
      ...tree,
      find: () => Promise.reject(new Error('a look')),
      list: () => Promise.reject(new Error('a look')),
    });
    const first = createMemoryTree(FILES);
    const apps = ['app', 'other'];
    for (const app of apps) await renderFolder(cache, first, app, lineage([]));
    const second = createMemoryTree({ ...FILES, 'other/c': 'x' });
    const change = lineage([{ kind: 'modified', path: 'other/c' }]);
    expect((await renderFolder(cache, blind(second), 'app', change)).from).toBe('memory');
    expect((await renderFolder(cache, second, 'other', change)).value).toBe('x');
    expect(asked).toHaveLength(1);
    expect(await cache.info()).toMatchObject({ untouched: 1, rendered: 3 });
    // A render that is added later is not taken for untouched by an answer of before.
    const late = await renderFolder(cache, first, '', lineage([]));
    expect(late.from).toBe('rendered');
    expect(
      (
        await renderFolder(
          cache,
          createMemoryTree({ ...FILES, root: '1' }),
          '',
          lineage([{ kind: 'added', path: 'root' }]),
        )
      ).value,
    ).toBe('1');
  });

  it('does not trust the id of a folder, which changes under it', async () => {
    const cache = open();
    const folder = (files: Readonly<Record<string, string>>): Tree => ({ ...createMemoryTree(files), id: '/folder' });
    await renderFolder(cache, folder(FILES));
    expect((await renderFolder(cache, folder({ ...FILES, 'app/a': 'x' }))).value).toBe('x,2');
  });
});
