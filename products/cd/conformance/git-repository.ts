/** A Git repository on disk, with an author and nothing of the machine's own settings. */
import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { withGitAuthor } from '@argosy/manifests';

const run = promisify(execFile);

/** Environment of git. */
export const GIT_ENVIRONMENT = withGitAuthor(
  { PATH: process.env['PATH'] ?? '', HOME: os.tmpdir() },
  { name: 'a', email: 'a@argosy.test' },
);

/** A repository whose only branch is `main`. */
export interface GitRepository {
  readonly url: string;
  /** Commits texts by path, and the absence of the undefined ones; gives the commit. */
  commit(files: Readonly<Record<string, string | undefined>>): Promise<string>;
}

/** Makes an empty one. */
export const createRepository = async (directory: string): Promise<GitRepository> => {
  const git = async (...args: readonly string[]): Promise<string> =>
    (await run('git', ['-C', directory, ...args], { env: GIT_ENVIRONMENT })).stdout.trim();
  await mkdir(directory, { recursive: true });
  await git('init', '-q', '-b', 'main');
  return {
    url: `file://${directory}`,
    commit: async (files) => {
      for (const [name, content] of Object.entries(files)) {
        const file = path.join(directory, name);
        await mkdir(path.dirname(file), { recursive: true });
        await (content === undefined ? rm(file) : writeFile(file, content));
      }
      await git('add', '-A');
      await git('commit', '-q', '-m', 'c');
      return git('rev-parse', 'HEAD');
    },
  };
};
