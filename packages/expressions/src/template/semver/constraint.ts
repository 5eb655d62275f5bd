/**
 * Version constraints of Masterminds/semver: `>=1.2 <2 || ~3.1`, `1.2 - 1.4`, `^1`, `1.x`.
 * @spec https://github.com/Masterminds/semver constraints.go
 */
import { fail, ok, type Result } from '@argosy/base';
import { RE2JS } from 're2js';

import { quoteGo } from '../format/quote.ts';
import { comparePrereleases, compareVersions, parseVersion, type SemanticVersion } from './version.ts';

/** Alternatives, each of parts that must all hold. */
export type VersionConstraint = readonly (readonly ConstraintPart[])[];

/** One comparison. */
export interface ConstraintPart {
  readonly operator: string;
  readonly version: SemanticVersion;
  /** Whether any number was left out or `x`. */
  readonly isDirty: boolean;
  readonly isMinorDirty: boolean;
  readonly isPatchDirty: boolean;
}

const VERSION =
  'v?([0-9|x|X|\\*]+)(\\.[0-9|x|X|\\*]+)?(\\.[0-9|x|X|\\*]+)?(-([0-9A-Za-z\\-]+(\\.[0-9A-Za-z\\-]+)*))?(\\+([0-9A-Za-z\\-]+(\\.[0-9A-Za-z\\-]+)*))?';
const OPERATORS = '=||!=|>|<|>=|=>|<=|=<|~|~>|\\^';

/** Compiled once, on first use: the patterns have no state. */
const patterns = (() => {
  let compiled: Readonly<Record<'part' | 'range' | 'find' | 'valid', RE2JS>> | undefined;
  return () =>
    (compiled ??= {
      part: RE2JS.compile(`^\\s*(${OPERATORS})\\s*(${VERSION})\\s*$`),
      range: RE2JS.compile(`\\s*(${VERSION})\\s+-\\s+(${VERSION})\\s*`),
      find: RE2JS.compile(`(${OPERATORS})\\s*(${VERSION})`),
      valid: RE2JS.compile(
        `^(\\s*(${OPERATORS})\\s*(${VERSION})\\s*)((?:\\s+|,\\s*)(${OPERATORS})\\s*(${VERSION})\\s*)*$`,
      ),
    });
})();

/** Constraints read before: charts compare the cluster's version with the same few, template after template. */
const known = new Map<string, Result<VersionConstraint>>();
const MOST_KNOWN = 500;
const LONGEST_KNOWN = 100;

/** Reads a constraint. */
export const parseConstraint = (text: string): Result<VersionConstraint> => {
  const before = known.get(text);
  if (before) return before;
  const read = readConstraint(text);
  if (known.size >= MOST_KNOWN) known.clear();
  if (text.length <= LONGEST_KNOWN) known.set(text, read);
  return read;
};

const readConstraint = (text: string): Result<VersionConstraint> => {
  const alternatives: (readonly ConstraintPart[])[] = [];
  for (const alternative of rewriteRanges(text).split('||')) {
    if (!patterns().valid.matcher(alternative).find()) return fail(`improper constraint: ${quoteGo(alternative)}`);
    const parts: ConstraintPart[] = [];
    for (const part of findParts(alternative)) {
      const parsed = parsePart(part);
      if (!parsed.ok) return parsed;
      parts.push(parsed.value);
    }
    alternatives.push(parts);
  }
  return ok(alternatives);
};

/** Whether a version satisfies a constraint. A prerelease does only under an alternative that names one. */
export const satisfies = (version: SemanticVersion, constraint: VersionConstraint): boolean =>
  constraint.some((parts) => {
    const isVisible = version.prerelease === '' || parts.some((part) => part.version.prerelease !== '');
    return isVisible && parts.every((part) => (CHECKS[part.operator] ?? isTildeOrEqual)(version, part));
  });

const rewriteRanges = (text: string): string => {
  const matcher = patterns().range.matcher(text);
  let rewritten = text;
  while (matcher.find())
    rewritten = rewritten.replace(
      matcher.group(0) ?? '',
      () => `>= ${matcher.group(1) ?? ''}, <= ${matcher.group(11) ?? ''} `,
    );
  return rewritten;
};

