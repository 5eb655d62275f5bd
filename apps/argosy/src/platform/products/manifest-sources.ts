/**
 * Where manifests come from: mirrors of Git repositories, whose contents stay in memory while they are in use, and
 * charts, kept below the data folder.
 */
import path from 'node:path';

import { sha256Hex } from '@argosy/base';
import {
  createBlobMemory,
  createFolderBlobStore,
  createGitRunner,
  createHttpPort,
  createNetworkSources,
  createRepositories,
  rememberBlobs,
  type NetworkSources,
  type Repositories,
} from '@argosy/manifests';

import { GIT_SIZE_LIMIT, type MachinePorts, type PlatformDeps } from '../platform-options.ts';

/** Sources of manifests. */
export interface ManifestSources {
  readonly repositories: Repositories;
  readonly network: NetworkSources;
}

/** Far above what repositories of manifests take. */
const GIT_SIZE_BYTES = 2 * 1024 ** 3;

/** Creates them; nothing is fetched before it is asked for. */
export const createManifestSources = (
  deps: PlatformDeps & MachinePorts,
  of: { readonly folder: string; readonly gitSizeLimitBytes?: number },
): ManifestSources => {
  const { clock, random, env } = deps;
  const downloads = path.join(of.folder, 'downloads');
  const blobs = createFolderBlobStore({ clock, random }, { directory: downloads });
  return {
    repositories: remembering(
      createRepositories(
        { git: createGitRunner({ env }), random, clock },
        {
          directory: path.join(of.folder, 'mirrors'),
          limit: { mostBytes: of.gitSizeLimitBytes ?? GIT_SIZE_BYTES, setting: GIT_SIZE_LIMIT },
        },
      ),
    ),
    network: createNetworkSources({ http: createHttpPort(), clock, blobs }),
  };
};

/** Contents are remembered apart for each access: what one may read is none of another's business. */
const remembering = (repositories: Repositories): Repositories => {
  const contents = createBlobMemory();
  return {
    ...repositories,
    tree: async (url, commit, options) => {
      const scope = sha256Hex(JSON.stringify([url, options?.access ?? null]));
      return rememberBlobs(await repositories.tree(url, commit, options), contents, scope);
    },
  };
};
