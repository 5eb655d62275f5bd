/**
 * Remote repositories as bare mirrors on disk, one per address, fetched when asked. Concurrent fetches of one remote are one fetch.
 */
import { createHash } from 'node:crypto';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

import { LRUCache } from 'lru-cache';

import { Failure, type Random } from '@argosy/base';

import { openGitTree } from './git-tree.ts';
import { withoutCredentials, type GitRunner } from './run-git.ts';
import type { Tree } from '../tree/tree.ts';

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

/** Reads repositories. All methods throw Failure: InvalidURL, RevisionNotFound, GitFailed … */
export interface Repositories {
  /** Brings the mirror up to date and returns the commit a revision names now: branch, tag, full or short id, HEAD. */
  resolve(url: string, revision: string): Promise<string>;
  /** The tree of a commit already fetched. */
  tree(url: string, commit: string): Promise<Tree>;
  /** What a commit says. */
  describe(url: string, commit: string): Promise<CommitInfo>;
}

/** Ports and place of the mirrors. */
export interface RepositoriesDeps {
  readonly git: GitRunner;
  readonly random: Random;
}

/** Where mirrors are kept, and what may be fetched. */
export interface RepositoriesOptions {
  readonly directory: string;
  /** Also `file://` addresses; default false. */
  readonly allowLocal?: boolean;
}

/** Schemes git may be asked for. `ext::` and friends would run programs. */
const REMOTE = /^(https?|ssh|git):\/\/[^-\s]\S*$|^[A-Za-z0-9._][A-Za-z0-9._-]*@[A-Za-z0-9][A-Za-z0-9.-]*:\S+$/;
/** A folder of this machine. Whoever may write an Application must not thereby read the host's repositories: off unless asked for. */
const LOCAL = /^file:\/\/\/\S+$/;
const COMMIT = /^[0-9a-f]{40}$/;
const TREES_KEPT = 200;

/** Creates the mirrors below a folder. */
export const createRepositories = (deps: RepositoriesDeps, options: RepositoriesOptions): Repositories => {
  const fetching = new Map<string, Promise<void>>();
  const trees = new LRUCache<string, Promise<Tree>>({ max: TREES_KEPT });

  const mirrorOf = (url: string): string => {
    if (!REMOTE.test(url) && !(options.allowLocal === true && LOCAL.test(url)))
      throw new Failure(
        `repository address ${JSON.stringify(withoutCredentials(url))} is not one git can fetch; use https://, ssh:// or user@host:path`,
        { code: 'InvalidURL' },
      );
    return path.join(options.directory, `${createHash('sha256').update(url).digest('hex').slice(0, 32)}.git`);
  };
  const fetchNow = async (url: string, mirror: string): Promise<void> => {
    if (!(await exists(mirror))) await createMirror(deps, mirror);
    await deps.git.run([
      '--git-dir',
      mirror,
      'fetch',
      '--quiet',
      '--prune',
      '--force',
      '--no-tags',
      url,
      '+refs/heads/*:refs/heads/*',
      '+refs/tags/*:refs/tags/*',
      '+HEAD:refs/argosy/HEAD',
    ]);
  };
  const fetch = (url: string, mirror: string): Promise<void> => {
    const shared = fetching.get(mirror) ?? fetchNow(url, mirror).finally(() => fetching.delete(mirror));
    fetching.set(mirror, shared);
    return shared;
  };
  return {
    resolve: async (url, revision) => {
      const mirror = mirrorOf(url);
      // A full commit id never changes its meaning: no need to ask the remote when it is here.
      if (COMMIT.test(revision) && (await hasCommit(deps.git, mirror, revision))) return revision;
      await fetch(url, mirror);
      return resolveRevision(deps.git, mirror, { revision, url });
    },
    tree: (url, commit) => {
      const mirror = mirrorOf(url);
      const identity = `${mirror} ${commit}`;
      const opened = trees.get(identity) ?? openGitTree(deps.git, { gitDirectory: mirror, commit });
      trees.set(identity, opened);
      opened.catch(() => trees.delete(identity));
      return opened;
    },
    describe: async (url, commit) => {
      const output = await deps.git.run([
        '--git-dir',
        mirrorOf(url),
        'show',
        '--no-patch',
        '--format=%H%x00%an <%ae>%x00%aI%x00%s%x00%B',
        commit,
      ]);
      const [id = '', author = '', date = '', subject = '', message = ''] = output.toString('utf8').split('\0');
      return { commit: id, author, date, subject, message: message.trim() };
    },
  };
};

const exists = async (file: string): Promise<boolean> => (await stat(file).catch(() => undefined)) !== undefined;

/** Made aside and moved into place: a kill in between leaves no half mirror. */
const createMirror = async (deps: RepositoriesDeps, mirror: string): Promise<void> => {
  const aside = `${mirror}.${deps.random.uuid()}`;
  await mkdir(path.dirname(mirror), { recursive: true, mode: 0o700 });
  await deps.git.run(['init', '--quiet', '--bare', aside]);
  await rename(aside, mirror).catch(async () => rm(aside, { recursive: true, force: true }));
};

const hasCommit = async (git: GitRunner, mirror: string, commit: string): Promise<boolean> => {
  if (!(await exists(mirror))) return false;
  return git.run(['--git-dir', mirror, 'cat-file', '-e', `${commit}^{commit}`]).then(
    () => true,
    () => false,
  );
};

/** Git's own revision language is not offered: a revision names a branch, a tag or a commit, in this order. */
const resolveRevision = async (
  git: GitRunner,
  mirror: string,
  of: { readonly revision: string; readonly url: string },
): Promise<string> => {
  const { revision } = of;
  const candidates =
    revision === '' || revision === 'HEAD'
      ? ['refs/argosy/HEAD']
      : [
          revision.startsWith('refs/') ? revision : `refs/heads/${revision}`,
          `refs/tags/${revision}`,
          ...(/^[0-9a-f]{7,40}$/.test(revision) ? [revision] : []),
        ];
  for (const candidate of candidates) {
    const found = await git
      .run(['--git-dir', mirror, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${candidate}^{commit}`])
      .catch(() => undefined);
    const commit = found?.toString('utf8').trim() ?? '';
    if (COMMIT.test(commit)) return commit;
  }
  throw new Failure(
    `revision ${JSON.stringify(revision)} is not in ${withoutCredentials(of.url)}; it names no branch, tag or commit there`,
    { code: 'RevisionNotFound' },
  );
};
