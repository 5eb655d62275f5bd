/**
 * A container's files as a supervisor sees them on this machine: what it places before the start is bound into the
 * container, what it reads after the end was copied out, and volumes are where they always are.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

import { Failure } from '@argosy/base';

import { toHostPath, type ContainerFiles } from '../process/container-paths.ts';
import { isEngineStatus, type Engine } from './engine.ts';

/** A path of the container and where it lies on this machine. */
export interface PlacedPath {
  readonly containerPath: string;
  readonly hostPath: string;
}

const MOST_LINKS = 40;
/** What tar says when something is wrong, in characters. */
const COMPLAINT_LENGTH = 500;

/**
 * Of the paths a supervisor asked for, those where it placed something and that no volume covers, outermost only. Folders are
 * opened to every user, as an image's own /tmp is: who runs inside is not known here.
 */
export const findPlaced = async (files: ContainerFiles, asked: Iterable<string>): Promise<readonly PlacedPath[]> => {
  const placed: PlacedPath[] = [];
  for (const containerPath of [...asked].toSorted((one, other) => one.length - other.length)) {
    if (isBelow(containerPath, [...files.mounts, ...placed])) continue;
    const hostPath = toHostPath(files, containerPath);
    const found = await fs.stat(hostPath).catch(() => undefined);
    if (!found) continue;
    if (found.isDirectory()) await fs.chmod(hostPath, 0o1777);
    placed.push({ containerPath, hostPath });
  }
  return placed;
};

/** Whether a path is one of these, or below one. Pure. */
export const isBelow = (containerPath: string, covers: readonly { readonly containerPath: string }[]): boolean =>
  covers.some((cover) => containerPath === cover.containerPath || containerPath.startsWith(`${cover.containerPath}/`));

/** Copies paths out of a container that has ended; those it does not have are left out, links are followed inside it. */
export const collectPaths = async (
  engine: Engine,
  from: { readonly containerId: string; readonly files: ContainerFiles; readonly bound: readonly string[] },
  paths: readonly string[],
): Promise<void> => {
  const bound = from.bound.map((containerPath) => ({ containerPath }));
  for (const containerPath of paths)
    if (!isBelow(containerPath, [...from.files.mounts, ...bound])) await collectPath(engine, from, containerPath);
};

const collectPath = async (
  engine: Engine,
  from: { readonly containerId: string; readonly files: ContainerFiles },
  containerPath: string,
): Promise<void> => {
  const destination = toHostPath(from.files, containerPath);
  const scratch = await fs.mkdtemp(path.join(path.dirname(from.files.upper), 'collect-'));
  try {
    let wanted = containerPath;
    for (let links = 0; links < MOST_LINKS; links += 1) {
      const copied = await copyOut(engine, from.containerId, { wanted, scratch });
      if (copied.kind === 'absent') return;
      if (copied.kind === 'link') {
        wanted = path.posix.resolve(path.posix.dirname(wanted), copied.target);
        continue;
      }
      await removeDevices(copied.hostPath);
      await fs.mkdir(path.dirname(destination), { recursive: true });
      await fs.rm(destination, { recursive: true, force: true });
      await fs.rename(copied.hostPath, destination);
      return;
    }
    throw new Failure(`too many symbolic links in ${containerPath}`, { code: 'CollectFailed' });
  } finally {
    await fs.rm(scratch, { recursive: true, force: true });
  }
};

type Copied =
  | { readonly kind: 'absent' }
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'copied'; readonly hostPath: string };

/** Unpacks one path into a folder; its archive has exactly one entry at the top. */
const copyOut = async (
  engine: Engine,
  containerId: string,
  { wanted, scratch }: { readonly wanted: string; readonly scratch: string },
): Promise<Copied> => {
  const query = { path: wanted };
  try {
    const archive = await engine.stream({ method: 'GET', path: `/containers/${containerId}/archive`, query });
    await unpack(archive, scratch);
  } catch (thrown) {
    if (isEngineStatus(thrown, 404)) return { kind: 'absent' };
    throw thrown;
  }
  const [name] = await fs.readdir(scratch);
  if (name === undefined) return { kind: 'absent' };
  const hostPath = path.join(scratch, name);
  if (!(await fs.lstat(hostPath)).isSymbolicLink()) return { kind: 'copied', hostPath };
  const target = await fs.readlink(hostPath);
  await fs.rm(hostPath);
  return { kind: 'link', target };
};

const unpack = async (archive: AsyncIterable<Buffer>, folder: string): Promise<void> => {
  const tar = spawn('tar', ['-x', '-f', '-', '-C', folder, '--no-same-owner', '--no-same-permissions'], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let complaint = '';
  tar.stderr.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(0, COMPLAINT_LENGTH)));
  const ended = new Promise<number | null>((resolve, reject) => {
    tar.on('error', reject);
    tar.on('close', resolve);
  });
  const [sent, code] = await Promise.allSettled([pipeline(archive, tar.stdin), ended]);
  if (code.status === 'rejected') throw code.reason;
  if (code.value !== 0) throw new Failure(`unpack with tar: ${complaint.trim()}`, { code: 'CollectFailed' });
  if (sent.status === 'rejected') throw sent.reason;
};

/** Keeps files, folders and links: a device made inside would open the machine's own to whoever reads the copy. */
const removeDevices = async (place: string): Promise<void> => {
  const found = await fs.lstat(place);
  if (found.isDirectory()) {
    for (const name of await fs.readdir(place)) await removeDevices(path.join(place, name));
    return;
  }
  if (!found.isFile() && !found.isSymbolicLink()) await fs.rm(place);
};
