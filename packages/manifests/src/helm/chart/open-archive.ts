/**
 * Chart archives (.tgz): files by name below the chart's folder, with caps against bombs and paths that leave it.
 * @upstream helm pkg/chart/loader/archive.go#LoadArchiveFiles
 * @spec POSIX pax interchange format, GNU long names
 */
import { gunzipSync } from 'node:zlib';

import { Failure, messageOf } from '@argosy/base';

import type { ChartFile } from './chart.ts';

/** Most bytes an archive may unpack to, and the largest of its files: Helm's own limits. */
export const LARGEST_CHART_BYTES = 100 * 1024 * 1024;
export const LARGEST_CHART_FILE_BYTES = 5 * 1024 * 1024;
/** Most entries: Helm knows no limit, but each costs memory that its size does not tell of. */
const MOST_ENTRIES = 20_000;
/** Texts shrink to a fifth, the emptiest to a hundredth; what shrinks more is made to fill memory. */
const SMALL_BYTES = 16 * 1024 * 1024;
const LARGEST_RATIO = 200;
/** Names longer than this are an attack. */
const LONGEST_NAME_BYTES = 64 * 1024;
const BLOCK = 512;
/** Types of tar entries. @spec POSIX ustar typeflag */
const REGULAR = new Set(['', '\0', '0', '7']);
const DIRECTORY = '5';
const LINKS = new Set(['1', '2']);

/** Unpacks. Throws Failure `InvalidChart` naming the archive. */
export const openChartArchive = (data: Uint8Array, archive: string): readonly ChartFile[] => {
  const refuse = (problem: string): Failure => new Failure(`${archive}: ${problem}`, { code: 'InvalidChart' });
  const files = readEntries(inflate(data, refuse), refuse).flatMap((entry) => toChartFile(entry, refuse));
  if (files.length === 0) throw refuse('no files in chart archive');
  return files;
};

type Refuse = (problem: string) => Failure;

interface Entry {
  readonly name: string;
  readonly type: string;
  readonly data: Uint8Array;
}

const inflate = (data: Uint8Array, refuse: Refuse): Uint8Array => {
  const likely = Math.max(SMALL_BYTES, data.length * LARGEST_RATIO);
  try {
    return gunzipSync(data, { maxOutputLength: Math.min(likely, LARGEST_CHART_BYTES) });
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw refuse(`not a gzipped archive: ${messageOf(thrown)}`);
    throw refuse(
      likely < LARGEST_CHART_BYTES
        ? `decompressed chart is more than ${LARGEST_RATIO} times as large as the archive`
        : `decompressed chart is larger than the maximum file size ${LARGEST_CHART_BYTES}`,
    );
  }
};

const readEntries = (bytes: Uint8Array, refuse: Refuse): readonly Entry[] => {
  const entries: Entry[] = [];
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= bytes.length;) {
    const header = bytes.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) break;
    const size = sizeOf(header, refuse);
    const data = bytes.subarray(at + BLOCK, at + BLOCK + size);
    if (data.length < size) throw refuse('unexpected end of the archive');
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    const type = String.fromCharCode(header[156] ?? 0);
    if (type === 'L' || type === 'x') {
      if (size > LONGEST_NAME_BYTES) throw refuse('a name in the archive is too long');
      longName = (type === 'L' ? textOf(data) : paxPath(data)) ?? longName;
      continue;
    }
    if (type === 'g' || type === 'K') continue;
    if (entries.length >= MOST_ENTRIES) throw refuse(`more than ${MOST_ENTRIES} files in the archive`);
    entries.push({ name: longName ?? nameOf(header), type, data });
    longName = undefined;
  }
  return entries;
};

const sizeOf = (header: Uint8Array, refuse: Refuse): number => {
  const octal = textOf(header.subarray(124, 136)).trim();
  if (!/^[0-7]*$/.test(octal)) throw refuse('invalid tar header');
  return Number.parseInt(octal || '0', 8);
};

const nameOf = (header: Uint8Array): string => {
  const prefix = textOf(header.subarray(257, 262)) === 'ustar' ? textOf(header.subarray(345, 500)) : '';
  const name = textOf(header.subarray(0, 100));
  return prefix === '' ? name : `${prefix}/${name}`;
};

const textOf = (bytes: Uint8Array): string => {
  const end = bytes.indexOf(0);
  return Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString('utf8');
};

/** `path` of a pax record list: lines of "length key=value". */
const paxPath = (data: Uint8Array): string | undefined =>
  /(?:^|\n)\d+ path=([^\n]*)/.exec(Buffer.from(data).toString('utf8'))?.[1];

const toChartFile = ({ name, type, data }: Entry, refuse: Refuse): readonly ChartFile[] => {
  if (type === DIRECTORY || name.endsWith('/')) return [];
  if (LINKS.has(type)) throw refuse(`${JSON.stringify(name)} is a link; links in chart archives are not followed`);
  if (!REGULAR.has(type)) throw refuse(`${JSON.stringify(name)} is no regular file`);
  if (data.length > LARGEST_CHART_FILE_BYTES)
    throw refuse(
      `decompressed chart file ${JSON.stringify(name)} is larger than the maximum file size ${LARGEST_CHART_FILE_BYTES}`,
    );
  return [{ name: innerName(name, refuse), data: withoutBom(data) }];
};

/** The name below the archive's one folder. */
const innerName = (name: string, refuse: Refuse): string => {
  const [folder, ...rest] = name.split(name.includes('\\') ? '\\' : '/');
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
