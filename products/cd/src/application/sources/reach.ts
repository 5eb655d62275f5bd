/**
 * What a render may fetch beyond the files of its own source.
 * @spec CD-HELM-12, CD-KUS-10
 */
import { Failure } from '@argosy/base';
import { ANONYMOUS, mayShareAccess, type ChartResolver, type ResolveRemote } from '@argosy/manifests';

import type { Asked } from './asked-sources.ts';
import type { PartToRender } from './open-parts.ts';
import type { PartsDeps } from './render-parts.ts';

/** Ways out of the source's own files. */
export interface Reach {
  readonly charts: ChartResolver;
  readonly readUrl: (url: string) => Promise<Uint8Array>;
  readonly resolveRemote: ResolveRemote;
  /** Whether any of them was taken. */
  readonly wasUsed: () => boolean;
}

/** The ways out of a source, which note when they are taken. */
export const createReach = (deps: PartsDeps, { context }: Asked, { source, access }: PartToRender): Reach => {
  const { network, catalog, repositories } = deps;
  const { project } = context;
  let isUsed = false;
  return {
    charts: {
      open: async ({ repository, name, version }) => {
        isUsed = true;
        if (!deps.projects.permitsSource(project, repository))
          throw new Failure(`repository ${repository} is not permitted in project '${project}'`, {
            code: 'PermissionDenied',
          });
        const found = catalog.accessOf(repository, project);
        const given = source.helm?.passCredentials ? { ...found, passCredentials: true } : found;
        return network.charts.open({ repository, chart: name, version, access: given });
      },
      urlOf: (alias) => catalog.urlOf(alias, project),
    },
    readUrl: async (url) => {
      isUsed = true;
      // As upstream, value files come without any repository's credentials.
      return network.readFile(url, ANONYMOUS);
    },
    resolveRemote: async ({ repository, revision }) => {
      isUsed = true;
      // Bases of other repositories see the application's own credentials only, and only on its own host (CD-KUS-10).
      const options = { access: mayShareAccess(repository, source.repoURL) ? access : ANONYMOUS };
      return repositories.tree(
        repository,
        await repositories.resolve(repository, revision || 'HEAD', options),
        options,
      );
    },
    wasUsed: () => isUsed,
  };
};
