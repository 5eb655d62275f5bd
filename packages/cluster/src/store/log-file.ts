/**
 * A file of the log of writes on disk.
 */
import { closeSync, constants, fdatasync, fstatSync, openSync, readSync, write, writeSync } from 'node:fs';
import path from 'node:path';

import { syncFolder } from './keep-file.ts';
import type { QuickDisk } from './quick-disk.ts';

/** What the log of writes needs of a disk. */
export interface LogFile {
  /** All of it; empty when it was not there. */
  read(): Uint8Array;
  /** Writes at a position, past what is there if need be. Resolves when it is on disk. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  close(): void;
}

/**
 * On Linux a write flushes itself: one call of the system, made elsewhere, and not two. What other systems mean by the
 * flag is less than a flush of the disk.
 */
const FLUSHES_ITSELF = process.platform === 'linux';
const FLUSH_FLAG = FLUSHES_ITSELF ? constants.O_DSYNC : 0;

/** Opens or makes a file that its owner only can read. Throws what the system says. */
export const openLogFile = (file: string, disk: QuickDisk): LogFile => {
  const handle = openForUpdate(file);
  return {
    read: () => readWhole(handle),
    write: async (bytes, position) => {
      if (FLUSHES_ITSELF && disk.isQuick(bytes.byteLength))
        return disk.wait(() => writeWholeNow(handle, bytes, position));
      await writeWhole(handle, bytes, position);
      if (!FLUSHES_ITSELF) await flush(handle);
    },
    close: () => closeSync(handle),
  };
};

const openForUpdate = (file: string): number => {
  try {
    return openSync(file, constants.O_RDWR | FLUSH_FLAG);
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT')) throw thrown;
    const handle = openSync(file, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | FLUSH_FLAG, 0o600);
    syncFolder(path.dirname(file));
    return handle;
  }
};

const flush = (handle: number): Promise<void> =>
  new Promise((resolve, reject) => {
    fdatasync(handle, (thrown) => (thrown ? reject(thrown) : resolve()));
  });

const readWhole = (handle: number): Uint8Array => {
  const bytes = Buffer.allocUnsafe(fstatSync(handle).size);
  let at = 0;
  while (at < bytes.byteLength) {
    const got = readSync(handle, bytes, at, bytes.byteLength - at, at);
    if (got === 0) break;
    at += got;
  }
  return bytes.subarray(0, at);
};

/** A call of the system may write less than asked, when the disk is full for one. */
const writeWhole = (handle: number, bytes: Uint8Array, position: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const writeFrom = (at: number): void =>
      write(handle, bytes, at, bytes.byteLength - at, position + at, (thrown, written) => {
        if (thrown) return reject(thrown);
        if (at + written >= bytes.byteLength) return resolve();
        writeFrom(at + written);
      });
    writeFrom(0);
  });

const writeWholeNow = (handle: number, bytes: Uint8Array, position: number): void => {
  for (let at = 0; at < bytes.byteLength;) at += writeSync(handle, bytes, at, bytes.byteLength - at, position + at);
};
