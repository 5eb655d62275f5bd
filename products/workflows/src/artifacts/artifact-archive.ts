/**
 * Archives of artifacts, and parts of what they held.
 */
import { execFile } from 'node:child_process';
import { mkdir, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

import { Failure } from '@argosy/base';

const run = promisify(execFile);
/** Output of tar we care for; it prints nothing unless something is wrong. */
const TAR_OUTPUT_BYTES = 64 * 1024;

/** Packs a file or folder, as the one entry of an archive. Throws Failure ArtifactUnreadable. */
export const pack = (source: string, archive: string): Promise<void> =>
  tar(['-czf', archive, '-C', path.dirname(source), '--', `./${path.basename(source)}`]);

/** Unpacks an archive below a folder; gives where its content lies. An archive of one entry becomes that entry. */
export const unpack = async (archive: string, scratch: string): Promise<string> => {
  const folder = path.join(scratch, 'unpacked');
  await mkdir(folder, { recursive: true });
  await tar(['-xzf', archive, '-C', folder, '--no-same-owner']);
  const entries = await readdir(folder);
  return entries.length === 1 ? path.join(folder, entries[0] ?? '') : folder;
};

/** A path below a folder; links that lead out of it do not count: `undefined`, as for what is not there. */
export const partOf = async (source: string, subPath: string): Promise<string | undefined> => {
  try {
    const root = await realpath(source);
    const part = await realpath(path.join(root, path.posix.resolve('/', subPath)));
    return part === root || part.startsWith(`${root}${path.sep}`) ? part : undefined;
  } catch {
    // Not there.
    return undefined;
  }
};

const tar = async (args: readonly string[]): Promise<void> => {
  try {
    await run('tar', [...args], { maxBuffer: TAR_OUTPUT_BYTES });
  } catch (thrown) {
    throw new Failure('pack or unpack an artifact with tar', { code: 'ArtifactUnreadable', cause: thrown });
  }
};
