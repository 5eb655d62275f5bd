/**
 * For tests: a registry that holds what it is given.
 */
import type { IncomingMessage } from 'node:http';

import { serve, sha256, type Answer, type TestServer } from './repository-server.ts';

/** What a tag names. */
export interface Artifact {
  readonly layers: readonly { readonly type: string; readonly data: Uint8Array }[];
  readonly configType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A registry: artifacts by `name:tag`. */
export interface TestRegistry extends TestServer {
  /** Host and port. */
  readonly host: string;
  readonly digests: ReadonlyMap<string, string>;
}

export const CHART_CONFIG = 'application/vnd.cncf.helm.config.v1+json';
export const CHART_LAYER = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';

/** An artifact that is a chart. */
export const aChart = (data: Uint8Array): Artifact => ({
  configType: CHART_CONFIG,
  layers: [{ type: CHART_LAYER, data }],
});

/** Serves artifacts; `guard` may answer instead. */
export const serveRegistry = async (
  artifacts: Readonly<Record<string, Artifact>>,
  guard: (request: IncomingMessage, url: string) => Answer | undefined = () => undefined,
): Promise<TestRegistry> => {
  const stored = new Map<string, Uint8Array>();
  const digests = new Map<string, string>();
  const keep = (data: Uint8Array): string => {
    const digest = `sha256:${sha256(data)}`;
    stored.set(digest, data);
    return digest;
  };
  for (const [reference, artifact] of Object.entries(artifacts))
    digests.set(reference, keep(Buffer.from(manifestOf(artifact, keep))));
  const server = await serve((request, url) => {
    const refused = guard(request, url);
    if (refused) return refused;
    const [, name = '', kind = '', reference = ''] =
      /^\/v2\/(.+)\/(manifests|blobs|tags)\/([^?]+)/.exec(decodeURIComponent(request.url ?? '')) ?? [];
    if (kind === 'tags') return tagsPage(name, [...digests.keys()], request.url ?? '');
    const digest = kind === 'blobs' ? reference : (digests.get(`${name}:${reference}`) ?? reference);
    const data = stored.get(digest);
    return data && { status: 200, headers: { 'docker-content-digest': digest }, body: data };
  });
  return { ...server, host: server.url.slice('http://'.length), digests };
};

const manifestOf = (artifact: Artifact, keep: (data: Uint8Array) => string): string => {
  const describe = (mediaType: string, data: Uint8Array) => ({ mediaType, digest: keep(data), size: data.length });
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: describe(artifact.configType ?? 'application/vnd.oci.empty.v1+json', Buffer.from('{}')),
    layers: artifact.layers.map(({ type, data }) => describe(type, data)),
    ...(artifact.annotations && { annotations: artifact.annotations }),
  });
};

/** Two tags a page. */
const tagsPage = (name: string, references: readonly string[], path: string): Answer => {
  const all = references.filter((text) => text.startsWith(`${name}:`)).map((text) => text.slice(name.length + 1));
  const from = Number(new URL(path, 'http://x').searchParams.get('last') ?? 0);
  const isMore = from + 2 < all.length;
  return {
    status: 200,
    ...(isMore && { headers: { link: `</v2/${name}/tags/list?last=${from + 2}>; rel="next"` } }),
    body: JSON.stringify({ name, tags: all.slice(from, from + 2) }),
  };
};
