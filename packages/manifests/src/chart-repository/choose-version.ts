/**
 * The version a revision stands for: exactly one, or the highest that satisfies a constraint. Of charts, tags of
 * registries and tags of Git alike.
 * @spec CD-APP-07, CD-APP-08, CD-APP-09; vectors cd-version-max, cd-version-is-constraint, cd-git-tag-resolution
 * @upstream argo-cd util/versions/tags.go#MaxVersion
 */
import {
  compareVersions,
  parseConstraint,
  parseVersion,
  satisfies,
  type SemanticVersion,
  type VersionConstraint,
} from '@argosy/expressions';

/** Whether a revision is a constraint and not a version or a name. */
export const isVersionConstraint = (revision: string): boolean =>
  !parseVersion(revision).ok && parseConstraint(revision).ok;

/** Whether a version satisfies a constraint; no for what is none of either. */
export const satisfiesConstraint = (constraint: string, version: string): boolean =>
  highest(constraint, [version]) !== undefined;

/**
 * The version of a list that a revision names; `undefined` when none does. With `tagPrefix`, only versions that begin
 * so count, the revision speaks of what follows, and the answer is the whole text.
 */
export const chooseVersion = (revision: string, versions: readonly string[], tagPrefix = ''): string | undefined => {
  const prefixed = versions.filter((version) => version.startsWith(tagPrefix));
  const bare = prefixed.map((version) => version.slice(tagPrefix.length));
  const chosen = isVersionConstraint(revision) ? highest(revision, bare) : bare.find((version) => version === revision);
  return chosen === undefined ? undefined : `${tagPrefix}${chosen}`;
};

/** As `chooseVersion`, but short versions are ranges (`1.2` is any 1.2.x) and nothing is the newest: Helm's `--version`. */
export const chooseChartVersion = (revision: string, versions: readonly string[]): string | undefined =>
  versions.find((version) => version === revision) ?? highest(revision === '' ? '*' : revision, versions);

const highest = (revision: string, versions: readonly string[]): string | undefined => {
  const constraint = parseConstraint(revision);
  if (!constraint.ok) return undefined;
  return versions.reduce<SemanticVersion | undefined>((best, text) => better(best, text, constraint.value), undefined)
    ?.original;
};

const better = (
  best: SemanticVersion | undefined,
  text: string,
  constraint: VersionConstraint,
): SemanticVersion | undefined => {
  const version = parseVersion(text);
  if (!version.ok || !satisfies(version.value, constraint)) return best;
  return best && compareVersions(version.value, best) <= 0 ? best : version.value;
};
