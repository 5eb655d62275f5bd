/**
 * The folder a store lives in: made if missing, held by one process at a time, refused in one clear line if it is
 * not usable.
 */
import { closeSync, mkdirSync, openSync, readFileSync, readlinkSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';

import { Failure, messageOf } from '@argosy/base';

import { hasLife, showLife, type LifeSign } from './folder-life.ts';
import { keepFile, syncFolder } from './keep-file.ts';

/** A folder held by this process. */
export interface DataFolder {
  readonly directory: string;
  /** Lets others have it. Idempotent. */
  release(): void;
}

/** Version of the layout below the folder. */
const FORMAT = 'argosy-store 1\n';

/** Makes and holds the folder. Throws Failure: StoreUnwritable, StoreInUse, StoreCorrupt. */
export const holdDataFolder = (directory: string): DataFolder => {
  try {
    const made = mkdirSync(directory, { recursive: true, mode: 0o700 });
    if (made !== undefined) syncFolder(path.dirname(made));
  } catch (thrown) {
    throw unwritable(directory, thrown);
  }
  const lock = path.join(directory, 'lock');
  const life = takeLock(directory, lock);
  const release = (): void => {
    life.end();
    rmSync(lock, { force: true });
  };
  try {
    checkFormat(directory);
  } catch (thrown) {
    release();
    throw thrown;
  }
  return { directory, release };
};

const takeLock = (directory: string, lock: string): LifeSign => {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      return writeLock(directory, lock);
    } catch (thrown) {
      if (codeOf(thrown) !== 'EEXIST') throw unwritable(directory, thrown);
      const holder = settledHolder(lock);
      if (isAlive(directory, holder)) throw inUse(directory, holder);
      removeStale(directory, lock, holder);
    }
  }
  throw new Failure(`${directory} is in use; choose another folder with --data`, { code: 'StoreInUse' });
};

/** Who has made the file shows life before writing down who they are. */
const writeLock = (directory: string, lock: string): LifeSign => {
  const file = openSync(lock, 'wx', 0o600);
  try {
    const life = showLife(directory);
    writeSync(file, JSON.stringify({ pid: process.pid, started: startOf(process.pid), among: ownProcesses() }));
    return life;
  } catch (thrown) {
    rmSync(lock, { force: true });
    throw thrown;
  } finally {
    closeSync(file);
  }
};

/** One that cannot be read may be about to be written: it gets a moment. */
const settledHolder = (lock: string): Holder | undefined => {
  const holder = readHolder(lock);
  if (holder) return holder;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WRITING_MS);
  return readHolder(lock);
};

const WRITING_MS = 100;

/**
 * Takes away what a killed process left. Of several who see it at once the first may hold the folder already when the
 * next comes to this: then what was moved away is put back.
 */
const removeStale = (directory: string, lock: string, stale: Holder | undefined): void => {
  const aside = `${lock}.${process.pid}`;
  try {
    renameSync(lock, aside);
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return;
    throw unwritable(directory, thrown);
  }
  const moved = readHolder(aside);
  const isStale = moved !== undefined && moved.pid === stale?.pid && moved.started === stale.started;
  if (!isStale && isAlive(directory, moved)) {
    renameSync(aside, lock);
    throw inUse(directory, moved);
  }
  rmSync(aside, { force: true });
};

const inUse = (directory: string, holder: Holder | undefined): Failure => {
  const where = holder === undefined || isAmongOurs(holder.among) ? '' : ' of another container';
  const by = holder === undefined ? 'a process that begins' : `process ${holder.pid}`;
  return new Failure(`${directory} is in use by ${by}${where}; stop it or choose another folder with --data`, {
    code: 'StoreInUse',
  });
};

interface Holder {
  readonly pid: number;
  readonly started: string | undefined;
  /** Which processes the id is one of. */
  readonly among: string | undefined;
}

const readHolder = (lock: string): Holder | undefined => {
  try {
    const holder = JSON.parse(readFileSync(lock, 'utf8')) as Partial<Holder>;
    return typeof holder.pid === 'number'
      ? { pid: holder.pid, started: holder.started, among: holder.among }
      : undefined;
  } catch {
    // Being written, or torn by a kill: nobody can be named.
    return undefined;
  }
};

/** Where ids of processes say nothing of the holder, or nobody has said yet who they are, the kernel is asked. */
const isAlive = (directory: string, holder: Holder | undefined): boolean =>
  holder !== undefined && isAmongOurs(holder.among) ? isRunning(holder) : hasLife(directory);

/** One who did not say is of an earlier version, or of a system that has one set of processes. */
const isAmongOurs = (among: string | undefined): boolean => among === undefined || among === ownProcesses();

/** The set of processes this one is among: containers have sets of their own. `undefined` on other systems than Linux. */
const ownProcesses = (): string | undefined => {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return undefined;
  }
};

const isRunning = (holder: Holder): boolean => {
  try {
    process.kill(holder.pid, 0);
  } catch (thrown) {
    return codeOf(thrown) === 'EPERM';
  }
  // One that was killed and not yet waited for holds nothing any more.
  if (fieldsOf(holder.pid)?.[0] === 'Z') return false;
  // Process ids are used again; the start time tells one process from the next where the system has it.
  const started = startOf(holder.pid);
  return started === undefined || holder.started === undefined || started === holder.started;
};

/** Start time of a process in clock ticks since boot, on Linux. */
const startOf = (pid: number): string | undefined => fieldsOf(pid)?.[19];

/** Fields of `/proc/PID/stat` after the name, which may hold anything: state first. `undefined` on other systems. */
const fieldsOf = (pid: number): readonly string[] | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
};

const checkFormat = (directory: string): void => {
  const file = path.join(directory, 'format');
  try {
    const format = readFileSync(file, 'utf8');
    if (format !== FORMAT)
      throw new Failure(
        `${directory} holds another version's data (${format.trim().slice(0, 40)}); choose another folder with --data`,
        { code: 'StoreCorrupt' },
      );
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    if (codeOf(thrown) !== 'ENOENT') throw unwritable(directory, thrown);
    try {
      keepFile(file, FORMAT);
    } catch (failed) {
      throw unwritable(directory, failed);
    }
  }
};

const unwritable = (directory: string, cause: unknown): Failure =>
  new Failure(`${directory} cannot be written: ${messageOf(cause)}; choose another folder with --data`, {
    code: 'StoreUnwritable',
    cause,
  });

const codeOf = (thrown: unknown): unknown => (thrown instanceof Error && 'code' in thrown ? thrown.code : undefined);
