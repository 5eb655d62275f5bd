/**
 * Small files without which the rest of a folder is worth nothing: there as a whole or not at all, whenever the power fails,
 * and for their owner only.
 */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';

/** Writes a file in place of what is there; it is on disk when this returns. Throws what the system says. */
export const keepFile = (file: string, content: string | Uint8Array): void => {
  const fresh = `${file}.new`;
  // Left behind by a process that was killed; its mode may be another.
  rmSync(fresh, { force: true });
  const handle = openSync(fresh, 'wx', 0o600);
  try {
    const bytes = Buffer.from(content);
    for (let at = 0; at < bytes.byteLength;) at += writeSync(handle, bytes, at);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(fresh, file);
  syncFolder(path.dirname(file));
};

/** The names of files lie in their folder, which has a flush of its own. */
export const syncFolder = (folder: string): void => {
  // Windows has no such thing, and needs none.
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
};
