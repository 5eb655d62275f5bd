/**
 * The story's two Git repositories: the shop's source, and what is deployed. Everything may be done twice.
 */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { Failure } from '@argosy/base';

const run = promisify(execFile);

/** The repositories of the story. */
export interface ShopRepositories {
  /** Makes both, with the first version in them; `webhook` is told of pushes to the source. */
  prepare(webhook: string): Promise<void>;
  /** Commits and pushes a change of the source; an already pushed one is found by its message. Resolves with the commit. */
  pushChange(change: string, message: string): Promise<string>;
  /** The commit of the deployment repository that ships a source revision; undefined when there is none. */
  deployCommitOf(revision: string): Promise<string | undefined>;
}

/** Opens them: bare in `directory`, reached below `url`. */
export const openShopRepositories = (of: {
  readonly shop: string;
  readonly directory: string;
  readonly url: string;
  readonly env: Readonly<Record<string, string>>;
}): ShopRepositories => {
  const env = {
    ...of.env,
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: os.devNull,
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@shop.example',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@shop.example',
  };
  const git = async (...args: readonly string[]): Promise<string> => {
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
  const bareOf = (name: string): string => path.join(of.directory, `${name}.git`);
  const inClone = async <T>(name: string, work: (folder: string) => Promise<T>): Promise<T> => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'argosy-story-'));
    try {
      await git('clone', '-q', `${of.url}/${name}.git`, folder);
      return await work(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  /** Made beside and pushed into place: a repository is there with its first commit, or not at all. */
  const ensureRepository = async (name: string, fill: (folder: string) => Promise<void>): Promise<void> => {
    const bare = bareOf(name);
    if (!existsSync(bare)) await git('init', '-q', '--bare', '-b', 'main', bare);
    if (await git('--git-dir', bare, 'for-each-ref', 'refs/heads/main')) return;
    const folder = await mkdtemp(path.join(os.tmpdir(), 'argosy-story-'));
    try {
      await git('init', '-q', '-b', 'main', folder);
      await fill(folder);
      await git('-C', folder, 'add', '-A');
      await git('-C', folder, 'commit', '-q', '-m', 'shop: open');
      await git('-C', folder, 'push', '-q', bare, 'main');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  const commitOf = (folder: string, message: string): Promise<string> =>
    git('-C', folder, 'log', '-1', '--format=%H', '--fixed-strings', `--grep=${message}`);
  return {
    prepare: async (webhook) => {
      await ensureRepository('shop', (folder) => cp(path.join(of.shop, 'service'), folder, { recursive: true }));
      await ensureRepository('deploy', (folder) => fillDeployment(of.shop, folder));
      const known = await git('--git-dir', bareOf('shop'), 'config', '--get-all', 'argosy.webhook').catch(() => '');
      if (known !== webhook)
        await git('--git-dir', bareOf('shop'), 'config', '--replace-all', 'argosy.webhook', webhook);
    },
    pushChange: (change, message) =>
      inClone('shop', async (folder) => {
        const before = await commitOf(folder, message);
        if (before) return before;
        await cp(path.join(of.shop, 'changes', change), folder, { recursive: true });
        await git('-C', folder, 'commit', '-q', '-a', '-m', message);
        await git('-C', folder, 'push', '-q', 'origin', 'main');
        return commitOf(folder, message);
      }),
    deployCommitOf: async (revision) => {
      const found = await git(
        '--git-dir',
        bareOf('deploy'),
        'log',
        '-1',
        '--format=%H',
        `--grep=Source-Revision: ${revision}`,
        'main',
      );
      return found || undefined;
    },
  };
};

/** The first version is deployed as the story opens. */
const fillDeployment = async (shop: string, folder: string): Promise<void> => {
  await cp(path.join(shop, 'deploy'), folder, { recursive: true });
  const code = await readFile(path.join(shop, 'service', 'server.mjs'), 'utf8');
  const name = 'shop-code-first';
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { 'server.mjs': code } };
  await writeFile(path.join(folder, `${name}.json`), `${JSON.stringify(object, undefined, 2)}\n`);
};
