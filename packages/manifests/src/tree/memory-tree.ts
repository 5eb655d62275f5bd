/**
 * A tree in memory: the twin of the Git tree for tests and for sources that are not in Git.
 */
import { Failure, sha256Hex } from '@argosy/base';

import { normalizePath, parentOf, type Tree, type TreeEntry } from './tree.ts';

/** Creates a tree of files by path. */
export const createMemoryTree = (files: Readonly<Record<string, string>>): Tree => {
  const entries = new Map<string, TreeEntry>([['', { kind: 'directory', path: '' }]]);
  for (const [name, content] of Object.entries(files)) {
    const path = normalizePath(name);
    entries.set(path, { kind: 'file', path, id: sha256Hex(content) });
    for (let parent = parentOf(path); parent !== ''; parent = parentOf(parent))
      entries.set(parent, { kind: 'directory', path: parent });
  }
  return {
    id: sha256Hex(JSON.stringify(files)),
    find: async (path) => entries.get(normalizePath(path)),
    list: async (path) => {
      const directory = normalizePath(path);
      const below = [...entries.values()].filter((entry) => entry.path !== '' && parentOf(entry.path) === directory);
      return below.sort((left, right) => (left.path < right.path ? -1 : 1));
    },
    read: async (path) => {
      const content = files[normalizePath(path)];
      if (content === undefined) throw new Failure(`${path}: no such file in the source`, { code: 'NotFound' });
      return new TextEncoder().encode(content);
    },
  };
};