const findParts = (text: string): readonly string[] => {
  const matcher = patterns().find.matcher(text);
  const parts: string[] = [];
  while (matcher.find()) parts.push(matcher.group(0) ?? '');
  return parts.length === 0 ? [text] : parts;
};

const isWild = (part: string): boolean => part === '' || /^[xX*]$/.test(part);

const parsePart = (text: string): Result<ConstraintPart> => {
  const matcher = patterns().part.matcher(text);
  if (!matcher.find()) return fail(`improper constraint: ${quoteGo(text)}`);
  const group = (index: number): string => matcher.group(index) ?? '';
  const [major, minor, patch, prerelease] = [group(3), group(4), group(5), group(6)];
  const shape = isWild(major)
    ? { text: `0.0.0${prerelease}`, isMinorDirty: false, isPatchDirty: false, isDirty: true }
    : isWild(minor.slice(1))
      ? { text: `${major}.0.0${prerelease}`, isMinorDirty: true, isPatchDirty: false, isDirty: true }
      : isWild(patch.slice(1))
        ? { text: `${major}${minor}.0${prerelease}`, isMinorDirty: false, isPatchDirty: true, isDirty: true }
        : { text: group(2), isMinorDirty: false, isPatchDirty: false, isDirty: false };
  const version = parseVersion(shape.text);
  if (!version.ok) return fail('constraint parser error');
  const { isDirty, isMinorDirty, isPatchDirty } = shape;
  return ok({ operator: group(1), version: version.value, isDirty, isMinorDirty, isPatchDirty });
};

type Check = (version: SemanticVersion, part: ConstraintPart) => boolean;

const isNotEqual: Check = (version, part) => {
  const wanted = part.version;
  if (part.isDirty) {
    if (wanted.major !== version.major) return true;
    if (part.isMinorDirty) return false;
    if (wanted.minor !== version.minor) return true;
    if (wanted.patch !== version.patch && !part.isPatchDirty) return true;
    if (part.isPatchDirty)
      return (
        (version.prerelease !== '' || wanted.prerelease !== '') &&
        comparePrereleases(version.prerelease, wanted.prerelease) !== 0
      );
  }
  return compareVersions(version, wanted) !== 0;
};

const isGreater: Check = (version, part) => {
  const wanted = part.version;
  if (!part.isDirty) return compareVersions(version, wanted) === 1;
  if (version.major !== wanted.major) return version.major > wanted.major;
  if (part.isMinorDirty) return false;
  return part.isPatchDirty ? version.minor > wanted.minor : compareVersions(version, wanted) === 1;
};

const isAtMost: Check = (version, part) => {
  const wanted = part.version;
  if (!part.isDirty) return compareVersions(version, wanted) <= 0;
  if (version.major !== wanted.major) return version.major < wanted.major;
  return version.minor <= wanted.minor || part.isMinorDirty;
};

const isTilde: Check = (version, part) => {
  const wanted = part.version;
  if (compareVersions(version, wanted) < 0) return false;
  const isAny = wanted.major === 0n && wanted.minor === 0n && wanted.patch === 0n;
  if (isAny && !part.isMinorDirty && !part.isPatchDirty) return true;
  return version.major === wanted.major && (version.minor === wanted.minor || part.isMinorDirty);
};

const isCaret: Check = (version, part) => {
  const wanted = part.version;
  if (compareVersions(version, wanted) < 0) return false;
  if (wanted.major > 0n || part.isMinorDirty) return version.major === wanted.major;
  if (version.major > 0n) return false;
  if (wanted.minor > 0n || part.isPatchDirty) return version.minor === wanted.minor;
  return version.minor === 0n && version.patch === wanted.patch;
};

const isTildeOrEqual: Check = (version, part) =>
  part.isDirty ? isTilde(version, part) : compareVersions(version, part.version) === 0;
const isAtLeast: Check = (version, part) => compareVersions(version, part.version) >= 0;

const CHECKS: Readonly<Record<string, Check>> = {
  '': isTildeOrEqual,
  '=': isTildeOrEqual,
  '!=': isNotEqual,
  '>': isGreater,
  '<': (version, part) => compareVersions(version, part.version) < 0,
  '>=': isAtLeast,
  '=>': isAtLeast,
  '<=': isAtMost,
  '=<': isAtMost,
  '~': isTilde,
  '~>': isTilde,
  '^': isCaret,
};
