/**
 * Remote repositories as bare mirrors on disk, one per address and access, fetched when asked. Those who ask at the same
 * time share a fetch.
 */
import { createHash } from 'node:crypto';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';

import { LRUCache } from 'lru-cache';

import { Failure, messageOf, type Random } from '@argosy/base';

import type { BlobStore } from '../network/blob-store.ts';
import type { HttpPort } from '../network/http-port.ts';
import { ANONYMOUS, withoutSecrets, type RepositoryAccess } from '../network/repository-access.ts';
import { runWithAccess } from './git-access.ts';
import { openGitTree } from './git-tree.ts';
import { createLargeFileReader, withLargeFiles } from './large-files.ts';
import { createLimiter } from './limit-running.ts';
import { commitOf, resolveRevision } from './resolve-revision.ts';
import { isRemoteAddress, mayShareAccess } from './repository-host.ts';
import { isCommitId, isPlainName, isShortName } from './revision-names.ts';
import { withoutCredentials, type GitRunner } from './run-git.ts';
import { withSubmodules } from './submodules.ts';
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

/** How a repository is reached, and what of it counts. */
export interface RepositoryOptions {
  /** Anybody's when absent. Each access has a mirror of its own: what one may read is not another's. */
  readonly access?: RepositoryAccess;
  /** Only tags that begin so count, for constraints and names alike (CD-APP-09). */
  readonly tagPrefix?: string;
}

/** Reads repositories. All methods throw Failure: InvalidURL, RevisionNotFound, GitFailed … */
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
}

/** Ports and place of the mirrors. */
export interface RepositoriesDeps {
  readonly git: GitRunner;
  readonly random: Random;
  /** Reaches what Git LFS keeps; files kept there are refused without. */
  readonly large?: { readonly http: HttpPort; readonly blobs: BlobStore };
}

/** Where mirrors are kept, and what may be fetched. */
export interface RepositoriesOptions {
  readonly directory: string;
  /** Also `file://` addresses; default false. */
  readonly allowLocal?: boolean;
  /** Fetches at the same time; default 10, so that a start with hundreds of repositories does not fill the machine. */
  readonly fetches?: number;
}

/** A folder of this machine. Whoever may write an Application must not thereby read the host's repositories: off unless asked for. */
const LOCAL = /^file:\/\/\/\S+$/;
const TREES_KEPT = 200;
const FETCHES = 10;

/** Submodules of submodules: deeper is a circle. */
const DEEPEST = 8;

