/**
 * Remote repositories, read through mirrors that are fetched when asked.
 */
import { Failure } from '@argosy/base';

import { createGitLineage, type Lineage } from '../cache/tree-changes.ts';
import type { BlobStore } from '../network/blob-store.ts';
import type { HttpPort } from '../network/http-port.ts';
import type { RepositoryAccess } from '../network/repository-access.ts';
import type { Tree } from '../tree/tree.ts';
import { createMirrors, type MirrorOptions, type MirrorsDeps, type Remote } from './mirrors/mirrors.ts';
import { createCommitOpener } from './objects/open-commit.ts';
import { createCommitResolver } from './revisions/resolve-commit.ts';
import { isCommitId } from './revisions/revision-names.ts';
import type { GitRunner } from './command/run-git.ts';
import { createSharedFetches } from './mirrors/shared-fetches.ts';

/** What a commit says of itself. */
export interface CommitInfo {
  readonly commit: string;
  readonly author: string;
  /** RFC 3339. */
  readonly date: string;
  readonly subject: string;
  /** The whole message. */
  readonly message: string;
}

/** How a repository is reached, and what of it counts. */
export interface RepositoryOptions {
  /** Anybody's when absent. Each access has a mirror of its own: what one may read is not another's. */
  readonly access?: RepositoryAccess;
  /** Only tags that begin so count, for constraints and names alike (CD-APP-09). */
  readonly tagPrefix?: string;
  /** A `moment()`: a fetch that began after it will do; only one that begins from now on when absent. */
  readonly since?: number;
}

/** Reads repositories. All methods throw Failure: InvalidURL, RevisionNotFound, GitFailed, TooLarge … */
export interface Repositories {
  /**
   * Brings the mirror up to date and returns the commit a revision names now: branch, tag, constraint on tags, full
   * reference, full or short id, HEAD.
   */
  resolve(url: string, revision: string, options?: RepositoryOptions): Promise<string>;
  /** The tree of a commit already fetched, its submodules in it. */
  tree(url: string, commit: string, options?: RepositoryOptions): Promise<Tree>;
  /** What a commit says. */
  describe(url: string, commit: string, options?: RepositoryOptions): Promise<CommitInfo>;
  /** What its trees are versions of, and what differs between them. */
  lineage(url: string, options?: RepositoryOptions): Lineage;
  /** Now, among the fetches: all who were told of a push at once ask for what was pushed with the same `since`. */
  moment(): number;
}

/** Ports and place of the mirrors. */
export interface RepositoriesDeps extends MirrorsDeps {
  /** Reaches what Git LFS keeps; files kept there are refused without. */
  readonly large?: { readonly http: HttpPort; readonly blobs: BlobStore };
}

/** Where mirrors are kept, and what may be fetched. */
export type RepositoriesOptions = MirrorOptions;

/** Creates the mirrors below a folder. */
export const createRepositories = (deps: RepositoriesDeps, options: RepositoriesOptions): Repositories => {
  const mirrors = createMirrors(deps, options);
  const fetches = createSharedFetches<Remote>((remote) => mirrors.fetch(remote, ALL));
  const resolve = createCommitResolver({ ...deps, mirrors, fetches });
  const open = createCommitOpener({ ...deps, mirrors, resolve });
  return {
    resolve: async (url, revision, { access, tagPrefix = '', since } = {}) =>
      resolve(mirrors.remoteOf(url, access), { revision, tagPrefix, ...(since !== undefined && { since }) }),
    tree: async (url, commit, { access } = {}) => open(mirrors.remoteOf(url, access), checkCommit(commit)),
    describe: async (url, commit, { access } = {}) =>
      describeCommit(deps.git, mirrors.remoteOf(url, access).mirror, checkCommit(commit)),
    lineage: (url, { access } = {}) => createGitLineage(deps.git, mirrors.remoteOf(url, access).mirror),
    moment: () => fetches.moment(),
  };
};

const ALL = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*', '+HEAD:refs/argosy/HEAD'];

/** Commands that read a commit would take other texts for their options. */
const checkCommit = (commit: string): string => {
  if (isCommitId(commit)) return commit;
  throw new Failure(`${JSON.stringify(commit)} is no commit; use a whole id`, { code: 'RevisionNotFound' });
};

const FORMAT = '--format=%H%x00%an <%ae>%x00%aI%x00%s%x00%B';

const describeCommit = async (git: GitRunner, mirror: string, asked: string): Promise<CommitInfo> => {
  const output = await git.run(['--git-dir', mirror, 'show', '--no-patch', FORMAT, asked]);
  const [commit = '', author = '', date = '', subject = '', message = ''] = output.toString('utf8').split('\0');
  return { commit, author, date, subject, message: message.trim() };
};
