/**
 * Reads registries: manifests, blobs by digest, tags.
 * @spec https://github.com/opencontainers/distribution-spec
 */
import { LRUCache } from 'lru-cache';

import { Failure, isObject } from '@argosy/base';

import { digestOf, type BlobStore } from '../network/blob-store.ts';
import { statusFailure } from '../network/download.ts';
import { isSameOrigin, sendFollowing, type FollowedResponse } from '../network/follow-redirects.ts';
import type { HttpPort, HttpResponse } from '../network/http-port.ts';
import { parseJson } from '../network/parse-json.ts';
import type { RepositoryAccess } from '../network/repository-access.ts';
import { answerChallenge, parseChallenge } from './authorize.ts';
import type { OciRepository } from './oci-reference.ts';

/** A part of an artifact. */
export interface OciDescriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** What a tag or digest names. */
export interface OciManifest {
  readonly digest: string;
  readonly config: OciDescriptor | undefined;
  readonly layers: readonly OciDescriptor[];
  readonly annotations: Readonly<Record<string, string>>;
}

/** A repository and how it may be reached. */
export interface OciTarget {
  readonly repository: OciRepository;
  readonly access: RepositoryAccess;
}

/** Reads. Methods throw Failure: NotFound, Unauthorized, DigestMismatch, NotSupported, TooLarge, NetworkFailed. */
export interface Registry {
  /** By tag or `sha256:` digest. */
  manifest(of: OciTarget, reference: string): Promise<OciManifest>;
  /** A part, from the store when it was read before. */
  blob(of: OciTarget, part: OciDescriptor, limitBytes: number): Promise<Uint8Array>;
  tags(of: OciTarget): Promise<readonly string[]>;
}

const MANIFEST_TYPES = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];
const INDEX_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];
const LARGEST_MANIFEST_BYTES = 4 * 1024 * 1024;
const LARGEST_TAGS_BYTES = 16 * 1024 * 1024;
/** Pages of tags: beyond, a registry answers in circles. */
const MOST_PAGES = 1_000;
const TOKENS_KEPT = 500;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** Whether a text is a digest and no tag. */
export const isOciDigest = (text: string): boolean => DIGEST.test(text);

/** Creates a reader. Tokens are kept until they are refused. */
export const createRegistry = (deps: { readonly http: HttpPort; readonly blobs: BlobStore }): Registry => {
  const get = createReader(deps.http);
  return {
    manifest: async (of, reference) => {
      const path = `${of.repository.name}/manifests/${encodeURIComponent(reference)}`;
      const accept = [...MANIFEST_TYPES, ...INDEX_TYPES].join(', ');
      const { body, headers } = await get(of, path, { headers: { accept }, limitBytes: LARGEST_MANIFEST_BYTES });
      const digest = digestOf(body);
      const wanted = isOciDigest(reference) ? reference : (headers['docker-content-digest'] ?? digest);
      refuseOther(describe(of, reference), { wanted, digest });
      return readManifest(body, digest, describe(of, reference));
    },
    blob: async (of, part, limitBytes) => {
      const owner = of.access.identity;
      const what = `${describe(of, part.digest)}`;
      if (!isOciDigest(part.digest))
        throw new Failure(`${what}: only sha256 digests are supported`, { code: 'NotSupported' });
      if (part.size > limitBytes)
        throw new Failure(`${what}: ${part.size} bytes are more than ${limitBytes}`, { code: 'TooLarge' });
      const kept = await deps.blobs.read({ digest: part.digest, owner });
      if (kept) return kept;
      const { body } = await get(of, `${of.repository.name}/blobs/${part.digest}`, { limitBytes });
      refuseOther(what, { wanted: part.digest, digest: digestOf(body) });
      await deps.blobs.write({ digest: part.digest, owner }, body);
      return body;
    },
    tags: async (of) => {
      const tags: string[] = [];
      let path: string | undefined = `${of.repository.name}/tags/list?n=1000`;
      for (let page = 0; path !== undefined && page < MOST_PAGES; page += 1) {
        const { body, headers } = await get(of, path, { limitBytes: LARGEST_TAGS_BYTES });
        const answer = parseJson(body);
        const listed: unknown = isObject(answer) ? answer['tags'] : undefined;
        if (Array.isArray(listed)) tags.push(...listed.filter((tag): tag is string => typeof tag === 'string'));
        path = nextPage(headers['link'] ?? '');
      }
      return tags;
    },
  };
};