/** Creates the mirrors below a folder. */
export const createRepositories = (deps: RepositoriesDeps, options: RepositoriesOptions): Repositories => {
  const fetching = new Map<string, Fetching>();
  const limit = createLimiter(options.fetches ?? FETCHES);
  const trees = new LRUCache<string, Promise<Tree>>({ max: TREES_KEPT });

  const mirrorOf = (url: string, access: RepositoryAccess): string => {
    if (!isRemoteAddress(url) && !(options.allowLocal === true && LOCAL.test(url)))
      throw new Failure(
        `repository address ${JSON.stringify(withoutCredentials(url))} is not one git can fetch; use https://, ssh:// or user@host:path, without # and \\`,
        { code: 'InvalidURL' },
      );
    const identity = access.identity === '' ? url : `${url} ${access.identity}`;
    return path.join(options.directory, `${createHash('sha256').update(identity).digest('hex').slice(0, 32)}.git`);
  };
  const fetchNow = async (remote: Remote, refs: readonly string[]): Promise<void> => {
    const { url, access, mirror } = remote;
    if (!(await exists(mirror))) await createMirror(deps, mirror);
    const args = ['--git-dir', mirror, 'fetch', '--quiet', '--prune', '--force', '--no-tags', url, ...refs];
    try {
      await limit(() => runWithAccess(deps, { args, url, access }, options.directory));
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      const { code, retryable } = thrown;
      throw new Failure(withoutSecrets(messageOf(thrown), access), { code, retryable });
    }
  };
  /** What is fetched has begun after it was asked for: a push that somebody told of is in it. */
  const fetch = (remote: Remote): Promise<void> => {
    const last = fetching.get(remote.mirror);
    if (last && !last.hasBegun) return last.done;
    const begin = async (): Promise<void> => {
      await last?.done.catch(() => undefined);
      await setImmediate();
      own.hasBegun = true;
      await fetchNow(remote, ALL);
    };
    const own: Fetching = { hasBegun: false, done: Promise.resolve() };
    own.done = begin().finally(() => {
      if (fetching.get(remote.mirror) === own) fetching.delete(remote.mirror);
    });
    fetching.set(remote.mirror, own);
    return own.done;
  };
  const resolve = async (remote: Remote, revision: string, tagPrefix: string): Promise<string> => {
    const { mirror } = remote;
    // A full commit id never changes its meaning: no need to ask the remote when it is here.
    if (isCommitId(revision) && (await hasCommit(deps.git, mirror, revision))) return revision.toLowerCase();
    await fetch(remote);
    const known = await resolveRevision(deps.git, mirror, { revision, tagPrefix });
    if (known !== undefined) return known;
    // Not on a branch and no tag: a host may still have it, as it has pull requests.
    if (isCommitId(revision) || (isPlainName(revision) && !isShortName(revision))) {
      const target = `refs/argosy/asked/${revision}`;
      const isThere = await fetchNow(remote, [`+${revision}:${target}`]).then(
        () => true,
        () => false,
      );
      const commit = isThere ? await commitOf(deps.git, mirror, target) : undefined;
      if (commit !== undefined) return commit;
    }
    throw new Failure(
      `revision ${JSON.stringify(revision)} is neither a branch nor a tag nor a commit of ${withoutCredentials(remote.url)}`,
      { code: 'RevisionNotFound' },
    );
  };
  const openObjects = (mirror: string, commit: string): Promise<Tree> => {
    const identity = `${mirror} ${commit}`;
    const opened = trees.get(identity) ?? openGitTree(deps.git, { gitDirectory: mirror, commit });
    trees.set(identity, opened);
    opened.catch(() => trees.delete(identity));
    return opened;
  };
  /** Objects are kept; what reaches out of them is made anew, as credentials change. */
  const openTree = async (remote: Remote, commit: string, depth: number): Promise<Tree> => {
    const { access, url, mirror } = remote;
    const readLarge = access.hasLargeFiles && deps.large ? createLargeFileReader(deps.large, remote) : undefined;
    const tree = withLargeFiles(await openObjects(mirror, commit), readLarge);
    return withSubmodules(tree, url, async (address, wanted) => {
      if (depth >= DEEPEST) throw new Failure(`submodules nested deeper than ${DEEPEST}`, { code: 'TooLarge' });
      // Credentials are a host's: another one's submodule is read as by anybody.
      const inner = remoteOf(address, mayShareAccess(address, url) ? access : ANONYMOUS);
      return openTree(inner, await resolve(inner, wanted, ''), depth + 1);
    });
  };
  const remoteOf = (url: string, access = ANONYMOUS): Remote => ({ url, access, mirror: mirrorOf(url, access) });
  return {
    resolve: async (url, revision, { access, tagPrefix = '' } = {}) =>
      resolve(remoteOf(url, access), revision, tagPrefix),
    tree: async (url, commit, { access } = {}) => openTree(remoteOf(url, access), checkCommit(commit), 0),
    describe: async (url, commit, { access } = {}) => {
      const output = await deps.git.run([
        '--git-dir',
        mirrorOf(url, access ?? ANONYMOUS),
        'show',
        '--no-patch',
        '--format=%H%x00%an <%ae>%x00%aI%x00%s%x00%B',
        checkCommit(commit),
      ]);
      const [id = '', author = '', date = '', subject = '', message = ''] = output.toString('utf8').split('\0');
      return { commit: id, author, date, subject, message: message.trim() };
    },
  };
};

interface Fetching {
  hasBegun: boolean;
  done: Promise<void>;
}

interface Remote {
  readonly url: string;
  readonly access: RepositoryAccess;
  readonly mirror: string;
}

const ALL = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*', '+HEAD:refs/argosy/HEAD'];

/** Commands that read a commit would take other texts for their options. */
const checkCommit = (commit: string): string => {
  if (isCommitId(commit)) return commit;
  throw new Failure(`${JSON.stringify(commit)} is no commit; use a whole id`, { code: 'RevisionNotFound' });
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
