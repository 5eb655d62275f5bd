/**
 * A tree of files that are in memory already, such as those of an archive.
 */
import { createHash } from 'node:crypto';

import { Failure } from '@argosy/base';

import { normalizePath, parentOf, type Tree, type TreeEntry } from './tree.ts';

/** A tree in memory. */
export interface FileTree extends Tree {
  /** Of all its files. */
  readonly bytes: number;
}

/** Creates a tree. `id` must change when a file does: the digest of the archive. */
export const createFileTree = (id: string, files: ReadonlyMap<string, Uint8Array>): FileTree => {
  const entries = new Map<string, TreeEntry>([['', { kind: 'directory', path: '' }]]);
  const below = new Map<string, TreeEntry[]>();
  const add = (entry: TreeEntry): void => {
    if (entries.has(entry.path)) return;
    entries.set(entry.path, entry);
    const parent = parentOf(entry.path);
    const siblings = below.get(parent);
    if (siblings) siblings.push(entry);
    else below.set(parent, [entry]);
    if (parent !== '') add({ kind: 'directory', path: parent });
  };
  const contents = new Map([...files].map(([name, data]) => [normalizePath(name), data] as const));
  for (const [path, data] of contents) add({ kind: 'file', path, id: createHash('sha256').update(data).digest('hex') });
  for (const siblings of below.values()) siblings.sort((left, right) => (left.path < right.path ? -1 : 1));
  return {
    id,
    bytes: [...contents.values()].reduce((sum, { length }) => sum + length, 0),
    find: async (path) => entries.get(normalizePath(path)),
    list: async (path) => below.get(normalizePath(path)) ?? [],
    read: async (path) => {
      const content = contents.get(normalizePath(path));
      if (content === undefined) throw new Failure(`${path}: no such file in the source`, { code: 'NotFound' });
      return content;
    },
  };
};
