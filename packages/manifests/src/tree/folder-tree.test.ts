import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openFolderTree } from './folder-tree.ts';
import type { Tree } from './tree.ts';

describe('openFolderTree', () => {
  let folder: string;
  let tree: Tree;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'argosy-tree-'));
    await mkdir(path.join(folder, 'root', 'a'), { recursive: true });
    await mkdir(path.join(folder, 'root', '.git'));
    await writeFile(path.join(folder, 'outside.txt'), 'secret');
    await writeFile(path.join(folder, 'root', 'a', 'b.txt'), 'text');
    await symlink('a', path.join(folder, 'root', 'inside'));
    await symlink('..', path.join(folder, 'root', 'up'));
    await symlink('nowhere', path.join(folder, 'root', 'dangling'));
    tree = await openFolderTree(path.join(folder, 'root'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('reads and lists, links followed inside', async () => {
    expect(Buffer.from(await tree.read('inside/b.txt')).toString()).toBe('text');
    expect((await tree.list('')).map(({ kind, path: name }) => `${kind} ${name}`)).toEqual([
      'directory a',
      'link dangling',
      'link inside',
      'link up',
    ]);
    expect(await tree.list('inside')).toMatchObject([{ kind: 'file', path: 'a/b.txt' }]);
    expect(await Promise.all(['inside', 'none', 'dangling', 'a/b.txt/c'].map((name) => tree.find(name)))).toEqual([
      { kind: 'directory', path: 'a' },
      undefined,
      undefined,
      undefined,
    ]);
  });

  it.each(['up/outside.txt', 'up', '../outside.txt', '/etc/passwd', 'a\\b'])(
    'reads nothing outside: %s',
    async (name) => {
      await expect(tree.read(name)).rejects.toMatchObject({ code: 'PathOutside' });
      await expect(tree.find(name)).rejects.toMatchObject({ code: 'PathOutside' });
    },
  );

  it('says what is not there', async () => {
    await expect(tree.read('a')).rejects.toMatchObject({ code: 'NotFound' });
    await expect(openFolderTree(path.join(folder, 'none'))).rejects.toMatchObject({ code: 'NotFound' });
  });
});
