import { describe, expect, it } from 'vitest';

import { Failure } from '@argosy/base';

import { createMemoryTree } from '../../tree/memory-tree.ts';
import type { Tree } from '../../tree/tree.ts';
import { resolveModuleUrl, withSubmodules } from './submodules.ts';

describe('addresses of submodules', () => {
  it.each([
    ['https://h.test/org/repo.git', '../other.git', 'https://h.test/org/other.git'],
    ['https://h.test/org/repo/', '../../team/other', 'https://h.test/team/other'],
    ['https://h.test/org/repo', './inner', 'https://h.test/org/repo/inner'],
    ['ssh://git@h.test:2222/org/repo', '../other', 'ssh://git@h.test:2222/org/other'],
    ['git@h.test:org/repo.git', '../other.git', 'git@h.test:org/other.git'],
    ['git@h.test:repo.git', '../other.git', 'git@h.test:other.git'],
    ['https://h.test/org/repo', 'https://elsewhere.test/x', 'https://elsewhere.test/x'],
  ])('of %s: %s', (parent, url, expected) => {
    expect(resolveModuleUrl(parent, url)).toBe(expected);
  });
});

describe('withSubmodules', () => {
  const outer = (modules: string): Tree => {
    const tree = createMemoryTree({ '.gitmodules': modules, 'a.yaml': 'outer' });
    const module = { kind: 'submodule', path: 'lib', id: 'c0ffee' } as const;
    return {
      ...tree,
      find: async (path) => (path === 'lib' ? module : tree.find(path)),
      list: async (path) => (path === '' ? [...(await tree.list('')), module] : tree.list(path)),
    };
  };
  const open = async (url: string, commit: string): Promise<Tree> => {
    if (url !== 'https://h.test/org/lib') throw new Failure(`no ${url}`, { code: 'NotFound' });
    return createMemoryTree({ 'b.yaml': commit });
  };

  it('reads a submodule at the commit that the repository names', async () => {
    const tree = await withSubmodules(
      outer('# ours\n[submodule "lib"]\n\tpath = lib\n\turl = "../lib"\n\tbranch = main\n'),
      'https://h.test/org/repo',
      open,
    );
    expect(Buffer.from(await tree.read('lib/b.yaml')).toString()).toBe('c0ffee');
    expect((await tree.list('')).find(({ path }) => path === 'lib')).toEqual({ kind: 'directory', path: 'lib' });
    expect(await tree.find('lib')).toEqual({ kind: 'directory', path: 'lib' });
  });

  it('leaves alone what no submodule is told of, and says which cannot be opened', async () => {
    const unknown = await withSubmodules(outer('[submodule "x"]\n\tpath = x\n\turl = u\n'), 'https://h.test/o/r', open);
    expect((await unknown.find('lib'))?.kind).toBe('submodule');
    const broken = await withSubmodules(outer('[submodule "lib"]\npath=lib\nurl=../no\n'), 'https://h.test/o/r', open);
    await expect(broken.read('lib/b.yaml')).rejects.toThrow('submodule lib: no https://h.test/o/no');
    expect(Buffer.from(await broken.read('a.yaml')).toString()).toBe('outer');
  });
});
