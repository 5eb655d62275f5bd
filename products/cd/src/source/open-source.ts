/**
 * The files of a source at what its revision means now.
 * @spec CD-APP-06 … CD-APP-09, CD-HELM-16, CD-GEN-25
 */
import { assertNever } from '@argosy/base';
import type { Lineage, NetworkSources, Repositories, RepositoryAccess, Tree } from '@argosy/manifests';

import { kindOfSource, type ApplicationSource } from '../api/application-source.ts';

/** What sources are opened with. */
export interface OpenDeps {
  readonly repositories: Repositories;
  readonly network: NetworkSources;
}

/** A source that is open. */
export interface OpenedSource {
  /** A commit, a version of a chart, or a digest. */
  readonly revision: string;
  readonly tree: Tree;
  /** What its trees are versions of, where they are commits. */
  readonly lineage?: Lineage;
}

/** Opens a source. Throws Failure: those of the repository, without its credentials. */
export const openSource = async (
  { repositories, network }: OpenDeps,
  source: ApplicationSource,
  of: { readonly revision: string; readonly access: RepositoryAccess; readonly since?: number },
): Promise<OpenedSource> => {
  const { repoURL, chart = '', tagPrefix, helm } = source;
  const { revision } = of;
  const access = helm?.passCredentials ? { ...of.access, passCredentials: true } : of.access;
  const kind = kindOfSource(source);
  switch (kind) {
    case 'chart': {
      const { version, tree } = await network.charts.open({ repository: repoURL, chart, version: revision, access });
      return { revision: version, tree };
    }
    case 'artifact': {
      const digest = await network.artifacts.resolve({ url: repoURL, revision, access });
      return { revision: digest, tree: await network.artifacts.open({ url: repoURL, revision: digest, access }) };
    }
    case 'git': {
      const options = { access, ...(tagPrefix && { tagPrefix }) };
      const { since } = of;
      const commit = await repositories.resolve(repoURL, revision, {
        ...options,
        ...(since !== undefined && { since }),
      });
      return {
        revision: commit,
        tree: await repositories.tree(repoURL, commit, options),
        lineage: repositories.lineage(repoURL, options),
      };
    }
    default:
      return assertNever(kind);
  }
};
