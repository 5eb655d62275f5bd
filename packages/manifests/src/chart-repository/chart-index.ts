/**
 * The index of a chart repository: which charts it has, in which versions, and where their archives lie.
 * @upstream helm pkg/repo/index.go
 */
import { setImmediate } from 'node:timers/promises';

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
 * Reads an index; entries that are none are left out, as Helm does. Large ones are read in parts, so that nothing else
 * waits for them. Throws Failure `InvalidIndex` naming the repository.
 */
export const parseChartIndex = async (data: Uint8Array, repository: string): Promise<ChartIndex> => {
  const text = Buffer.from(data).toString('utf8');
  const parts = text.length > PART_LENGTH ? splitIndex(text) : undefined;
  return (parts && (await readParts(parts, repository))) ?? readWhole(text, repository);
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

/** Characters read at once: some ten milliseconds. */
const PART_LENGTH = 256 * 1024;

/** Documents that hold some of the charts each; `undefined` for an index that is not written as Helm writes it. */
const splitIndex = (text: string): readonly string[] | undefined => {
  const start = /^entries:[ \t]*\r?\n/m.exec(text);
  if (!start || !/^apiVersion:[ \t]*["']?v\d/m.test(text)) return undefined;
  const from = start.index + start[0].length;
  const end = /^[^\s#-]/m.exec(text.slice(from));
  const body = text.slice(from, end ? from + end.index : undefined);
  // Names of charts stand two spaces in; lists below them begin there as well, but with a dash.
  const charts = body.split(/^(?= {2}[^\s#-])/m);
  const parts: string[] = [];
  for (const chart of charts) {
    const last = parts.at(-1);
    if (last !== undefined && last.length + chart.length <= PART_LENGTH) parts[parts.length - 1] = last + chart;
    else parts.push(chart);
  }
  return parts.map((part) => `apiVersion: v1\nentries:\n${part}`);
};

/** `undefined` when a part cannot be read by itself: the whole is read then, and tells what is wrong. */
const readParts = async (parts: readonly string[], repository: string): Promise<ChartIndex | undefined> => {
  const index = new Map<string, readonly IndexEntry[]>();
  try {
    for (const part of parts) {
      for (const [name, entries] of readWhole(part, repository)) index.set(name, entries);
      await setImmediate();
    }
    return index;
  } catch {
    // Anchors, for one, reach over the parts.
    return undefined;
  }
};

const readWhole = (text: string, repository: string): ChartIndex => {
  const document = readDocument(text, repository);
  if (!isObject(document)) throw invalid(repository, 'is empty or no mapping');
  if (!document['apiVersion']) throw invalid(repository, 'no API version specified');
  const entries = document['entries'];
  if (entries !== undefined && entries !== null && !isObject(entries))
    throw invalid(repository, 'entries is no mapping of names to versions');
  return new Map(
    Object.entries(entries ?? {}).map(([name, versions]) => [name, readVersions(name, versions)] as const),
  );
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
