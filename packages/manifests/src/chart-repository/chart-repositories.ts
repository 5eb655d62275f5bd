/**
 * Charts of repositories as trees: of an HTTP index, or of an OCI registry.
 * @spec CD-APP-06, CD-APP-08, CD-HELM-16, CD-HELM-19, CD-GEN-18
 * @upstream argo-cd util/helm/client.go, helm pkg/repo/chartrepo.go
 */
import { openChartArchive } from '../helm/chart/open-archive.ts';
import type { BlobStore } from '../network/blob-store.ts';
import { createDownloader } from '../network/download.ts';
import type { HttpPort } from '../network/http-port.ts';
import { ANONYMOUS } from '../network/repository-access.ts';
import { createFileTree, type FileTree } from '../tree/file-tree.ts';
import { createTreeCache } from '../tree/tree-cache.ts';
import type { Tree } from '../tree/tree.ts';
import { chartFolderName } from './chart-folder-name.ts';
import type { IndexEntry } from './chart-index.ts';
import type { ChartRequest } from './chart-request.ts';
import { downloadChart } from './download-chart.ts';
import { createIndexReader } from './index-reader.ts';

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

/** Creates a reader of HTTP repositories. */
export const createIndexRepositories = (
  deps: ChartRepositoriesDeps,
  /** Opens archives that an index places in a registry. */
  openInRegistry: (request: ChartRequest) => Promise<FoundChart>,
): ChartRepositories => {
  const download = createDownloader(deps);
  const index = createIndexReader(download);
  const trees = createTreeCache();
  return {
    resolve: async (request) => (await index.entryOf(request)).version,
    open: async (request) => {
      const entry = await index.entryOf(request);
      const [url = ''] = entry.urls;
      if (url.startsWith('oci://')) return openInRegistry(toRegistryRequest(url, request, entry));
      const { data, digest } = await downloadChart({ ...deps, download }, request, entry);
      const name = `${entry.name}-${entry.version}.tgz`;
      const folder = chartFolderName(request.chart);
      const tree = await trees.keep(`${digest} ${folder}`, async () => openChartTree(data, { digest, name, folder }));
      return { version: entry.version, tree };
    },
    versions: async ({ repository, chart, access }) =>
      ((await index.read(repository, access)).get(chart) ?? []).map(({ version }) => version),
    charts: async ({ repository, access }) => [...(await index.read(repository, access)).keys()].sort(),
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
