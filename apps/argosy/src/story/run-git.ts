/**
 * Git as the story uses it: its own author, nothing of the user's configuration, never a question.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { Failure } from '@argosy/base';
import { withGitAuthor } from '@argosy/manifests';

const run = promisify(execFile);

/** Runs git and resolves with what it printed. Throws Failure GitFailed with git's own words. */
export type RunGit = (...args: readonly string[]) => Promise<string>;

/** Creates the runner. */
export const createStoryGit = (environment: Readonly<Record<string, string>>): RunGit => {
  const env = withGitAuthor(environment, { name: 'Ada', email: 'ada@shop.example' });
  return async (...args) => {
    try {
      return (await run('git', args, { env })).stdout.trim();
    } catch (thrown) {
      const words = (thrown as { readonly stderr?: string }).stderr?.trim() ?? '';
      throw new Failure(`git ${args.join(' ').slice(0, 120)}: ${words || 'is git installed?'}`, {
        code: 'GitFailed',
        cause: thrown,
      });
    }
  };
};
