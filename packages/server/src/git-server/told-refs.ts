/**
 * The refs of a repository, those that were told of, and what moved in between.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { isObject } from '@argosy/base';

import { runGit } from './run-git.ts';

/** A branch that a push moved. */
export interface PushedBranch {
  /** Name of the repository's folder without `.git`. */
  readonly repository: string;
  /** Full name, e.g. `refs/heads/main`. */
  readonly ref: string;
  readonly before: string;
  readonly after: string;
}

/** Object ids by full names. */
export type Refs = Readonly<Record<string, string>>;

/** A zero object id: the branch did not exist, or no longer does. */
export const NO_COMMIT = '0'.repeat(40);
const TOLD_FILE = 'argosy-told.json';

/** The branches and tags of a repository. */
export const readRefs = async (env: Readonly<Record<string, string>>, folder: string): Promise<Refs> => {
  const output = await runGit(
    ['--git-dir', folder, 'for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads', 'refs/tags'],
    { env },
  );
  const lines = new TextDecoder().decode(output).split('\n');
  return Object.fromEntries(
    lines.filter((line) => line !== '').map((line) => [line.slice(41), line.slice(0, 40)] as const),
  );
};

/** The refs that differ; those that came or went have no commit on one side. Pure. */
export const movedRefs = (repository: string, before: Refs, after: Refs): readonly PushedBranch[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((ref) => before[ref] !== after[ref])
    .map((ref) => ({ repository, ref, before: before[ref] ?? NO_COMMIT, after: after[ref] ?? NO_COMMIT }));

/** The refs that were told of. `undefined`: nothing ever was; a file that cannot be read counts as such. */
export const readTold = async (folder: string): Promise<Refs | undefined> => {
  const text = await readFile(path.join(folder, TOLD_FILE), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    // Only this file writes it: names to object ids.
    return isObject(parsed) ? (parsed as Refs) : undefined;
  } catch {
    return undefined;
  }
};

/** Notes what was told. */
export const writeTold = async (folder: string, refs: Refs): Promise<void> => {
  const file = path.join(folder, TOLD_FILE);
  await writeFile(`${file}.new`, JSON.stringify(refs));
  await rename(`${file}.new`, file);
};
