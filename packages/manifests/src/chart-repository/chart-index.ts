/**
 * The index of a chart repository: which charts it has, in which versions, and where their archives lie.
 * @upstream helm pkg/repo/index.go
 */
import { Failure, isObject, messageOf } from '@argosy/base';
import { parseVersion } from '@argosy/expressions';

import { parseYamlDocuments } from '../yaml/parse-manifests.ts';

/** A version of a chart. */
export interface IndexEntry {
  readonly name: string;
  readonly version: string;
  /** Absolute, or relative to the repository. */
  readonly urls: readonly string[];
  /** SHA-256 of the archive in hexadecimal; empty when the index tells none. */
  readonly digest: string;
}

/** Versions by name of chart. */
export type ChartIndex = ReadonlyMap<string, readonly IndexEntry[]>;

/**
 * Reads an index; entries that are none are left out, as Helm does. Throws Failure `InvalidIndex` naming the
 * repository.
 */
export const parseChartIndex = (data: Uint8Array, repository: string): ChartIndex => {
  const document = readDocument(Buffer.from(data).toString('utf8'), repository);
  if (!isObject(document)) throw invalid(repository, 'is empty or no mapping');
  if (!document['apiVersion']) throw invalid(repository, 'no API version specified');
  const entries = document['entries'];
  if (entries !== undefined && entries !== null && !isObject(entries))
    throw invalid(repository, 'entries is no mapping of names to versions');
  return new Map(
    Object.entries(entries ?? {}).map(([name, versions]) => [name, readVersions(name, versions)] as const),
  );
};

/** Where an archive lies, for an address that may be relative to its repository. Throws Failure `InvalidIndex`. */
export const resolveChartUrl = (repository: string, url: string): string => {
  const base = new URL(repository);
  const { search } = base;
  base.search = '';
  if (!base.pathname.endsWith('/')) base.pathname += '/';
  if (!URL.canParse(url, base.href)) throw invalid(repository, `has an address that is none: ${url}`);
  const resolved = new URL(url, base.href);
  // Repositories that tell their readers apart by a query expect it at the archives as well.
  if (search !== '' && resolved.search === '' && resolved.origin === base.origin) resolved.search = search;
  if (resolved.protocol !== 'http:' && resolved.protocol !== 'https:')
    throw invalid(repository, `has an address of ${resolved.protocol}, use https`);
  return resolved.href;
};

const readDocument = (text: string, repository: string): unknown => {
  try {
    // Much faster, and what generated indexes often are.
    if (text.trimStart().startsWith('{')) return JSON.parse(text) as unknown;
  } catch {
    // Then it is YAML in braces.
  }
  try {
    return parseYamlDocuments(text, 'index.yaml')[0];
  } catch (thrown) {
    throw invalid(repository, messageOf(thrown), thrown);
  }
};

const readVersions = (name: string, versions: unknown): readonly IndexEntry[] =>
  Array.isArray(versions) ? versions.flatMap((entry) => readEntry(name, entry)) : [];

const readEntry = (name: string, entry: unknown): readonly IndexEntry[] => {
  if (!isObject(entry)) return [];
  const { version, urls, digest } = entry;
  const text = typeof version === 'number' ? String(version) : version;
  if (typeof text !== 'string' || !parseVersion(text).ok) return [];
  const addresses = Array.isArray(urls) ? urls.filter((url): url is string => typeof url === 'string') : [];
  return [{ name, version: text, urls: addresses, digest: typeof digest === 'string' ? digest : '' }];
};

const invalid = (repository: string, problem: string, cause?: unknown): Failure =>
  new Failure(`index.yaml of ${repository} ${problem}`, { code: 'InvalidIndex', cause });
