/**
 * Sprig's functions of versions.
 * @spec https://masterminds.github.io/sprig/semver.html
 */
import { goFunction } from '../functions/signature.ts';
import { parseConstraint, satisfies } from '../semver/constraint.ts';
import { compareVersions, formatVersion, parseVersion, type SemanticVersion } from '../semver/version.ts';
import { GoError, GoNumber, GoObject, type GoFunction, type GoFunctions } from '../values.ts';

const parsed = (text: string): SemanticVersion => {
  const version = parseVersion(text);
  if (!version.ok) throw new GoError(version.error);
  return version.value;
};

/** The version behind an object. */
const versionOf = (object: GoObject): SemanticVersion => {
  // Only versions have this type, and this file alone makes them.
  return object.inner as SemanticVersion;
};

const uint64 = (value: bigint): GoNumber => new GoNumber('uint64', 'uint64', BigInt.asUintN(64, value));

const comparing = (version: SemanticVersion, body: (order: number) => boolean): GoFunction =>
  goFunction(['semver'], ([other]) => body(compareVersions(version, versionOf(other))));

const versionObject = (version: SemanticVersion, type = '*semver.Version'): GoObject =>
  new GoObject(type, {
    text: formatVersion(version),
    inner: version,
    methods: {
      Compare: goFunction(['semver'], ([other]) => BigInt(compareVersions(version, versionOf(other)))),
      Equal: comparing(version, (order) => order === 0),
      GreaterThan: comparing(version, (order) => order > 0),
      GreaterThanEqual: comparing(version, (order) => order >= 0),
      LessThan: comparing(version, (order) => order < 0),
      LessThanEqual: comparing(version, (order) => order <= 0),
      Major: goFunction([], () => uint64(version.major)),
      Metadata: goFunction([], () => version.metadata),
      Minor: goFunction([], () => uint64(version.minor)),
      Original: goFunction([], () => version.original),
      Patch: goFunction([], () => uint64(version.patch)),
      Prerelease: goFunction([], () => version.prerelease),
      String: goFunction([], () => formatVersion(version)),
      ...increments(version),
    },
  });

const increments = (version: SemanticVersion): GoFunctions => {
  const bare = { ...version, prerelease: '', metadata: '' };
  const next = (changed: SemanticVersion): GoObject => {
    const prefix = version.original.startsWith('v') ? 'v' : '';
    return versionObject({ ...changed, original: prefix + formatVersion(changed) }, 'semver.Version');
  };
  return {
    IncMajor: goFunction([], () => next({ ...bare, major: version.major + 1n, minor: 0n, patch: 0n })),
    IncMinor: goFunction([], () => next({ ...bare, minor: version.minor + 1n, patch: 0n })),
    IncPatch: goFunction([], () => next(version.prerelease === '' ? { ...bare, patch: version.patch + 1n } : bare)),
  };
};

/** Functions of versions. */
export const SEMVER_FUNCTIONS: GoFunctions = {
  semver: goFunction(['string'], ([text]) => versionObject(parsed(text))),
  semverCompare: goFunction(['string', 'string'], ([constraint, version]) => {
    const wanted = parseConstraint(constraint);
    if (!wanted.ok) throw new GoError(wanted.error);
    return satisfies(parsed(version), wanted.value);
  }),
};