interface GetOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly limitBytes: number;
}

type Read = (of: OciTarget, path: string, options: GetOptions) => Promise<HttpResponse>;

/** Reads below an address as whoever may, with a token where the registry asks for one. */
const createReader = (http: HttpPort): Read => {
  const tokens = new LRUCache<string, string>({ max: TOKENS_KEPT });
  return async (of, path, options) => {
    const { access, repository } = of;
    const url = new URL(path, `${access.plainHttp ? 'http' : 'https'}://${repository.registry}/v2/`).href;
    const scope = `repository:${repository.name}:pull`;
    const key = `${access.identity} ${repository.registry} ${scope}`;
    const send = (authorization: string | undefined): Promise<FollowedResponse> =>
      sendFollowing(http, { url, access, ...options, ...(authorization !== undefined && { authorization }) });
    const first = await send(tokens.get(key));
    // Where a redirect led, nobody is told who asks, and nobody says where to ask for tokens.
    if (first.status !== 401 || !isSameOrigin(first.url, url)) return judge(first.url, first);
    const challenge = parseChallenge(first.headers['www-authenticate'] ?? '');
    const answer = challenge && (await answerChallenge(http, challenge, { registryUrl: url, scope, access }));
    if (answer === undefined) throw statusFailure(url, first.status);
    const second = judge(url, await send(answer));
    tokens.set(key, answer);
    return second;
  };
};

const judge = (url: string, response: HttpResponse): HttpResponse => {
  if (response.status === 200) return response;
  throw statusFailure(url, response.status);
};

/** The registry's own next page only: an absolute address could name another host. */
const nextPage = (link: string): string | undefined => {
  const target = /<([^>]+)>\s*;\s*rel="?next"?/i.exec(link)?.[1];
  if (target === undefined || !URL.canParse(target, 'http://registry/v2/')) return undefined;
  const { pathname, search } = new URL(target, 'http://registry/v2/');
  return `${pathname}${search}`;
};

const describe = ({ repository }: OciTarget, reference: string): string =>
  `${repository.registry}/${repository.name}${isOciDigest(reference) ? '@' : ':'}${reference}`;

const refuseOther = (what: string, { wanted, digest }: { readonly wanted: string; readonly digest: string }): void => {
  if (wanted !== digest)
    throw new Failure(`${what}: the registry sent ${digest} instead of ${wanted}`, { code: 'DigestMismatch' });
};

const readManifest = (body: Uint8Array, digest: string, what: string): OciManifest => {
  const document = parseJson(body);
  if (!isObject(document)) throw new Failure(`${what}: its manifest is no JSON`, { code: 'InvalidAnswer' });
  const { mediaType, config, layers, annotations } = document;
  if (INDEX_TYPES.includes(textOf(mediaType)) || Array.isArray(document['manifests']))
    throw new Failure(`${what} is an index of several manifests; name the digest of one`, { code: 'NotSupported' });
  if (!Array.isArray(layers)) throw new Failure(`${what}: its manifest has no layers`, { code: 'InvalidAnswer' });
  return {
    digest,
    config: readDescriptor(config),
    layers: layers.flatMap((layer) => readDescriptor(layer) ?? []),
    annotations: isObject(annotations)
      ? Object.fromEntries(Object.entries(annotations).map(([name, value]) => [name, String(value)] as const))
      : {},
  };
};

const readDescriptor = (value: unknown): OciDescriptor | undefined => {
  if (!isObject(value)) return undefined;
  const { mediaType, digest, size } = value;
  return { mediaType: textOf(mediaType), digest: textOf(digest), size: Number(size ?? 0) };
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
