/**
 * Entries as files, one each, the least used gone first when they are more than their folder may hold.
 */
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { Random } from '@argosy/base';

import { parseEntry, type Entry } from './entry.ts';

/** Keeps entries. What goes wrong with the disk is as if nothing were kept: it never throws. */
export interface EntryStore {
  /** Entries of a key, in no order. */
  find(key: string): Promise<readonly Entry[]>;
  put(entry: Entry, text: string): Promise<void>;
  /** Counts of what is kept. */
  size(): Promise<{ readonly entries: number; readonly bytes: number }>;
}

interface Known {
  readonly bytes: number;
  usedMs: number;
}

const FILE = /^([0-9a-f]{64})-([0-9a-f]{64})\.json$/;
/** Entries of one key that are worth keeping: branches of one repository. */
const MOST_OF_A_KEY = 4;

/** Opens a folder; it is made when there is something to keep. */
export const createDiskStore = (
  deps: { readonly random: Random; now(): number },
  of: { readonly directory: string; readonly mostBytes: number },
): EntryStore => {
  const { directory, mostBytes } = of;
  let reading: Promise<Map<string, Known>> | undefined;
  const files = (): Promise<Map<string, Known>> => (reading ??= readKnown(directory));

  const drop = async (known: Map<string, Known>, name: string): Promise<void> => {
    known.delete(name);
    await rm(path.join(directory, name), { force: true }).catch(ignore);
  };
  return {
    find: async (key) => {
      const known = await files();
      const found: Entry[] = [];
      for (const [name, of_] of known) {
        if (!name.startsWith(key)) continue;
        const text = await readFile(path.join(directory, name), 'utf8').catch(ignore);
        const entry = text === undefined ? undefined : parseEntry(text);
        if (entry?.key !== key) await drop(known, name);
        else {
          found.push(entry);
          of_.usedMs = deps.now();
          await utimes(path.join(directory, name), deps.now() / 1000, deps.now() / 1000).catch(ignore);
        }
      }
      return found;
    },
    put: async (entry, text) => {
      const bytes = Buffer.byteLength(text);
      if (bytes > mostBytes) return;
      const known = await files();
      const name = `${entry.key}-${entry.trace}.json`;
      if (!(await writeWhole(path.join(directory, name), text, deps.random))) return;
      known.set(name, { bytes, usedMs: deps.now() });
      for (const surplus of surplusOf(known, entry.key, mostBytes)) await drop(known, surplus);
    },
    size: async () => {
      const known = await files();
      return { entries: known.size, bytes: [...known.values()].reduce((sum, { bytes }) => sum + bytes, 0) };
    },
  };
};

const ignore = (): undefined => undefined;

/** Files to remove: those of a key beyond what one is worth, then the least used until the others fit. */
const surplusOf = (known: ReadonlyMap<string, Known>, key: string, mostBytes: number): readonly string[] => {
  const byAge = [...known].sort(([, left], [, right]) => left.usedMs - right.usedMs);
  const same = byAge.filter(([name]) => name.startsWith(key));
  const surplus = new Set(same.slice(0, Math.max(0, same.length - MOST_OF_A_KEY)).map(([name]) => name));
  const others = byAge.filter(([name]) => !surplus.has(name));
  let total = others.reduce((sum, [, { bytes }]) => sum + bytes, 0);
  for (const [name, { bytes }] of others) {
    if (total <= mostBytes) break;
    total -= bytes;
    surplus.add(name);
  }
  return [...surplus];
};

/** Written aside and moved: a kill in between leaves no half entry. Tells whether it could be. */
const writeWhole = async (file: string, text: string, random: Random): Promise<boolean> => {
  const aside = `${file}.${random.uuid()}`;
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(aside, text, { mode: 0o600 });
    await rename(aside, file);
    return true;
  } catch {
    await rm(aside, { force: true }).catch(ignore);
    return false;
  }
};

const readKnown = async (directory: string): Promise<Map<string, Known>> => {
  const known = new Map<string, Known>();
  const names = await readdir(directory).catch(() => []);
  for (const name of names) {
    const file = path.join(directory, name);
    if (!FILE.test(name)) continue;
    const found = await stat(file).catch(ignore);
    if (found) known.set(name, { bytes: found.size, usedMs: found.mtimeMs });
  }
  return known;
};
