/**
 * The values a user gives: files in their order, then what is set.
 * @upstream helm pkg/cli/values/options.go#MergeValues
 */
import { Failure } from '@argosy/base';
import { fromBytes, GoMap, readJson } from '@argosy/expressions';

import { LARGEST_FILE_BYTES, type Tree } from '../../tree/tree.ts';
import type { HelmOptions, HelmSet, HelmValues } from '../helm-options.ts';
import { parseSet, type SetKind } from './parse-set.ts';
import { mergeValues, readTable } from './tables.ts';

/** Whatever the order of flags, these follow each other. */
const ORDER: readonly SetKind[] = ['json', 'set', 'string', 'file', 'literal'];

/** Reads and merges. Throws Failure: InvalidValues, NotFound, PathOutside. */
export const readGivenValues = async (tree: Tree, options: HelmOptions): Promise<GoMap> => {
  let given = new GoMap();
  for (const entry of options.values ?? []) given = mergeValues(given, await readFile(tree, entry));
  const sets = options.sets ?? [];
  const files = await readSetFiles(tree, options, sets);
  for (const kind of ORDER)
    for (const { text } of sets.filter((set) => set.kind === kind)) given = applySet(given, { kind, text }, files);
  return given;
};

const readFile = async (tree: Tree, entry: HelmValues): Promise<GoMap> => {
  const name = entry.kind === 'file' ? entry.path : entry.name;
  const text = entry.kind === 'file' ? await readText(tree, entry.path) : entry.text;
  const table = readTable(text.replace(/^\uFEFF/, ''));
  if (!table.ok) throw invalid(`failed to parse ${name}: ${table.error}`);
  return table.value;
};

const readText = async (tree: Tree, path: string): Promise<string> => {
  const found = await tree.find(path);
  if (found?.kind !== 'file') throw new Failure(`open ${path}: no such file in the source`, { code: 'NotFound' });
  return fromBytes(await tree.read(path));
};

/** Files are read beforehand: the first pass over the texts only asks which. */
const readSetFiles = async (
  tree: Tree,
  options: HelmOptions,
  sets: readonly HelmSet[],
): Promise<ReadonlyMap<string, string>> => {
  const paths = new Set<string>();
  for (const { kind, text } of sets)
    if (kind === 'file') parseSet(text, new GoMap(), { kind, readFile: (path) => (paths.add(path), '') });
  const files = new Map<string, string>();
  for (const path of paths) {
    const text = options.readFile ? fromBytes(await options.readFile(path)) : await readText(tree, path);
    if (text.length > LARGEST_FILE_BYTES) throw invalid(`${path}: larger than ${LARGEST_FILE_BYTES} bytes`);
    files.set(path, text);
  }
  return files;
};

/** A whole object for `--set-json` is Helm 4's; Helm 3 refuses it. */
const applySet = (given: GoMap, { kind, text }: HelmSet, files: ReadonlyMap<string, string>): GoMap => {
  if (kind === 'json' && text.trimStart().startsWith('{')) {
    const read = readJson(text);
    if (!read.ok || !(read.value instanceof GoMap)) throw invalid(`failed parsing --set-json data JSON: ${text}`);
    return mergeValues(given, read.value);
  }
  return parseSet(text, given, { kind, readFile: (path) => files.get(path) ?? '' });
};

const invalid = (problem: string): Failure => new Failure(problem, { code: 'InvalidValues' });
