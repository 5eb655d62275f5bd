/**
 * What a revision's text can be, before any repository is asked.
 * @spec CD-APP-07; git-check-ref-format; vectors cd-git-commit-sha, cd-git-short-ref
 */

/** A whole commit id, in either case. */
export const isCommitId = (revision: string): boolean => /^[0-9a-f]{40}$/i.test(revision);

/** A commit id or the beginning of one. */
export const isShortCommitId = (revision: string): boolean => /^[0-9a-f]{7,40}$/i.test(revision);

/** A name that does not say whether it is a branch or a tag. */
export const isShortName = (revision: string): boolean => !revision.startsWith('refs/');

/** A name without what git's revision language means something by, such as `main~1`. */
export const isPlainName = (revision: string): boolean => /^(?!.*(?:\.\.|@\{))[^\s~^:?*[\\]+$/.test(revision);
