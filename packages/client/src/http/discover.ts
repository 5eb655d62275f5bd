/**
 * The resources a cluster serves.
 * @spec https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api
 */
import type { ServedResource } from '../client.ts';
import type { ReadJson } from './http-call.ts';

interface GroupListDocument {
  readonly groups?: readonly {
    readonly name: string;
    readonly versions: readonly { readonly groupVersion: string; readonly version: string }[];
    readonly preferredVersion?: { readonly version: string };
  }[];
}

interface ResourceListDocument {
  readonly groupVersion: string;
  readonly resources?: readonly {
    readonly name: string;
    readonly singularName?: string;
    readonly namespaced: boolean;
    readonly kind: string;
    readonly verbs?: readonly string[];
    readonly shortNames?: readonly string[];
    readonly categories?: readonly string[];
  }[];
}

/** Asks for all versions of all groups; subresources are left out. */
export const discover = async (read: ReadJson): Promise<readonly ServedResource[]> => {
  const groups = await read<GroupListDocument>({ method: 'GET', path: '/apis' });
  const versions = (groups.groups ?? []).flatMap((group) =>
    group.versions.map(({ groupVersion, version }) => ({
      path: `/apis/${groupVersion}`,
      group: group.name,
      version,
      preferred: group.preferredVersion?.version === version,
    })),
  );
  const all = [{ path: '/api/v1', group: '', version: 'v1', preferred: true }, ...versions];
  const lists = await Promise.all(
    all.map(async (of) => ({ of, document: await read<ResourceListDocument>({ method: 'GET', path: of.path }) })),
  );
  return lists.flatMap(({ of, document }) =>
    (document.resources ?? [])
      .filter((resource) => !resource.name.includes('/'))
      .map((resource) => ({
        group: of.group,
        version: of.version,
        resource: resource.name,
        kind: resource.kind,
        namespaced: resource.namespaced,
        singular: resource.singularName ?? '',
        verbs: resource.verbs ?? [],
        shortNames: resource.shortNames ?? [],
        categories: resource.categories ?? [],
        preferred: of.preferred,
      })),
  );
};
