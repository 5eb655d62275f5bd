/**
 * Charts of repositories as trees: of an HTTP index, or of an OCI registry.
 * @spec CD-APP-06, CD-APP-08, CD-HELM-16, CD-HELM-19, CD-GEN-18
 * @upstream argo-cd util/helm/client.go, helm pkg/repo/chartrepo.go
 */
import { LRUCache } from 'lru-cache';

import { Failure } from '@argosy/base';

import { openChartArchive } from '../helm/chart/open-archive.ts';
import type { BlobStore } from '../network/blob-store.ts';
import { createDownloader, type Download } from '../network/download.ts';
import { isSameOrigin } from '../network/follow-redirects.ts';
import { shownUrl, type HttpPort } from '../network/http-port.ts';
import { ANONYMOUS, type RepositoryAccess } from '../network/repository-access.ts';
import { createFileTree, type FileTree } from '../tree/file-tree.ts';
import { createTreeCache } from '../tree/tree-cache.ts';
import type { Tree } from '../tree/tree.ts';
import { chartFolderName } from './chart-folder-name.ts';
import { chooseChartVersion } from './choose-version.ts';
import { parseChartIndex, resolveChartUrl, type ChartIndex, type IndexEntry } from './chart-index.ts';

/** A chart asked for. */
export interface ChartRequest {
  /** Of an index: `https://…`; of a registry: `oci://host/path`, or `host/path` alone. */
  readonly repository: string;
  readonly chart: string;
  /** A version, a constraint, or nothing for the newest. */
  readonly version: string;
  readonly access: RepositoryAccess;
}

/** A chart found. */
export interface FoundChart {
  readonly version: string;
  /** The chart's folder is the root. */
  readonly tree: Tree;
}

/** Reads chart repositories. Methods throw Failure naming repository and chart: NotFound, Unauthorized, InvalidIndex … */
export interface ChartRepositories {
  /** The version a request means now. */
  resolve(request: ChartRequest): Promise<string>;
  open(request: ChartRequest): Promise<FoundChart>;
  /** Versions of a chart, as the repository lists them. */
  versions(request: Omit<ChartRequest, 'version'>): Promise<readonly string[]>;
  /** Names of charts of an index, sorted. */
  charts(of: Pick<ChartRequest, 'repository' | 'access'>): Promise<readonly string[]>;
}

/** What is known of an archive. */
export interface ChartArchive {
  readonly digest: string;
  /** For messages. */
  readonly name: string;
  /** The folder of `chartFolderName`; without one everything in the archive is the chart. */
  readonly folder?: string;
}

/** Ports of the repositories. */
export interface ChartRepositoriesDeps {
  readonly http: HttpPort;
  readonly blobs: BlobStore;
}

/** Largest index and archive, in bytes. The largest public index has some 30 MB; charts hold texts. */
const LARGEST_INDEX_BYTES = 128 * 1024 * 1024;
const LARGEST_ARCHIVE_BYTES = 64 * 1024 * 1024;
const INDEXES_KEPT = 32;

