/**
 * The tree of a source: a folder or archive of this machine, or a commit of a Git repository.
 */
import { access, mkdtemp, realpath, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { Failure, type Clock, type Random } from '@argosy/base';
import { createGitRunner, createRepositories, openFolderTree, type Tree } from '@argosy/manifests';

/** A source that is open. */
export interface OpenSource {
  readonly tree: Tree;
  /** Within the tree. */
  readonly path: string;
  close(): Promise<void>;
}

/** Addresses of Git, as against paths. */
const ADDRESS = /^[a-z][a-z0-9+.-]*:\/\/|^[^/\s]+@[^/\s]+:/i;

/** Opens a source. Throws Failure: NotFound, those of `Repositories`. */
export const openSource = async (deps: OpenDeps, where: string, of: Wanted): Promise<OpenSource> => {
  if (ADDRESS.test(where)) return openRemote(deps, where, of);
  if (await isBare(where)) return openRemote(deps, addressOf(path.resolve(where)), of);
  return of.revision === undefined ? openLocal(where, of.path) : openCommitted(deps, where, of);
};

interface OpenDeps {
  readonly env: Readonly<Record<string, string>>;
  readonly random: Random;
  readonly clock: Clock;
}

interface Wanted {
  readonly revision?: string;
  readonly path: string;
}

const addressOf = (folder: string): string => pathToFileURL(folder).href;

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/** Whether a folder is a repository without a work tree. */
const isBare = async (where: string): Promise<boolean> =>
  (await exists(path.join(where, 'HEAD'))) && (await exists(path.join(where, 'objects')));

/** A folder as a commit of the repository around it has it. */
const openCommitted = async (deps: OpenDeps, where: string, of: Wanted): Promise<OpenSource> => {
  const folder = await realpath(where).catch(() => undefined);
  if (folder === undefined) throw new Failure(`${where}: no such file or folder`, { code: 'NotFound' });
  const root = await repositoryAround(folder);
  if (root === undefined)
    throw new Failure(`--revision: ${where} is in no Git repository; leave the flag out`, { code: 'InvalidFlag' });
  const below = path.relative(root, path.resolve(folder, of.path)).split(path.sep).join('/');
  return openRemote(deps, addressOf(root), { ...of, path: below });
};

const openRemote = async (deps: OpenDeps, url: string, of: Wanted): Promise<OpenSource> => {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'argosy-render-'));
  const close = (): Promise<void> => rm(directory, { recursive: true, force: true });
  try {
    // Whoever types a file:// address may read that folder anyway, and has asked for its size.
    const repositories = createRepositories(
      { git: createGitRunner({ env: deps.env }), random: deps.random, clock: deps.clock },
      { directory, allowLocal: true, limit: { mostBytes: Number.POSITIVE_INFINITY, setting: '' } },
    );
    const commit = await repositories.resolve(url, of.revision ?? 'HEAD');
    return { tree: await repositories.tree(url, commit), path: of.path, close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
};

/** The tree is that of the repository around the folder, so that charts may reach their neighbours, else the folder. */
const openLocal = async (where: string, below: string): Promise<OpenSource> => {
  const asked = await realpath(path.resolve(where, below)).catch(() => undefined);
  if (asked === undefined)
    throw new Failure(`${path.join(where, below)}: no such file or folder`, { code: 'NotFound' });
  const folder = (await stat(asked)).isDirectory() ? asked : path.dirname(asked);
  const root = (await repositoryAround(folder)) ?? folder;
  const inside = path.relative(root, asked).split(path.sep).join('/');
  return { tree: await openFolderTree(root), path: inside, close: async () => undefined };
};

const repositoryAround = async (folder: string): Promise<string | undefined> => {
  for (let at = folder; ; at = path.dirname(at)) {
    if (await exists(path.join(at, '.git'))) return at;
    if (path.dirname(at) === at) return undefined;
  }
};
