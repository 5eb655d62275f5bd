/**
 * Semantic versions, read leniently as Masterminds/semver does.
 * @spec https://github.com/Masterminds/semver version.go
 */
import { fail, ok, type Result } from '@argosy/base';

/** A version. Numbers are uint64. */
export interface SemanticVersion {
  readonly major: bigint;
  readonly minor: bigint;
  readonly patch: bigint;
  readonly prerelease: string;
  readonly metadata: string;
  /** As it was written. */
  readonly original: string;
}

const PATTERN =
  /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/;
const STRICT = /^(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]*))?(?:\+([0-9A-Za-z.-]*))?$/;
const LARGEST = 2n ** 64n - 1n;

/** Reads a version; minor and patch may be missing, a leading `v` may stand. */
export const parseVersion = (text: string): Result<SemanticVersion> => {
  const match = PATTERN.exec(text);
  if (!match) return fail('invalid semantic version');
  const [, major = '0', minor = '0', patch = '0', prerelease = '', metadata = ''] = match;
  const numbers = [BigInt(major), BigInt(minor), BigInt(patch)] as const;
  const large = [major, minor, patch][numbers.findIndex((number) => number > LARGEST)];
  if (large !== undefined)
    return fail(
      `error parsing version segment: strconv.ParseUint: parsing ${JSON.stringify(large)}: value out of range`,
    );
  if (hasLeadingZero(prerelease)) return fail('version segment starts with 0');
  return ok({ major: numbers[0], minor: numbers[1], patch: numbers[2], prerelease, metadata, original: text });
};

/** Reads a version that must be whole, without a leading `v`. */
export const parseStrictVersion = (text: string): Result<SemanticVersion> => {
  if (text === '') return fail('version string empty');
  const match = STRICT.exec(text);
  if (!match) return fail('invalid semantic version');
  const [, major = '', minor = '', patch = '', prerelease = '', metadata = ''] = match;
  if ([major, minor, patch].some((part) => part.length > 1 && part.startsWith('0')))
    return fail('version segment starts with 0');
  if (match[4] === '' || match[5] === '' || `${prerelease}.${metadata}`.includes('..'))
    return parseVersion(text).ok ? fail('invalid prerelease string') : fail('invalid semantic version');
  return parseVersion(text);
};

const hasLeadingZero = (prerelease: string): boolean => prerelease.split('.').some((part) => /^0\d+$/.test(part));

/** A version in full. */
export const formatVersion = (version: SemanticVersion): string => {
  const tail = `${version.prerelease === '' ? '' : `-${version.prerelease}`}${version.metadata === '' ? '' : `+${version.metadata}`}`;
  return `${version.major}.${version.minor}.${version.patch}${tail}`;
};

/** Order of precedence: -1, 0 or 1. Metadata does not count. */
export const compareVersions = (left: SemanticVersion, right: SemanticVersion): number => {
  for (const part of ['major', 'minor', 'patch'] as const)
    if (left[part] !== right[part]) return left[part] < right[part] ? -1 : 1;
  if (left.prerelease === right.prerelease) return 0;
  if (left.prerelease === '') return 1;
  return right.prerelease === '' ? -1 : comparePrereleases(left.prerelease, right.prerelease);
};

/** Order of two prereleases, neither empty. */
export const comparePrereleases = (left: string, right: string): number => {
  const [a, b] = [left.split('.'), right.split('.')];
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const order = comparePart(a[index] ?? '', b[index] ?? '');
    if (order !== 0) return order;
  }
  return 0;
};

const comparePart = (left: string, right: string): number => {
  if (left === right) return 0;
  if (left === '' || right === '') return left === '' ? -1 : 1;
  const [isLeftNumber, isRightNumber] = [isUint(left), isUint(right)];
  if (isLeftNumber && isRightNumber) return BigInt(left) > BigInt(right) ? 1 : -1;
  if (isLeftNumber !== isRightNumber) return isLeftNumber ? -1 : 1;
  return left > right ? 1 : -1;
};

const isUint = (text: string): boolean => /^\d+$/.test(text) && BigInt(text) <= LARGEST;
