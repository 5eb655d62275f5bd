/**
 * Everything that is read over the network and is not Git: charts of indexes and of registries, artifacts.
 */
import type { Clock } from '@argosy/base';

import { createIndexRepositories, type ChartRepositories } from '../chart-repository/chart-repositories.ts';
import type { ChartRequest } from '../chart-repository/chart-request.ts';
import type { BlobStore } from '../network/blob-store.ts';
import { createDownloader } from '../network/download.ts';
import { createGitHubTokens, type WithToken } from '../network/github-app.ts';
import type { HttpPort } from '../network/http-port.ts';
import type { RepositoryAccess } from '../network/repository-access.ts';
import { LARGEST_FILE_BYTES } from '../tree/tree.ts';
import { createOciArtifacts, type OciArtifacts } from './oci-artifacts.ts';
import { isOciAddress } from './oci-reference.ts';
import { createRegistryCharts } from './registry-charts.ts';
import { createRegistry } from './registry.ts';

/** Readers that share downloads and tokens. */
export interface NetworkSources {
  /** Of indexes and registries, as the address tells. */
  readonly charts: ChartRepositories;
  readonly artifacts: OciArtifacts;
  /** Turns an app of GitHub into a token; other accesses come back as they are. */
  readonly withToken: WithToken;
  /** A single file, such as one of values. Throws Failure: NotFound, Unauthorized, TooLarge, NetworkFailed. */
  readonly readFile: (url: string, access: RepositoryAccess) => Promise<Uint8Array>;
}

/** Creates the readers. */
export const createNetworkSources = (deps: {
  readonly http: HttpPort;
  readonly blobs: BlobStore;
  readonly clock: Clock;
}): NetworkSources => {
  const registry = createRegistry(deps);
  const download = createDownloader(deps);
  const inRegistries = createRegistryCharts(registry);
  const inIndexes = createIndexRepositories(deps, (request) => inRegistries.open(request));
  const at = ({ repository }: Pick<ChartRequest, 'repository'>): ChartRepositories =>
    isOciAddress(repository) ? inRegistries : inIndexes;
  return {
    charts: {
      resolve: (request) => at(request).resolve(request),
      open: (request) => at(request).open(request),
      versions: (request) => at(request).versions(request),
      charts: (of) => at(of).charts(of),
    },
    artifacts: createOciArtifacts(registry),
    withToken: createGitHubTokens(deps),
    readFile: async (url, access) =>
      (await download({ url, access, limitBytes: LARGEST_FILE_BYTES, isTrusted: true })).data,
  };
};
