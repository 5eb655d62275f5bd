/**
 * Chart archives (.tgz): files by name below the chart's folder, with caps against bombs and paths that leave it.
 * @upstream helm pkg/chart/loader/archive.go#LoadArchiveFiles
 */
import { Failure } from '@argosy/base';

import { gunzipBounded, readTar, type RefuseArchive, type TarEntry } from '../../tree/read-tar.ts';
import type { ChartFile } from './chart.ts';

/** Most bytes an archive may unpack to, and the largest of its files: Helm's own limits. */
export const LARGEST_CHART_BYTES = 100 * 1024 * 1024;
export const LARGEST_CHART_FILE_BYTES = 5 * 1024 * 1024;

/**
 * Unpacks. Of an archive that has a chart in `folder` only that is kept, as Argo CD reads it; of others everything, as
 * Helm does. Throws Failure `InvalidChart` naming the archive.
 */
export const openChartArchive = (data: Uint8Array, archive: string, folder?: string): readonly ChartFile[] => {
  const refuse = (problem: string): Failure => new Failure(`${archive}: ${problem}`, { code: 'InvalidChart' });
  const bytes = gunzipBounded(data, LARGEST_CHART_BYTES, refuse);
  const entries = readTar(bytes, refuse);
  // What is left out is looked at as well: an archive is refused for any of its files.
  const found = entries.flatMap((entry) => toChartFile(entry, refuse).map((file) => ({ file, in: folderOf(entry) })));
  if (found.length === 0) throw refuse('no files in chart archive');
  const own = folder === undefined ? [] : found.filter((one) => one.in === folder);
  const hasChart = own.some(({ file }) => file.name === 'Chart.yaml');
  return (hasChart ? own : found).map(({ file }) => file);
};

const toChartFile = ({ name, kind, data }: TarEntry, refuse: RefuseArchive): readonly ChartFile[] => {
  if (kind === 'directory' || name.endsWith('/')) return [];
  if (kind === 'link' || kind === 'hardlink')
    throw refuse(`${JSON.stringify(name)} is a link; links in chart archives are not followed`);
  if (kind === 'other') throw refuse(`${JSON.stringify(name)} is no regular file`);
  if (data.length > LARGEST_CHART_FILE_BYTES)
    throw refuse(
      `decompressed chart file ${JSON.stringify(name)} is larger than the maximum file size ${LARGEST_CHART_FILE_BYTES}`,
    );
  return [{ name: innerName(name, refuse), data: withoutBom(data) }];
};

const partsOf = (name: string): readonly string[] => name.split(name.includes('\\') ? '\\' : '/');

const folderOf = ({ name }: TarEntry): string => partsOf(name)[0] ?? '';

/** The name below the archive's one folder. */
const innerName = (name: string, refuse: RefuseArchive): string => {
  const [folder, ...rest] = partsOf(name);
  if (folder === 'Chart.yaml') throw refuse('chart yaml not in base directory');
  const below = rest.join('/');
  if (below.startsWith('/')) throw refuse('chart illegally contains absolute paths');
  const parts: string[] = [];
  for (const part of below.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) throw refuse('chart illegally references parent directory');
  }
  if (parts.length === 0)
    throw refuse(`chart illegally contains content outside the base directory: ${JSON.stringify(name)}`);
  if (/^[a-zA-Z]:$/.test(parts[0] ?? '') && parts.length > 1) throw refuse('chart contains illegally named files');
  return parts.join('/');
};

/** Data without a byte order mark. */
export const withoutBom = (data: Uint8Array): Uint8Array =>
  data[0] === 0xef && data[1] === 0xbb && data[2] === 0xbf ? data.subarray(3) : data;
