/**
 * The archive that an index lists, checked against its digest.
 */
import { Failure } from '@argosy/base';

import type { BlobStore } from '../network/blob-store.ts';
import type { Download, Downloader } from '../network/download.ts';
import { isSameOrigin } from '../network/follow-redirects.ts';
import { shownUrl } from '../network/http-port.ts';
import { resolveChartUrl, type IndexEntry } from './chart-index.ts';
import type { ChartRequest } from './chart-request.ts';

/** Charts hold texts. */
const LARGEST_ARCHIVE_BYTES = 64 * 1024 * 1024;

/** Downloads it, or gives the one that is kept. Throws Failure: InvalidIndex, DigestMismatch, and what downloads throw. */
export const downloadChart = async (
  deps: { readonly blobs: BlobStore; readonly download: Downloader },
  { repository, chart, access }: ChartRequest,
  entry: IndexEntry,
): Promise<Download> => {
  const digest = entry.digest === '' ? undefined : digestIn(entry);
  const known = digest === undefined ? undefined : await deps.blobs.read({ digest, owner: access.identity });
  if (known && digest !== undefined) return { data: known, digest };
  const [first] = entry.urls;
  if (first === undefined)
    throw new Failure(`chart ${JSON.stringify(chart)} has no downloadable URLs in ${shownUrl(repository)}`, {
      code: 'InvalidIndex',
    });
  const url = resolveChartUrl(repository, first);
  const isTrusted = access.passCredentials === true || isSameOrigin(url, repository);
  const archive = await deps.download({ url, access, limitBytes: LARGEST_ARCHIVE_BYTES, isTrusted });
  if (digest !== undefined && archive.digest !== digest)
    throw new Failure(
      `${shownUrl(url)}: its digest is ${archive.digest}, the index says ${digest}; the archive was changed after it was listed`,
      { code: 'DigestMismatch' },
    );
  return archive;
};

const digestIn = ({ digest }: IndexEntry): string =>
  digest.startsWith('sha256:') ? digest.toLowerCase() : `sha256:${digest.toLowerCase()}`;
