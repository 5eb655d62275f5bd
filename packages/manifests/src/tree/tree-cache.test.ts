import { describe, expect, it } from 'vitest';

import { createFileTree } from './file-tree.ts';
import { createTreeCache } from './tree-cache.ts';

const aTree = (bytes: number) => createFileTree(String(bytes), new Map([['a', new Uint8Array(bytes)]]));

describe('createTreeCache', () => {
  it('opens once for all who ask, and again after a failure', async () => {
    const cache = createTreeCache();
    let opened = 0;
    const open = async () => {
      opened += 1;
      if (opened === 1) throw new Error('broken');
      return aTree(1);
    };
    await expect(cache.keep('k', open)).rejects.toThrow('broken');
    const trees = await Promise.all([cache.keep('k', open), cache.keep('k', open)]);
    expect([trees[0] === trees[1], (await cache.keep('k', open)) === trees[0], opened]).toEqual([true, true, 2]);
  });

  it('keeps no more than it may', async () => {
    const cache = createTreeCache({ bytes: 100 });
    const opened: string[] = [];
    const ask = (key: string, bytes: number) =>
      cache.keep(key, async () => {
        opened.push(key);
        return aTree(bytes);
      });
    for (const [key, bytes] of [
      ['a', 40],
      ['b', 40],
      ['a', 40],
      ['c', 40],
      ['a', 40],
      ['b', 40],
      ['huge', 500],
      ['huge', 500],
    ] as const)
      await ask(key, bytes);
    expect(opened).toEqual(['a', 'b', 'c', 'b', 'huge', 'huge']);
  });
});
