/**
 * How much of the disk a mirror may take, and what fetches that did not come to their end have left in it.
 */
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';

import { delay, Failure, type Clock } from '@argosy/base';

/** How often a running fetch is looked at: a fast host sends some tens of megabytes meanwhile. */
const LOOK_MS = 100;

/** A limit, and the words for whoever may raise it. */
export interface MirrorLimit {
  readonly mostBytes: number;
  /** What raises it: a setting's name. */
  readonly setting: string;
}

/**
 * Runs a fetch into a mirror, and ends it when the mirror has grown over the limit. Throws Failure `TooLarge`, which
 * waiting does not cure, and what `run` throws.
 */
export const withinLimit = async (
  { mirror, limit, clock }: { readonly mirror: string; readonly limit: MirrorLimit; readonly clock: Clock },
  run: (signal: AbortSignal) => Promise<unknown>,
): Promise<void> => {
  const before = await packBytes(mirror);
  if (before > limit.mostBytes) throw tooLarge(limit);
  const [watch, ending] = [new AbortController(), new AbortController()];
  const watching = watchSize(mirror, limit, { clock, until: watch.signal, onOver: () => ending.abort() });
  try {
    await run(ending.signal);
  } catch (thrown) {
    if (!ending.signal.aborted) throw thrown;
  } finally {
    watch.abort();
    await watching;
  }
  if (!ending.signal.aborted) return;
  // Nobody reads what was never whole: the disk is free again.
  if (before === 0) await rm(mirror, { recursive: true, force: true });
  throw tooLarge(limit);
};

/** Takes away what fetches have left that were ended: half packs, and locks nobody holds. */
export const removeLeftovers = async (mirror: string): Promise<void> => {
  const packs = path.join(mirror, 'objects', 'pack');
  const halves = (await filesIn(packs)).filter((name) => name.startsWith('tmp_'));
  const locks = (await isTidied(mirror)) ? [] : await locksIn(mirror);
  await Promise.all(
    [...halves.map((name) => path.join(packs, name)), ...locks].map((file) => rm(file, { force: true })),
  );
};

const watchSize = async (
  mirror: string,
  { mostBytes }: MirrorLimit,
  { clock, until, onOver }: { readonly clock: Clock; readonly until: AbortSignal; readonly onOver: () => void },
): Promise<void> => {
  while (!until.aborted) {
    await delay(clock, LOOK_MS, until);
    if ((await packBytes(mirror)) <= mostBytes) continue;
    onOver();
    return;
  }
};

/** Packs are all of a mirror that counts: see `fetch.unpackLimit`. */
const packBytes = async (mirror: string): Promise<number> => {
  const folder = path.join(mirror, 'objects', 'pack');
  const sizes = await Promise.all((await filesIn(folder)).map((name) => sizeOf(path.join(folder, name))));
  return sizes.reduce((sum, size) => sum + size, 0);
};

/** Files come and go while git works. */
const sizeOf = async (file: string): Promise<number> => (await stat(file).catch(() => undefined))?.size ?? 0;

const filesIn = async (folder: string): Promise<readonly string[]> => readdir(folder).catch(() => []);

const locksIn = async (mirror: string): Promise<readonly string[]> => {
  const below = await readdir(path.join(mirror, 'refs'), { recursive: true }).catch(() => []);
  const names = [...(await filesIn(mirror)), ...below.map((name) => path.join('refs', name))];
  return names.filter((name) => name.endsWith('.lock')).map((name) => path.join(mirror, name));
};

/** Whether git tidies the mirror up right now, by itself: then its locks are held. */
const isTidied = async (mirror: string): Promise<boolean> => {
  const [pid = ''] = (await readFile(path.join(mirror, 'gc.pid'), 'utf8').catch(() => '')).split(' ');
  if (!/^[1-9]\d*$/.test(pid)) return false;
  try {
    return process.kill(Number(pid), 0);
  } catch {
    // Nobody of that number: it was killed.
    return false;
  }
};

const tooLarge = ({ mostBytes, setting }: MirrorLimit): Failure =>
  new Failure(
    `the repository is larger than the ${describeBytes(mostBytes)} that a mirror may take; raise ${setting}, or use a smaller repository`,
    { code: 'TooLarge' },
  );

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

const describeBytes = (bytes: number): string => {
  const power = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  return `${Number((bytes / 1024 ** power).toFixed(1))} ${UNITS[power] ?? ''}`;
};
