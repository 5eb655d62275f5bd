/**
 * Charts that lie in registries, one repository per chart, one tag per version.
 * @spec CD-HELM-16, CD-HELM-17, CD-APP-08
 * @upstream helm pkg/registry/client.go#Pull
 */
import { Failure } from '@argosy/base';
import { parseVersion } from '@argosy/expressions';

import { chartFolderName } from '../chart-repository/chart-folder-name.ts';
import { openChartTree, type ChartRepositories } from '../chart-repository/chart-repositories.ts';
import type { ChartRequest } from '../chart-repository/chart-request.ts';
import { chooseChartVersion } from '../chart-repository/choose-version.ts';
import { createTreeCache } from '../tree/tree-cache.ts';
import { fromTag, parseOciRepository, toTag } from './oci-reference.ts';
import type { OciManifest, OciTarget, Registry } from './registry.ts';

/** Media types of a chart's config and content; the second is what Helm wrote before OCI support was final. */
const CHART_CONFIG_TYPE = 'application/vnd.cncf.helm.config.v1+json';
export const CHART_CONTENT_TYPE = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';
const LEGACY_CONTENT_TYPE = 'application/tar+gzip';
const LARGEST_ARCHIVE_BYTES = 64 * 1024 * 1024;

/** Creates a reader of charts in registries. */
export const createRegistryCharts = (registry: Registry): ChartRepositories => {
  const trees = createTreeCache();

  const versionsOf = async (target: OciTarget): Promise<readonly string[]> =>
    (await registry.tags(target)).map(fromTag);
  const versionOf = async (request: ChartRequest): Promise<string> => {
    // A version is a tag, also a short one: registries with many are not asked for all of them.
    if (parseVersion(request.version).ok) return request.version;
    const chosen = chooseChartVersion(request.version, await versionsOf(targetOf(request)));
    if (chosen !== undefined) return chosen;
    throw new Failure(`${nameOf(request)}: no tag satisfies ${JSON.stringify(request.version || '*')}`, {
      code: 'NotFound',
    });
  };
  return {
    resolve: versionOf,
    open: async (request) => {
      const version = await versionOf(request);
      const target = targetOf(request);
      const part = contentOf(await registry.manifest(target, toTag(version)), nameOf(request));
      // A chart that is the repository itself lies in a folder of the repository's name.
      const folder = chartFolderName(request.chart || target.repository.name);
      const tree = await trees.keep(`${request.access.identity} ${part.digest} ${folder}`, async () =>
        openChartTree(await registry.blob(target, part, LARGEST_ARCHIVE_BYTES), {
          digest: part.digest,
          name: `${nameOf(request)}:${version}`,
          folder,
        }),
      );
      return { version, tree };
    },
    versions: (request) => versionsOf(targetOf(request)),
    charts: async ({ repository }) => {
      throw new Failure(`${repository} is a registry, which does not list its charts; name one`, {
        code: 'NotSupported',
      });
    },
  };
};

const targetOf = ({ repository, chart, access }: Omit<ChartRequest, 'version'>): OciTarget => ({
  repository: parseOciRepository(repository, chart),
  access,
});

const nameOf = (request: ChartRequest): string => {
  const { registry, name } = parseOciRepository(request.repository, request.chart);
  return `${registry}/${name}`;
};

const contentOf = ({ config, layers }: OciManifest, name: string): OciManifest['layers'][number] => {
  const content = layers.find(({ mediaType }) => mediaType === CHART_CONTENT_TYPE || mediaType === LEGACY_CONTENT_TYPE);
  if (content && (config === undefined || config.mediaType === CHART_CONFIG_TYPE)) return content;
  throw new Failure(
    `${name} is no chart: its manifest has ${config?.mediaType ?? 'no config'} and layers of ${
      layers.map(({ mediaType }) => mediaType).join(', ') || 'nothing'
    }; push it with helm push`,
    { code: 'InvalidChart' },
  );
};
