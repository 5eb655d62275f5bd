/**
 * The story's two Git repositories: the shop's source, and what is deployed. Everything may be done twice.
 */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { createStoryGit, type RunGit } from './run-git.ts';

/** The repositories of the story. */
export interface ShopRepositories {
  /** Makes both, with the first version in them; `webhook` is told of pushes to the source. */
  prepare(webhook: string): Promise<void>;
  /** Commits and pushes a change of the source; an already pushed one is found by its message. Resolves with the commit. */
  pushChange(change: string, message: string): Promise<string>;
  /** The commit of the deployment repository that ships a source revision; undefined when there is none. */
  deployCommitOf(revision: string): Promise<string | undefined>;
}

/** Where they are. */
interface Places {
  readonly git: RunGit;
  /** Folder of the shop's files. */
  readonly shop: string;
  /** Folder of the bare repositories. */
  readonly directory: string;
  /** Address they are reached below. */
  readonly url: string;
}

/** Opens them. */
export const openShopRepositories = (of: {
  readonly shop: string;
  readonly directory: string;
  readonly url: string;
  readonly env: Readonly<Record<string, string>>;
}): ShopRepositories => {
  const places: Places = { ...of, git: createStoryGit(of.env) };
  return {
    prepare: async (webhook) => {
      await ensureRepository(places, 'shop', (folder) =>
        cp(path.join(of.shop, 'service'), folder, { recursive: true }),
      );
      await ensureRepository(places, 'deploy', (folder) => fillDeployment(of.shop, folder));
      await ensureWebhook(places, webhook);
    },
    pushChange: (change, message) => pushChange(places, change, message),
    deployCommitOf: async (revision) => {
      const search = `--grep=Source-Revision: ${revision}`;
      const bare = bareOf(places, 'deploy');
      return (await places.git('--git-dir', bare, 'log', '-1', '--format=%H', search, 'main')) || undefined;
    },
  };
};

const bareOf = ({ directory }: Places, name: string): string => path.join(directory, `${name}.git`);

/** Made beside and pushed into place: a repository is there with its first commit, or not at all. */
const ensureRepository = async (
  places: Places,
  name: string,
  fill: (folder: string) => Promise<void>,
): Promise<void> => {
  const { git } = places;
  const bare = bareOf(places, name);
  if (!existsSync(bare)) await git('init', '-q', '--bare', '-b', 'main', bare);
  if (await git('--git-dir', bare, 'for-each-ref', 'refs/heads/main')) return;
  await inScratch(async (folder) => {
    await git('init', '-q', '-b', 'main', folder);
    await fill(folder);
    await git('-C', folder, 'add', '-A');
    await git('-C', folder, 'commit', '-q', '-m', 'shop: open');
    await git('-C', folder, 'push', '-q', bare, 'main');
  });
};

const ensureWebhook = async (places: Places, webhook: string): Promise<void> => {
  const config = ['--git-dir', bareOf(places, 'shop'), 'config'];
  const known = await places.git(...config, '--get-all', 'argosy.webhook').catch(() => '');
  if (known !== webhook) await places.git(...config, '--replace-all', 'argosy.webhook', webhook);
};

const pushChange = ({ git, url, shop }: Places, change: string, message: string): Promise<string> =>
  inScratch(async (folder) => {
    await git('clone', '-q', `${url}/shop.git`, folder);
    const commitOf = (): Promise<string> =>
      git('-C', folder, 'log', '-1', '--format=%H', '--fixed-strings', `--grep=${message}`);
    const before = await commitOf();
    if (before) return before;
    await cp(path.join(shop, 'changes', change), folder, { recursive: true });
    await git('-C', folder, 'commit', '-q', '-a', '-m', message);
    await git('-C', folder, 'push', '-q', 'origin', 'main');
    return commitOf();
  });

const inScratch = async <T>(work: (folder: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'argosy-story-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** The first version is deployed as the story opens. */
const fillDeployment = async (shop: string, folder: string): Promise<void> => {
  await cp(path.join(shop, 'deploy'), folder, { recursive: true });
  const code = await readFile(path.join(shop, 'service', 'server.mjs'), 'utf8');
  const name = 'shop-code-first';
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { 'server.mjs': code } };
  await writeFile(path.join(folder, `${name}.json`), `${JSON.stringify(object, undefined, 2)}\n`);
};
