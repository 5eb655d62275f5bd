/**
 * The commit that a revision of a remote names now, for as many as ask.
 * @spec CD-APP-07, CD-APP-09
 */
import { stat } from 'node:fs/promises';

import { LRUCache } from 'lru-cache';

import { Failure } from '@argosy/base';

import type { Mirrors, Remote } from '../mirrors/mirrors.ts';
import { withoutCredentials, type GitRunner } from '../command/run-git.ts';
import type { SharedFetches } from '../mirrors/shared-fetches.ts';
import { commitOf, resolveRevision } from './resolve-revision.ts';
import { isCommitId, isPlainName, isShortName } from './revision-names.ts';

/** A revision that is asked for. */
export interface AskedRevision {
  readonly revision: string;
  readonly tagPrefix: string;
  /** A moment of the fetches: one that began after it will do. */
  readonly since?: number;
}

/** Resolves. Throws Failure `RevisionNotFound`, and those of the fetch. */
export type ResolveCommit = (remote: Remote, asked: AskedRevision) => Promise<string>;

/** Names that are remembered until the next fetch. */
const NAMES_KEPT = 1_000;

/** Creates what resolves. */
export const createCommitResolver = (deps: {
  readonly git: GitRunner;
  readonly mirrors: Mirrors;
  readonly fetches: SharedFetches<Remote>;
}): ResolveCommit => {
  const { git, mirrors, fetches } = deps;
  const names = new LRUCache<string, ReturnType<typeof resolveRevision>>({ max: NAMES_KEPT });
  /** A thousand applications that follow one branch ask git once after each fetch. */
  const resolveName = (mirror: string, { revision, tagPrefix }: AskedRevision): ReturnType<typeof resolveRevision> => {
    const identity = JSON.stringify([mirror, fetches.lastOf(mirror), revision, tagPrefix]);
    const found = names.get(identity) ?? resolveRevision(git, mirror, { revision, tagPrefix });
    names.set(identity, found);
    found.catch(() => names.delete(identity));
    return found;
  };
  const isHere = createPresence(git, fetches);
  /** Not on a branch and no tag: a host may still have it, as it has pull requests. */
  const fetchAsked = async (remote: Remote, revision: string): Promise<string | undefined> => {
    const target = `refs/argosy/asked/${revision}`;
    const isThere = await mirrors.fetch(remote, [`+${revision}:${target}`]).then(
      () => true,
      () => false,
    );
    return isThere ? commitOf(git, remote.mirror, target) : undefined;
  };
  return async (remote, asked) => {
    const { revision, since } = asked;
    // A full commit id never changes its meaning: no need to ask the remote when it is here.
    if (isCommitId(revision) && (await isHere(remote, revision))) return revision.toLowerCase();
    await fetches.ensure(remote, since);
    const known = await resolveName(remote.mirror, asked);
    if (known !== undefined) return known;
    const isAskable = isCommitId(revision) || (isPlainName(revision) && !isShortName(revision));
    const commit = isAskable ? await fetchAsked(remote, revision) : undefined;
    if (commit !== undefined) return commit;
    throw new Failure(
      `revision ${JSON.stringify(revision)} is neither a branch nor a tag nor a commit of ${withoutCredentials(remote.url)}`,
      { code: 'RevisionNotFound' },
    );
  };
};

/** Tells which commits are here, remembered until the next fetch: it may make the mirror anew. */
const createPresence = (git: GitRunner, fetches: SharedFetches<Remote>) => {
  const here = new LRUCache<string, true>({ max: NAMES_KEPT });
  return async ({ mirror }: Remote, commit: string): Promise<boolean> => {
    const identity = `${mirror} ${fetches.lastOf(mirror)} ${commit}`;
    if (here.get(identity)) return true;
    const isFound = await hasCommit(git, mirror, commit);
    if (isFound) here.set(identity, true);
    return isFound;
  };
};

const hasCommit = async (git: GitRunner, mirror: string, commit: string): Promise<boolean> => {
  const isThere = await stat(mirror).then(
    () => true,
    () => false,
  );
  if (!isThere) return false;
  return git.run(['--git-dir', mirror, 'cat-file', '-e', `${commit}^{commit}`]).then(
    () => true,
    () => false,
  );
};
