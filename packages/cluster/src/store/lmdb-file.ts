/**
 * Looks at a database file before LMDB maps it: a damaged or cut file would end the process, not throw.
 * @spec LMDB mdb.c, struct MDB_meta: two meta pages, each with a magic number, the page size and the last page in use.
 */
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';

const MAGIC = 0xbeefc0de;
const MAGIC_AT = 24;
const PAGE_SIZE_AT = 48;
const LAST_PAGE_AT = 144;
const TRANSACTION_AT = 152;
const META_BYTES = 160;

/** Says what is wrong with a database file, or `undefined` when it looks whole or is not there yet. */
export const findDatabaseDamage = (file: string): string | undefined => {
  if (!existsSync(file)) return undefined;
  const handle = openSync(file, 'r');
  try {
    const size = fstatSync(handle).size;
    if (size === 0) return undefined;
    const first = readMeta(handle, 0);
    if (!first) return 'it does not begin like a database';
    const second = readMeta(handle, first.pageSize);
    if (!second || second.pageSize !== first.pageSize) return 'its second header is damaged';
    const newest = second.transaction > first.transaction ? second : first;
    const needed = (newest.lastPage + 1n) * BigInt(newest.pageSize);
    return BigInt(size) < needed ? `it is cut: ${size} of ${needed} bytes are there` : undefined;
  } finally {
    closeSync(handle);
  }
};

interface Meta {
  readonly pageSize: number;
  readonly lastPage: bigint;
  readonly transaction: bigint;
}

const readMeta = (handle: number, at: number): Meta | undefined => {
  const page = Buffer.alloc(META_BYTES);
  if (readSync(handle, page, 0, META_BYTES, at) < META_BYTES || page.readUInt32LE(MAGIC_AT) !== MAGIC) return undefined;
  const pageSize = page.readUInt32LE(PAGE_SIZE_AT);
  const isPlausible = pageSize >= 256 && pageSize <= 65_536 && (pageSize & (pageSize - 1)) === 0;
  return isPlausible
    ? { pageSize, lastPage: page.readBigUInt64LE(LAST_PAGE_AT), transaction: page.readBigUInt64LE(TRANSACTION_AT) }
    : undefined;
};
