/**
 * Tar archives, perhaps gzipped, bounded before they are unpacked. Names may be long in the ways of GNU and of POSIX.
 * @spec POSIX ustar and pax interchange format, GNU long names
 */
import { gunzipSync } from 'node:zlib';

import { messageOf, type Failure } from '@argosy/base';

/** An entry as it is written; a link's `target` too. */
export interface TarEntry {
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'link' | 'hardlink' | 'other';
  readonly target: string;
  readonly data: Uint8Array;
}

/** Makes the error for a problem: whoever reads knows the archive's name. */
export type RefuseArchive = (problem: string) => Failure;

/** Most entries: each costs memory that its size does not tell of. */
const MOST_ENTRIES = 20_000;
/** Texts shrink to a fifth, the emptiest to a hundredth; what shrinks more is made to fill memory. */
const SMALL_BYTES = 16 * 1024 * 1024;
const LARGEST_RATIO = 200;
/** Names longer than this are an attack. */
const LONGEST_NAME_BYTES = 64 * 1024;
const BLOCK = 512;

/** Types of entries. @spec POSIX ustar typeflag */
const KINDS: ReadonlyMap<string, TarEntry['kind']> = new Map([
  ['', 'file'],
  ['\0', 'file'],
  ['0', 'file'],
  ['7', 'file'],
  ['5', 'directory'],
  ['2', 'link'],
  ['1', 'hardlink'],
]);

/** Unpacks gzip to at most this many bytes. Throws what `refuse` makes. */
export const gunzipBounded = (data: Uint8Array, limitBytes: number, refuse: RefuseArchive): Uint8Array => {
  const likely = Math.max(SMALL_BYTES, data.length * LARGEST_RATIO);
  try {
    return gunzipSync(data, { maxOutputLength: Math.min(likely, limitBytes) });
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw refuse(`not a gzipped archive: ${messageOf(thrown)}`);
    throw refuse(
      likely < limitBytes
        ? `decompressed archive is more than ${LARGEST_RATIO} times as large as it was`
        : `decompressed archive is larger than the maximum size ${limitBytes}`,
    );
  }
};

/** The entries, in order. Throws what `refuse` makes. */
export const readTar = (bytes: Uint8Array, refuse: RefuseArchive): readonly TarEntry[] => {
  const entries: TarEntry[] = [];
  let long: LongNames = {};
  for (let at = 0; at + BLOCK <= bytes.length;) {
    const header = bytes.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) break;
    const size = sizeOf(header, refuse);
    const data = bytes.subarray(at + BLOCK, at + BLOCK + size);
    if (data.length < size) throw refuse('unexpected end of the archive');
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    const type = String.fromCharCode(header[156] ?? 0);
    const told = longNamesIn(type, data, refuse);
    if (told) {
      long = { ...long, ...told };
      continue;
    }
    if (entries.length >= MOST_ENTRIES) throw refuse(`more than ${MOST_ENTRIES} files in the archive`);
    const name = long.name ?? nameOf(header);
    const target = long.target ?? textOf(header.subarray(157, 257));
    entries.push({ name, kind: KINDS.get(type) ?? 'other', target, data });
    long = {};
  }
  return entries;
};

interface LongNames {
  readonly name?: string;
  readonly target?: string;
}

/** What an entry tells of the one after it; `undefined` for one that stands for itself. */
const longNamesIn = (type: string, data: Uint8Array, refuse: RefuseArchive): LongNames | undefined => {
  if (type === 'g') return {};
  if (type !== 'L' && type !== 'K' && type !== 'x') return undefined;
  if (data.length > LONGEST_NAME_BYTES) throw refuse('a name in the archive is too long');
  if (type === 'L') return { name: textOf(data) };
  if (type === 'K') return { target: textOf(data) };
  const [name, target] = [paxValue(data, 'path'), paxValue(data, 'linkpath')];
  return { ...(name !== undefined && { name }), ...(target !== undefined && { target }) };
};

const sizeOf = (header: Uint8Array, refuse: RefuseArchive): number => {
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

/** A value of a pax record list: lines of "length key=value". */
const paxValue = (data: Uint8Array, key: string): string | undefined =>
  new RegExp(`(?:^|\\n)\\d+ ${key}=([^\\n]*)`).exec(Buffer.from(data).toString('utf8'))?.[1];