/** Creates a reader of HTTP repositories. */
export const createIndexRepositories = (
  deps: ChartRepositoriesDeps,
  /** Opens archives that an index places in a registry. */
  openInRegistry: (request: ChartRequest) => Promise<FoundChart>,
): ChartRepositories => {
  const download = createDownloader(deps);
  const indexes = new LRUCache<string, ChartIndex>({ max: INDEXES_KEPT });
  const trees = createTreeCache();

  const indexOf = async (repository: string, access: RepositoryAccess): Promise<ChartIndex> => {
    const url = resolveChartUrl(checkAddress(repository), 'index.yaml');
    const { data, digest } = await download({ url, access, limitBytes: LARGEST_INDEX_BYTES, isTrusted: true });
    const index = indexes.get(digest) ?? (await parseChartIndex(data, shownUrl(repository)));
    indexes.set(digest, index);
    return index;
  };
  const entryOf = async (request: ChartRequest): Promise<IndexEntry> => {
    const { repository, chart, version, access } = request;
    const entries = (await indexOf(repository, access)).get(chart);
    if (!entries)
      throw new Failure(`chart ${JSON.stringify(chart)} not found in ${shownUrl(repository)} repository`, {
        code: 'NotFound',
      });
    const chosen = chooseChartVersion(
      version,
      entries.map((entry) => entry.version),
    );
    const entry = entries.find((one) => one.version === chosen);
    if (entry) return entry;
    throw new Failure(
      `chart ${JSON.stringify(chart)} version ${JSON.stringify(version)} not found in ${shownUrl(repository)} repository`,
      { code: 'NotFound' },
    );
  };
  const archiveOf = async (request: ChartRequest, entry: IndexEntry): Promise<Download> => {
    const { repository, chart, access } = request;
    const known =
      entry.digest === '' ? undefined : await deps.blobs.read({ digest: digestIn(entry), owner: access.identity });
    if (known) return { data: known, digest: digestIn(entry) };
    const [first] = entry.urls;
    if (first === undefined)
      throw new Failure(`chart ${JSON.stringify(chart)} has no downloadable URLs in ${shownUrl(repository)}`, {
        code: 'InvalidIndex',
      });
    const url = resolveChartUrl(repository, first);
    const isTrusted = access.passCredentials === true || isSameOrigin(url, repository);
    const archive = await download({ url, access, limitBytes: LARGEST_ARCHIVE_BYTES, isTrusted });
    if (entry.digest !== '' && archive.digest !== digestIn(entry))
      throw new Failure(
        `${shownUrl(url)}: its digest is ${archive.digest}, the index says ${digestIn(entry)}; the archive was changed after it was listed`,
        { code: 'DigestMismatch' },
      );
    return archive;
  };
  return {
    resolve: async (request) => (await entryOf(request)).version,
    open: async (request) => {
      const entry = await entryOf(request);
      const [url = ''] = entry.urls;
      if (url.startsWith('oci://')) return openInRegistry(toRegistryRequest(url, request, entry));
      const { data, digest } = await archiveOf(request, entry);
      const name = `${entry.name}-${entry.version}.tgz`;
      const folder = chartFolderName(request.chart);
      const tree = await trees.keep(`${digest} ${folder}`, async () => openChartTree(data, { digest, name, folder }));
      return { version: entry.version, tree };
    },
    versions: async ({ repository, chart, access }) =>
      ((await indexOf(repository, access)).get(chart) ?? []).map(({ version }) => version),
    charts: async ({ repository, access }) => [...(await indexOf(repository, access)).keys()].sort(),
  };
};

/**
 * The files of a chart archive as a tree whose root is the chart's folder: the one of this name, if the archive has a
 * chart there. Throws Failure `InvalidChart`.
 */
export const openChartTree = (data: Uint8Array, { digest, name, folder }: ChartArchive): FileTree =>
  createFileTree(
    folder === undefined ? digest : `${digest} ${folder}`,
    new Map(openChartArchive(data, name, folder).map((file) => [file.name, file.data] as const)),
  );

/** Another host's, which sees no credentials unless told so. */
const toRegistryRequest = (url: string, { access }: ChartRequest, { version }: IndexEntry): ChartRequest => ({
  repository: url.replace(/:[^:/]*$/, ''),
  chart: '',
  version: /:([^:/]*)$/.exec(url)?.[1] ?? version,
  access: access.passCredentials ? access : ANONYMOUS,
});

const digestIn = ({ digest }: IndexEntry): string =>
  digest.startsWith('sha256:') ? digest.toLowerCase() : `sha256:${digest.toLowerCase()}`;

const checkAddress = (repository: string): string => {
  if (/^https?:\/\//i.test(repository) && URL.canParse(repository)) return repository;
  throw new Failure(
    `repository address ${JSON.stringify(shownUrl(repository))} is not one of charts; use https://, or oci:// for a registry`,
    { code: 'InvalidURL' },
  );
};
