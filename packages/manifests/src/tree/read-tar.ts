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
/** `ustar` and a zero byte: POSIX. */
const MAGIC = [0x75, 0x73, 0x74, 0x61, 0x72, 0];

/** Entries that tell of the one after them. */
const META = new Set(['g', 'x', 'L', 'K']);
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
    const type = String.fromCharCode(header[156] ?? 0);
    const told = sizeOf(header, refuse);
    const size = META.has(type) ? told : (long.size ?? told);
    const data = bytes.subarray(at + BLOCK, at + BLOCK + size);
    if (data.length < size) throw refuse('unexpected end of the archive');
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    const names = longNamesIn(type, data, refuse);
    if (names) {
      long = { ...long, ...names };
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
  /** Bytes of its data, instead of what its own header says. */
  readonly size?: number;
}

/** What an entry tells of the one after it; `undefined` for one that stands for itself. */
const longNamesIn = (type: string, data: Uint8Array, refuse: RefuseArchive): LongNames | undefined => {
  if (type === 'g') return {};
  if (type !== 'L' && type !== 'K' && type !== 'x') return undefined;
  if (data.length > LONGEST_NAME_BYTES) throw refuse('a name in the archive is too long');
  if (type === 'L') return { name: textOf(data) };
  if (type === 'K') return { target: textOf(data) };
  const records = readPax(data, refuse);
  const [name, target, size] = [records.get('path'), records.get('linkpath'), records.get('size')];
  if ([...records.keys()].some((key) => key.startsWith('GNU.sparse.')))
    throw refuse('has a sparse file; pack it whole');
  if (size !== undefined && !/^\d{1,15}$/.test(size)) throw refuse('invalid tar header');
  return {
    ...(name !== undefined && { name }),
    ...(target !== undefined && { target }),
    ...(size !== undefined && { size: Number(size) }),
  };
};

const sizeOf = (header: Uint8Array, refuse: RefuseArchive): number => {
  const octal = textOf(header.subarray(124, 136)).trim();
  if (!/^[0-7]*$/.test(octal)) throw refuse('invalid tar header');
  return Number.parseInt(octal || '0', 8);
};

const nameOf = (header: Uint8Array): string => {
  // GNU's own format keeps times where POSIX has the beginning of a long name.
  const prefix = MAGIC.every((byte, at) => header[257 + at] === byte) ? textOf(header.subarray(345, 500)) : '';
  const name = textOf(header.subarray(0, 100));
  return prefix === '' ? name : `${prefix}/${name}`;
};

const textOf = (bytes: Uint8Array): string => {
  const end = bytes.indexOf(0);
  return Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString('utf8');
};

/** Pax records by key: each is "length key=value\n", and only its length says where it ends. */
const readPax = (data: Uint8Array, refuse: RefuseArchive): ReadonlyMap<string, string> => {
  const records = new Map<string, string>();
  for (let at = 0; at < data.length;) {
    const head = /^(\d{1,9}) /.exec(Buffer.from(data.subarray(at, at + 10)).toString('latin1'));
    const length = Number(head?.[1] ?? 0);
    const record = Buffer.from(data.subarray(at + (head?.[0].length ?? 0), at + length - 1)).toString('utf8');
    const equals = record.indexOf('=');
    if (!head || length <= head[0].length || equals <= 0 || data[at + length - 1] !== 0x0a)
      throw refuse('invalid tar header');
    records.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return records;
};
