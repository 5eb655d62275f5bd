/**
 * Indexes of HTTP repositories, each parsed once as long as it does not change.
 */
import { LRUCache } from 'lru-cache';

import { Failure } from '@argosy/base';

import type { Downloader } from '../network/download.ts';
import { shownUrl } from '../network/http-port.ts';
import type { RepositoryAccess } from '../network/repository-access.ts';
import { parseChartIndex, resolveChartUrl, type ChartIndex, type IndexEntry } from './chart-index.ts';
import type { ChartRequest } from './chart-request.ts';
import { chooseChartVersion } from './choose-version.ts';

/** Reads indexes. */
export interface IndexReader {
  /** Throws Failure: InvalidURL, InvalidIndex, and what downloads throw. */
  read(repository: string, access: RepositoryAccess): Promise<ChartIndex>;
  /** The entry that a request means. Throws Failure NotFound as well. */
  entryOf(request: ChartRequest): Promise<IndexEntry>;
}

/** The largest public index has some 30 MB. */
const LARGEST_INDEX_BYTES = 128 * 1024 * 1024;
const INDEXES_KEPT = 32;

/** Creates a reader. */
export const createIndexReader = (download: Downloader): IndexReader => {
  const indexes = new LRUCache<string, ChartIndex>({ max: INDEXES_KEPT });
  const read = async (repository: string, access: RepositoryAccess): Promise<ChartIndex> => {
    const url = resolveChartUrl(checkAddress(repository), 'index.yaml');
    const { data, digest } = await download({ url, access, limitBytes: LARGEST_INDEX_BYTES, isTrusted: true });
    const index = indexes.get(digest) ?? (await parseChartIndex(data, shownUrl(repository)));
    indexes.set(digest, index);
    return index;
  };
  return {
    read,
    entryOf: async (request) =>
      chosenEntry(request, (await read(request.repository, request.access)).get(request.chart)),
  };
};

const checkAddress = (repository: string): string => {
  if (/^https?:\/\//i.test(repository) && URL.canParse(repository)) return repository;
  throw new Failure(
    `repository address ${JSON.stringify(shownUrl(repository))} is not one of charts; use https://, or oci:// for a registry`,
    { code: 'InvalidURL' },
  );
};

const chosenEntry = (
  { repository, chart, version }: ChartRequest,
  entries: readonly IndexEntry[] | undefined,
): IndexEntry => {
  const missing = (what: string): Failure =>
    new Failure(`chart ${JSON.stringify(chart)} ${what}not found in ${shownUrl(repository)} repository`, {
      code: 'NotFound',
    });
  if (!entries) throw missing('');
  const chosen = chooseChartVersion(
    version,
    entries.map((entry) => entry.version),
  );
  const entry = entries.find((one) => one.version === chosen);
  if (!entry) throw missing(`version ${JSON.stringify(version)} `);
  return entry;
};
