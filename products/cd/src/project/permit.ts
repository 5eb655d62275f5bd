/**
 * What a project lets its applications do. Pure.
 * @spec CD-PROJ-02, CD-PROJ-03, CD-PROJ-05 … CD-PROJ-09, CD-PROJ-17; vectors cd-project-*
 * @upstream argo-cd pkg/apis/application/v1alpha1/types.go#IsSourcePermitted, isDestinationMatched, IsGroupKindNamePermitted
 */
import { compileRegularExpression, matchesGlob } from '@argosy/expressions';

import type { AppProjectDestination, AppProjectSpec } from '../api/app-project.ts';
import { normalizeRepositoryUrl } from '../repository/normalize-url.ts';

/** An object as projects judge it. */
export interface JudgedResource {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  readonly isNamespaced: boolean;
}

/** Whether a repository may be read: one entry must allow it, and none may deny it. */
export const permitsSource = ({ sourceRepos = [] }: AppProjectSpec, repoURL: string): boolean => {
  const url = normalizeRepositoryUrl(repoURL);
  const isFor = (pattern: string): boolean => pattern === '*' || matchesGlob(normalizeRepositoryUrl(pattern), url, '/');
  const isDenied = sourceRepos.some((pattern) => isDeny(pattern) && isFor(pattern.slice(1)));
  return !isDenied && sourceRepos.some((pattern) => !isDeny(pattern) && isFor(pattern));
};

/** Whether a place may be written to. Entries that deny the cluster, or the namespace of a cluster that is theirs, win. */
export const permitsDestination = ({ destinations = [] }: AppProjectSpec, wanted: AppProjectDestination): boolean => {
  const verdicts = destinations.map((entry) => judgeDestination(entry, wanted));
  return !verdicts.includes('denied') && verdicts.includes('allowed');
};

/** Whether objects of a kind may be written. Without lists: namespaced ones all, cluster-wide ones none. */
export const permitsResource = (spec: AppProjectSpec, resource: JudgedResource): boolean => {
  const isIn = (list: AppProjectSpec['clusterResourceWhitelist'] = []): boolean =>
    list.some(
      ({ group, kind, name }) =>
        matchesGlob(group, resource.group, '/') &&
        matchesGlob(kind, resource.kind, '/') &&
        (!name || matchesGlob(name, resource.name, '/')),
    );
  if (!resource.isNamespaced) return isIn(spec.clusterResourceWhitelist) && !isIn(spec.clusterResourceBlacklist);
  const { namespaceResourceWhitelist: allowed } = spec;
  return (allowed === undefined || isIn(allowed)) && !isIn(spec.namespaceResourceBlacklist);
};

/** Whether applications of a namespace may belong to the project; those of the control namespace always may. */
export const permitsSourceNamespace = (
  { sourceNamespaces = [] }: AppProjectSpec,
  namespace: string,
  controlNamespace: string,
): boolean =>
  namespace === '' || namespace === controlNamespace || sourceNamespaces.some((pattern) => isName(pattern, namespace));

const isDeny = (pattern: string): boolean => pattern.startsWith('!');

/** A denial matches what it does not name. */
const isMatch = (pattern: string, text: string): boolean =>
  isDeny(pattern) ? !matchesGlob(pattern.slice(1), text) : matchesGlob(pattern, text);

const judgeDestination = (
  entry: AppProjectDestination,
  wanted: AppProjectDestination,
): 'allowed' | 'denied' | undefined => {
  const isOf = (key: 'server' | 'name'): boolean =>
    Boolean(wanted[key]) && isMatch(entry[key] ?? '', wanted[key] ?? '');
  const [isServer, isCluster] = [isOf('server'), isOf('name')];
  const isNamespace = isMatch(entry.namespace ?? '', wanted.namespace ?? '');
  if ((isServer || isCluster) && isNamespace) return 'allowed';
  const deniesCluster = (!isCluster && isDeny(entry.name ?? '')) || (!isServer && isDeny(entry.server ?? ''));
  if (deniesCluster && isNamespace) return 'denied';
  return !isNamespace && isDeny(entry.namespace ?? '') && isServer ? 'denied' : undefined;
};

/** A glob, or a regular expression between slashes. */
const isName = (pattern: string, name: string): boolean => {
  if (!/^\/.+\/$/.test(pattern)) return matchesGlob(pattern, name);
  const compiled = compileRegularExpression(pattern.slice(1, -1));
  return compiled.ok && compiled.value.test(name);
};
