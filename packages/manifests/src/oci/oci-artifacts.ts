/**
 * Artifacts of registries as trees: an archive of manifests, or a chart.
 * @spec CD-GEN-25, CD-APP-06
 * @upstream argo-cd util/oci/client.go
 */
import { Failure } from '@argosy/base';

import { openChartTree } from '../chart-repository/chart-repositories.ts';
import { chooseVersion, isVersionConstraint } from '../chart-repository/choose-version.ts';
import type { RepositoryAccess } from '../network/repository-access.ts';
import { createFileTree } from '../tree/file-tree.ts';
import { createTreeCache } from '../tree/tree-cache.ts';
import type { Tree } from '../tree/tree.ts';
import { LARGEST_LAYER_BYTES, openLayer } from './open-layer.ts';
import { parseOciRepository } from './oci-reference.ts';
import { isOciDigest, type OciDescriptor, type OciManifest, type OciTarget, type Registry } from './registry.ts';
import { CHART_CONTENT_TYPE } from './registry-charts.ts';

/** An artifact asked for. */
export interface ArtifactRequest {
  /** `oci://host/path`. */
  readonly url: string;
  /** A tag, a digest or a constraint on tags. */
  readonly revision: string;
  readonly access: RepositoryAccess;
}

/** Reads artifacts. Methods throw Failure: NotFound, Unauthorized, InvalidArtifact, DigestMismatch … */
export interface OciArtifacts {
  /** The digest a revision means now. */
  resolve(request: ArtifactRequest): Promise<string>;
  /** The files of a digest. Of a chart, its folder is the root. */
  open(request: ArtifactRequest): Promise<Tree>;
  /** What the artifact says of itself. */
  annotations(request: ArtifactRequest): Promise<Readonly<Record<string, string>>>;
  tags(request: Omit<ArtifactRequest, 'revision'>): Promise<readonly string[]>;
}

/** Media types of layers that hold files, and whether they are compressed. */
const LAYER_TYPES: ReadonlyMap<string, boolean> = new Map([
  ['application/vnd.oci.image.layer.v1.tar', false],
  ['application/vnd.oci.image.layer.v1.tar+gzip', true],
  [CHART_CONTENT_TYPE, true],
]);

/** Creates a reader of artifacts. */
export const createOciArtifacts = (registry: Registry): OciArtifacts => {
  const trees = createTreeCache();

  const manifestOf = async (request: ArtifactRequest): Promise<OciManifest> =>
    registry.manifest(targetOf(request), await referenceOf(registry, request));
  return {
    resolve: async (request) => (isOciDigest(request.revision) ? request.revision : (await manifestOf(request)).digest),
    open: async (request) => {
      const { digest, layers } = await manifestOf(request);
      const layer = onlyLayer(layers, request.url);
      return trees.keep(`${request.access.identity} ${digest}`, async () => {
        const data = await registry.blob(targetOf(request), layer, LARGEST_LAYER_BYTES);
        const name = `${request.url}@${digest}`;
        if (layer.mediaType === CHART_CONTENT_TYPE) return openChartTree(data, { digest, name });
        return createFileTree(
          digest,
          openLayer(data, { name, isCompressed: LAYER_TYPES.get(layer.mediaType) ?? true }),
        );
      });
    },
    annotations: async (request) => (await manifestOf(request)).annotations,
    tags: (request) => registry.tags(targetOf(request)),
  };
};

const targetOf = ({ url, access }: Omit<ArtifactRequest, 'revision'>): OciTarget => ({
  repository: parseOciRepository(url),
  access,
});

const referenceOf = async (registry: Registry, request: ArtifactRequest): Promise<string> => {
  const { revision, url } = request;
  if (isOciDigest(revision)) return revision;
  if (!isVersionConstraint(revision)) return revision;
  const chosen = chooseVersion(revision, await registry.tags(targetOf(request)));
  if (chosen !== undefined) return chosen;
  throw new Failure(`${url}: no tag satisfies ${JSON.stringify(revision)}`, { code: 'NotFound' });
};

const onlyLayer = (layers: readonly OciDescriptor[], url: string): OciDescriptor => {
  const [layer, ...others] = layers;
  if (layer && others.length === 0 && LAYER_TYPES.has(layer.mediaType)) return layer;
  const found = layers.map(({ mediaType }) => mediaType).join(', ') || 'none';
  throw new Failure(
    `${url}: expected only a single oci layer of ${[...LAYER_TYPES.keys()].join(', ')}, found ${found}`,
    { code: 'InvalidArtifact' },
  );
};
