/**
 * The files of a chart's folder in a tree, those that `.helmignore` names left out.
 * @upstream helm pkg/chart/loader/directory.go
 */
import { Failure } from '@argosy/base';

import type { Tree, TreeEntry } from '../../tree/tree.ts';
import { NO_CACHE, type HelmCache } from '../helm-cache.ts';
import type { ChartFile } from './chart.ts';
import { parseHelmignore, type IgnoreRules } from './helmignore.ts';
import { LARGEST_CHART_BYTES, LARGEST_CHART_FILE_BYTES, withoutBom } from './open-archive.ts';

/** Deeper folders are a link that leads into itself. */
const DEEPEST = 40;
const MOST_FILES = 20_000;

/** Files read at the same time: a tree over Git reads them by one process. */
const READ_TOGETHER = 256;

/** Reads a folder. Throws Failure: InvalidChart for limits, PathOutside for links that leave the tree. */
export const readChartFolder = async (
  tree: Tree,
  folder: string,
  cache: HelmCache = NO_CACHE,
): Promise<readonly ChartFile[]> => {
  const ignoreFile = await tree.find(joined(folder, '.helmignore'));
  const ignored = ignoreFile?.kind === 'file' ? await tree.read(ignoreFile.path) : undefined;
  const rules = ignored
    ? cache.keepWith(ignored, ['rules'], () => parseHelmignore(decode(ignored)))
    : parseHelmignore();
  const walk: Walk = { tree, folder, rules, names: [] };
  await findBelow(walk, '', 0);
  const files: ChartFile[] = [];
  let bytes = 0;
  for (let from = 0; from < walk.names.length; from += READ_TOGETHER) {
    const names = walk.names.slice(from, from + READ_TOGETHER);
    const read = await Promise.all(names.map((name) => readOne(walk, name)));
    files.push(...read);
    bytes += read.reduce((sum, { data }) => sum + data.length, 0);
    if (bytes > LARGEST_CHART_BYTES) throw tooLarge(`chart is larger than the maximum size ${LARGEST_CHART_BYTES}`);
  }
  return files;
};

interface Walk {
  readonly tree: Tree;
  readonly folder: string;
  readonly rules: IgnoreRules;
  readonly names: string[];
}

const findBelow = async (walk: Walk, name: string, depth: number): Promise<void> => {
  if (depth > DEEPEST) throw tooLarge(`${joined(walk.folder, name)}: folders nested deeper than ${DEEPEST}`);
  for (const entry of await walk.tree.list(joined(walk.folder, name))) {
    const below = joined(name, entry.path.slice(entry.path.lastIndexOf('/') + 1));
    const actual = entry.kind === 'link' ? await followed(walk, entry, below) : entry;
    if (walk.rules(below, actual.kind === 'directory')) continue;
    if (actual.kind === 'directory') await findBelow(walk, below, depth + 1);
    else if (actual.kind === 'file') walk.names.push(below);
    else
      throw new Failure(`${entry.path} is a Git submodule; charts may not reach into other repositories`, {
        code: 'NotSupported',
      });
    if (walk.names.length > MOST_FILES) throw tooLarge(`chart has more than ${MOST_FILES} files`);
  }
};

const followed = async (walk: Walk, entry: TreeEntry, name: string): Promise<TreeEntry> => {
  const actual = await walk.tree.find(entry.path);
  if (actual) return actual;
  throw new Failure(`chart file ${JSON.stringify(name)} is a link that leads nowhere`, { code: 'InvalidChart' });
};

const readOne = async (walk: Walk, name: string): Promise<ChartFile> => {
  const data = await walk.tree.read(joined(walk.folder, name));
  if (data.length > LARGEST_CHART_FILE_BYTES)
    throw tooLarge(
      `chart file ${JSON.stringify(name)} is larger than the maximum file size ${LARGEST_CHART_FILE_BYTES}`,
    );
  return { name, data: withoutBom(data) };
};

const joined = (folder: string, name: string): string =>
  folder === '' || name === '' ? folder + name : `${folder}/${name}`;
const decode = (data: Uint8Array): string => Buffer.from(data).toString('utf8');
const tooLarge = (problem: string): Failure => new Failure(problem, { code: 'InvalidChart' });
