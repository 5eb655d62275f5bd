import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { parseConstraint, satisfies } from './constraint.ts';
import { compareVersions, formatVersion, parseStrictVersion, parseVersion, type SemanticVersion } from './version.ts';

const FILE = fileURLToPath(new URL('../../../../../../shared/conformance/vectors/lang-semver.json', import.meta.url));

interface SemverCase {
  readonly name: string;
  readonly in: {
    readonly op: string;
    readonly constraint?: string;
    readonly version?: string;
    readonly a?: string;
    readonly b?: string;
    readonly versions?: readonly string[];
    readonly tags?: readonly string[];
  };
  readonly out: Readonly<Record<string, unknown>>;
}

const cases = existsSync(FILE)
  ? (JSON.parse(readFileSync(FILE, 'utf8')) as { cases: readonly SemverCase[] }).cases
  : [];

const version = (text = ''): SemanticVersion => {
  const result = parseVersion(text);
  if (!result.ok) throw new Error(result.error);
  return result.value;
};

const newest = (constraint: string, tags: readonly string[]): unknown => {
  const wanted = parseConstraint(constraint);
  if (!wanted.ok) return { error: 'constraint' };
  const fitting = tags
    .flatMap((tag) => {
      const parsed = parseVersion(tag);
      return parsed.ok && satisfies(parsed.value, wanted.value) ? [parsed.value] : [];
    })
    .sort(compareVersions);
  return { picked: fitting.at(-1)?.original ?? null };
};

const run = (one: SemverCase['in']): unknown => {
  switch (one.op) {
    case 'check': {
      const wanted = parseConstraint(one.constraint ?? '');
      if (!wanted.ok) return { error: 'constraint' };
      const parsed = parseVersion(one.version ?? '');
      return parsed.ok ? { ok: satisfies(parsed.value, wanted.value) } : { error: 'version' };
    }
    case 'parse': {
      const parsed = parseVersion(one.version ?? '');
      if (!parsed.ok) return { error: true };
      const { major, minor, patch, prerelease, metadata } = parsed.value;
      const numbers = { major: Number(major), minor: Number(minor), patch: Number(patch) };
      return { ...numbers, prerelease, metadata, string: formatVersion(parsed.value) };
    }
    case 'strictParse':
      return { ok: parseStrictVersion(one.version ?? '').ok };
    case 'compare':
      return { cmp: compareVersions(version(one.a), version(one.b)) };
    case 'sort':
      return {
        sorted: (one.versions ?? [])
          .map(version)
          .sort(compareVersions)
          .map((each) => each.original),
      };
    default:
      return newest(one.constraint ?? '', one.tags ?? []);
  }
};

describe.skipIf(cases.length === 0)('vectors lang-semver', () => {
  it.each(cases.map((one, index) => [`${index} ${one.name}`, one] as const))('%s', (_, one) => {
    expect(run(one.in)).toEqual(one.out);
  });
});
