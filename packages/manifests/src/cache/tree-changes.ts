/**
 * What differs between two commits of a repository, path by path.
 */
import { Failure } from '@argosy/base';

import type { GitRunner } from '../git/command/run-git.ts';

/** A path that differs. Modified: there is a file or link at both, and not the same. */
export interface TreeChange {
  readonly kind: 'added' | 'deleted' | 'modified';
  readonly path: string;
}

/** A line of trees that are told apart by their ids, commits of one repository. */
export interface Lineage {
  readonly id: string;
  /** What differs between two of its trees; `undefined` when that cannot be told, be it that one is gone. */
  changes(from: string, to: string): Promise<readonly TreeChange[] | undefined>;
}

/** Commits of a bare repository. */
export const createGitLineage = (git: GitRunner, gitDirectory: string): Lineage => ({
  id: gitDirectory,
  changes: async (from, to) => {
    const listing = await git
      .run(['--git-dir', gitDirectory, 'diff-tree', '-r', '-z', '--name-status', '--no-renames', from, to])
      .catch(ifGone);
    return listing && parseChanges(listing.toString('utf8'));
  },
});

const ifGone = (thrown: unknown): undefined => {
  if (thrown instanceof Failure) return undefined;
  throw thrown;
};

const KINDS: Readonly<Record<string, TreeChange['kind']>> = { A: 'added', D: 'deleted', M: 'modified', T: 'modified' };

/** `<status> NUL <path> NUL …`. */
const parseChanges = (listing: string): readonly TreeChange[] => {
  const parts = listing.split('\0');
  const changes: TreeChange[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2)
    changes.push({ kind: KINDS[parts[at] ?? ''] ?? 'modified', path: parts[at + 1] ?? '' });
  return changes;
};
