/**
 * A tree over Git objects: no work tree, no lock, any number of commits at once.
 */
import { Failure } from '@argosy/base';

import { normalizePath, type Tree, type TreeEntry } from '../../tree/tree.ts';
import type { GitRunner } from '../command/run-git.ts';
import { createBlobReader } from './read-blobs.ts';

/** Longest chain of symbolic links followed, as Linux. */
const MOST_LINKS = 40;

/** Opens the tree of a commit (full id) in a bare repository. */
export const openGitTree = async (
  git: GitRunner,
  of: { readonly gitDirectory: string; readonly commit: string },
): Promise<Tree> => {
  const listing = await git.run(['--git-dir', of.gitDirectory, 'ls-tree', '-r', '-t', '-z', '--full-tree', of.commit]);
  const entries = parseListing(listing.toString('utf8'));
  const readBlob = createBlobReader(git, of.gitDirectory);

  /** Follows links in every part of a path, so that none leads outside. */
  const resolve = async (path: string, followed = 0): Promise<TreeEntry | undefined> => {
    const asked = normalizePath(path);
    if (asked === '') return { kind: 'directory', path: '' };
    const parts = asked.split('/');
    for (let length = 1; length <= parts.length; length += 1) {
      const prefix = parts.slice(0, length).join('/');
      const entry = entries.get(prefix);
      if (!entry) return undefined;
      if (entry.kind !== 'link') continue;
      if (followed >= MOST_LINKS) throw new Failure(`too many symbolic links at ${prefix}`, { code: 'PathOutside' });
      const target = Buffer.from(await readBlob(entry.id)).toString('utf8');
      if (target.startsWith('/'))
        throw new Failure(`symbolic link ${prefix} leads outside of the source`, { code: 'PathOutside' });
      return resolve([...parts.slice(0, length - 1), target, ...parts.slice(length)].join('/'), followed + 1);
    }
    return entries.get(asked);
  };
  const children = childrenByParent(entries);
  return {
    id: of.commit,
    find: (path) => resolve(path),
    list: async (path) => {
      const directory = await resolve(path);
      return directory?.kind === 'directory' ? (children.get(directory.path) ?? []) : [];
    },
    read: async (path) => {
      const entry = await resolve(path);
      if (entry?.kind !== 'file') throw new Failure(`${path}: no such file in the source`, { code: 'NotFound' });
      return readBlob(entry.id);
    },
  };
};

const parseListing = (listing: string): ReadonlyMap<string, TreeEntry> => {
  const entries = new Map<string, TreeEntry>();
  for (const line of listing.split('\0')) {
    const tab = line.indexOf('\t');
    if (tab < 0) continue;
    const [mode = '', , id = ''] = line.slice(0, tab).split(' ');
    const path = line.slice(tab + 1);
    entries.set(path, toEntry(mode, path, id));
  }
  return entries;
};

const toEntry = (mode: string, path: string, id: string): TreeEntry => {
  if (mode === '040000') return { kind: 'directory', path };
  if (mode === '120000') return { kind: 'link', path, id };
  return mode === '160000' ? { kind: 'submodule', path, id } : { kind: 'file', path, id };
};

const childrenByParent = (entries: ReadonlyMap<string, TreeEntry>): ReadonlyMap<string, readonly TreeEntry[]> => {
  const children = new Map<string, TreeEntry[]>();
  for (const entry of entries.values()) {
    const parent = entry.path.includes('/') ? entry.path.slice(0, entry.path.lastIndexOf('/')) : '';
    const siblings = children.get(parent) ?? [];
    siblings.push(entry);
    children.set(parent, siblings);
  }
  for (const siblings of children.values()) siblings.sort((left, right) => (left.path < right.path ? -1 : 1));
  return children;
};
