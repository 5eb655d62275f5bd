/**
 * Downloads that ask again only whether something changed: what a server names by `ETag` or `Last-Modified` is kept.
 * Several who ask for one thing at the same time share the answer.
 */
import { LRUCache } from 'lru-cache';

import { Failure } from '@argosy/base';

import { digestOf, type BlobStore } from './blob-store.ts';
import { sendFollowing } from './follow-redirects.ts';
import { shownUrl, type HttpPort, type HttpResponse } from './http-port.ts';
import { authorizationOf, withoutCredentialsOf, type RepositoryAccess } from './repository-access.ts';

/** What was downloaded. */
export interface Download {
  readonly data: Uint8Array;
  readonly digest: string;
}

/** A download asked for. */
export interface DownloadRequest {
  readonly url: string;
  readonly access: RepositoryAccess;
  readonly limitBytes: number;
  /** Whether user, password and client certificate go along. */
  readonly isTrusted: boolean;
}

/** Downloads. Throws Failure: NotFound, Unauthorized, NetworkFailed, TooLarge … */
export type Downloader = (request: DownloadRequest) => Promise<Download>;

interface Known {
  readonly etag: string | undefined;
  readonly modified: string | undefined;
  readonly digest: string;
}

const ADDRESSES_KEPT = 2_000;

/** Creates a downloader. */
export const createDownloader = (deps: { readonly http: HttpPort; readonly blobs: BlobStore }): Downloader => {
  const known = new LRUCache<string, Known>({ max: ADDRESSES_KEPT });
  const running = new Map<string, Promise<Download>>();

  const download = async (request: DownloadRequest, key: string): Promise<Download> => {
    const before = known.get(key);
    const kept = before && (await deps.blobs.read({ digest: before.digest, owner: request.access.identity }));
    const response = await send(deps.http, request, kept && before);
    if (response.status === 304 && kept && before) return { data: kept, digest: before.digest };
    if (response.status !== 200) throw statusFailure(request.url, response.status);
    const digest = digestOf(response.body);
    const { etag, 'last-modified': modified } = response.headers;
    if (etag !== undefined || modified !== undefined) known.set(key, { etag, modified, digest });
    await deps.blobs.write({ digest, owner: request.access.identity }, response.body);
    return { data: response.body, digest };
  };
  return (request) => {
    const key = `${request.access.identity} ${request.isTrusted} ${request.url}`;
    const shared = running.get(key) ?? download(request, key).finally(() => running.delete(key));
    running.set(key, shared);
    return shared;
  };
};

/** What an answer other than success means. */
export const statusFailure = (url: string, status: number): Failure => {
  const shown = shownUrl(url);
  if (status === 401 || status === 403)
    return new Failure(`${shown}: access denied (${status}); check the credentials of the repository`, {
      code: 'Unauthorized',
    });
  if (status === 404) return new Failure(`${shown}: not found (404)`, { code: 'NotFound' });
  return new Failure(`${shown}: the server answered ${status}`, { code: 'NetworkFailed', retryable: status >= 429 });
};

const send = (http: HttpPort, request: DownloadRequest, before: Known | undefined): Promise<HttpResponse> => {
  const { isTrusted } = request;
  const authorization = isTrusted ? authorizationOf(request.access) : undefined;
  return sendFollowing(http, {
    url: request.url,
    access: isTrusted ? request.access : withoutCredentialsOf(request.access),
    limitBytes: request.limitBytes,
    ...(authorization && { authorization }),
    headers: {
      ...(before?.etag && { 'if-none-match': before.etag }),
      ...(before?.modified && { 'if-modified-since': before.modified }),
    },
  });
};
