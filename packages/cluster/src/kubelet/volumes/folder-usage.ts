/**
 * How much a folder takes up.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const KIBI = 1024;
/** Longest time it may take, in milliseconds: who looks again and again must not fall behind. */
const LONGEST_MS = 60_000;

/**
 * Bytes on disk of everything below a folder, itself included; files with two names count once, other file systems not at
 * all. `undefined` when it cannot be told, e.g. because the folder is gone. The program `du` is asked, since it does not follow
 * links that whoever writes into the folder puts in its way.
 */
export const folderUsage = async (folder: string): Promise<number | undefined> => {
  const { stdout } = await run('du', ['-s', '-k', '-x', folder], { timeout: LONGEST_MS }).catch(told);
  const kibibytes = /^(\d+)\s/.exec(stdout)?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * KIBI;
};

/** What goes away meanwhile is complained about; the sum is told all the same. */
const told = (thrown: unknown): { readonly stdout: string } => {
  const { stdout } = thrown as { readonly stdout?: unknown };
  return { stdout: typeof stdout === 'string' ? stdout : '' };
};
