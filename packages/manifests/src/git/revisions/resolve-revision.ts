/**
 * From what people write to a commit of a mirror.
 * @spec CD-APP-07, CD-APP-09, CD-GEN-24
 * @upstream argo-cd util/git/client.go#lsRemote
 */
import { chooseVersion, isVersionConstraint } from '../../chart-repository/choose-version.ts';
import type { GitRunner } from '../command/run-git.ts';
import { isCommitId, isPlainName, isShortCommitId, isShortName } from './revision-names.ts';

/**
 * Git's own revision language is not offered: a revision names a branch, a tag or a commit, in this order; a
 * constraint that tags satisfy names the highest of them (CD-APP-07). `undefined` when the mirror has none of it.
 */
export const resolveRevision = async (
  git: GitRunner,
  mirror: string,
  of: { readonly revision: string; readonly tagPrefix: string },
): Promise<string | undefined> => {
  for (const candidate of await candidatesOf(git, mirror, of)) {
    const commit = await commitOf(git, mirror, candidate);
    if (commit !== undefined) return commit;
  }
  return undefined;
};

/** The commit of a reference or id; `undefined` when the mirror has none. */
export const commitOf = async (git: GitRunner, mirror: string, name: string): Promise<string | undefined> => {
  const found = await git
    .run(['--git-dir', mirror, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`])
    .catch(() => undefined);
  const commit = found?.toString('utf8').trim() ?? '';
  return isCommitId(commit) ? commit : undefined;
};

const candidatesOf = async (
  git: GitRunner,
  mirror: string,
  { revision, tagPrefix }: { readonly revision: string; readonly tagPrefix: string },
): Promise<readonly string[]> => {
  if (revision === '' || revision === 'HEAD') return ['refs/argosy/HEAD'];
  if (tagPrefix !== '' || isVersionConstraint(revision)) {
    const tag = chooseVersion(revision, await tagsOf(git, mirror), tagPrefix);
    if (tag !== undefined) return [`refs/tags/${tag}`];
  }
  // No tag satisfies it, but `1.x` may be the name of a branch.
  if (!isPlainName(revision)) return [];
  return [
    isShortName(revision) ? `refs/heads/${revision}` : revision,
    `refs/tags/${revision}`,
    ...(isShortCommitId(revision) ? [revision.toLowerCase()] : []),
  ];
};

const tagsOf = async (git: GitRunner, mirror: string): Promise<readonly string[]> => {
  const listed = await git.run(['--git-dir', mirror, 'for-each-ref', '--format=%(refname:strip=2)', 'refs/tags']);
  return listed
    .toString('utf8')
    .split('\n')
    .filter((tag) => tag !== '');
};
