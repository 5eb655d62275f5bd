/**
 * The tree of a commit as a source sees it: with its submodules and with the files that Git LFS keeps.
 */
import { LRUCache } from 'lru-cache';

import { Failure } from '@argosy/base';

import type { BlobStore } from '../../network/blob-store.ts';
import type { HttpPort } from '../../network/http-port.ts';
import { ANONYMOUS } from '../../network/repository-access.ts';
import type { Tree } from '../../tree/tree.ts';
import type { Mirrors, Remote } from '../mirrors/mirrors.ts';
import { mayShareAccess } from '../repository-host.ts';
import type { ResolveCommit } from '../revisions/resolve-commit.ts';
import type { GitRunner } from '../command/run-git.ts';
import { openGitTree } from './git-tree.ts';
import { createLargeFileReader, withLargeFiles } from './large-files.ts';
import { withSubmodules } from './submodules.ts';

/** What commits are opened with. */
export interface OpenCommitDeps {
  readonly git: GitRunner;
  readonly mirrors: Mirrors;
  readonly resolve: ResolveCommit;
  /** Reaches what Git LFS keeps; files kept there are refused without. */
  readonly large?: { readonly http: HttpPort; readonly blobs: BlobStore };
}

/** Opens a commit (full id) that was fetched. Throws Failure: those of git, and when read those of submodules. */
export type OpenCommit = (remote: Remote, commit: string) => Promise<Tree>;

const TREES_KEPT = 200;
/** Submodules of submodules: deeper is a circle. */
const DEEPEST = 8;

/** Creates what opens. Objects are kept; what reaches out of them is made anew, as credentials change. */
export const createCommitOpener = (deps: OpenCommitDeps): OpenCommit => {
  const { mirrors, resolve, large } = deps;
  const openObjects = createObjectsOpener(deps.git);
  const open = async (remote: Remote, commit: string, depth: number): Promise<Tree> => {
    const { access, url, mirror } = remote;
    const readLarge = access.hasLargeFiles && large ? createLargeFileReader(large, remote) : undefined;
    const tree = withLargeFiles(await openObjects(mirror, commit), readLarge);
    return withSubmodules(tree, url, async (address, wanted) => {
      if (depth >= DEEPEST) throw new Failure(`submodules nested deeper than ${DEEPEST}`, { code: 'TooLarge' });
      // Credentials are a host's: another one's submodule is read as by anybody.
      const inner = mirrors.remoteOf(address, mayShareAccess(address, url) ? access : ANONYMOUS);
      return open(inner, await resolve(inner, { revision: wanted, tagPrefix: '' }), depth + 1);
    });
  };
  return (remote, commit) => open(remote, commit, 0);
};

const createObjectsOpener = (git: GitRunner): ((mirror: string, commit: string) => Promise<Tree>) => {
  const trees = new LRUCache<string, Promise<Tree>>({ max: TREES_KEPT });
  return (mirror, commit) => {
    const identity = `${mirror} ${commit}`;
    const opened = trees.get(identity) ?? openGitTree(git, { gitDirectory: mirror, commit });
    trees.set(identity, opened);
    opened.catch(() => trees.delete(identity));
    return opened;
  };
};
