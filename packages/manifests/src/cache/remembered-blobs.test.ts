import { describe, expect, it } from 'vitest';

import { createMemoryTree } from '../tree/memory-tree.ts';
import type { Tree } from '../tree/tree.ts';
import { createBlobMemory, rememberBlobs } from './remembered-blobs.ts';

const counting = (files: Readonly<Record<string, string>>): { readonly tree: Tree; readonly reads: string[] } => {
  const tree = createMemoryTree(files);
  const reads: string[] = [];
  return {
    reads,
    tree: {
      ...tree,
      read: (path) => {
        reads.push(path);
        return tree.read(path);
      },
    },
  };
};

describe('rememberBlobs', () => {
  it('reads a content once, in whatever tree and under whatever name', async () => {
    const memory = createBlobMemory();
    const [first, second] = [counting({ a: '1', b: '1' }), counting({ c: '1', a: '2' })];
    const read = async (tree: Tree, path: string) =>
      Buffer.from(await rememberBlobs(tree, memory).read(path)).toString();
    expect([await read(first.tree, 'a'), await read(first.tree, 'b'), await read(second.tree, 'c')]).toEqual([
      '1',
      '1',
      '1',
    ]);
    expect(await read(second.tree, 'a')).toBe('2');
    expect([first.reads, second.reads]).toEqual([['a'], ['a']]);
    await expect(read(first.tree, 'none')).rejects.toMatchObject({ code: 'NotFound' });
  });

  it('shows one access nothing that another has read', async () => {
    const memory = createBlobMemory();
    const { tree, reads } = counting({ a: '1' });
    for (const scope of ['mine', 'yours', 'mine']) await rememberBlobs(tree, memory, scope).read('a');
    expect(reads).toHaveLength(2);
  });

  it('keeps no more than it may', async () => {
    const memory = createBlobMemory(10);
    const { tree, reads } = counting({ a: 'x'.repeat(8), b: 'y'.repeat(8), large: 'z'.repeat(11) });
    for (const path of ['a', 'b', 'a', 'large', 'large']) await rememberBlobs(tree, memory).read(path);
    expect(reads).toEqual(['a', 'b', 'a', 'large', 'large']);
    expect(memory.calculatedSize).toBeLessThanOrEqual(10);
  });
});
