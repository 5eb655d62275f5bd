/**
 * Where a path of a container lies on this machine. Symbolic links are followed by the container's rules, so that
 * a link a container made never leads a supervisor to files of the host.
 */
import fs from 'node:fs';
import path from 'node:path';

/** A container's file system: mounts, then its own layer over the host's files. */
export interface ContainerFiles {
  /** What the container wrote. */
  readonly upper: string;
  /** The host's root when the container sees it through its layer; `undefined` without a sandbox. */
  readonly lower: string | undefined;
  readonly mounts: readonly { readonly containerPath: string; readonly hostPath: string }[];
}

/** Links followed before a path counts as a loop; the kernel's own limit. */
const MOST_LINKS = 40;

/** A path inside the container without any symbolic link in it. Throws when links form a loop. */
export const resolveLinks = (files: ContainerFiles, containerPath: string): string => {
  let rest = segmentsOf(containerPath);
  let done: readonly string[] = [];
  let links = 0;
  while (rest.length > 0) {
    const [segment = '', ...following] = rest;
    const here = `/${[...done, segment].join('/')}`;
    const target = linkTarget(files, here);
    if (target === undefined) {
      done = [...done, segment];
      rest = following;
      continue;
    }
    links += 1;
    if (links > MOST_LINKS) throw new Error(`too many symbolic links in ${containerPath}`);
    rest = [...segmentsOf(path.posix.resolve(`/${done.join('/')}`, target)), ...following];
    done = [];
  }
  return `/${done.join('/')}`;
};

/** The path on this machine where the container's path is written to. Creates nothing. */
export const toHostPath = (files: ContainerFiles, containerPath: string): string =>
  placeOf(files, resolveLinks(files, containerPath));

/** Whether the container sees a file or folder there. */
export const existsInContainer = (files: ContainerFiles, containerPath: string): boolean => {
  const resolved = resolveLinks(files, containerPath);
  const found = lstat(placeOf(files, resolved));
  if (found) return !isWhiteout(found);
  return findMount(files, resolved) === undefined && files.lower !== undefined && fs.existsSync(files.lower + resolved);
};

const placeOf = (files: ContainerFiles, resolved: string): string => {
  const mount = findMount(files, resolved);
  return mount
    ? path.join(mount.hostPath, resolved.slice(mount.containerPath.length))
    : path.join(files.upper, resolved);
};

const findMount = (files: ContainerFiles, resolved: string) =>
  files.mounts
    .filter(({ containerPath }) => resolved === containerPath || resolved.startsWith(`${containerPath}/`))
    .toSorted((one, other) => other.containerPath.length - one.containerPath.length)[0];

const linkTarget = (files: ContainerFiles, here: string): string | undefined => {
  const mount = findMount(files, here);
  // A mount point itself is what is mounted there, never a link.
  if (mount?.containerPath === here) return undefined;
  const place = placeOf(files, here);
  const found = lstat(place);
  if (found) return found.isSymbolicLink() ? fs.readlinkSync(place) : undefined;
  if (mount || files.lower === undefined) return undefined;
  const below = path.join(files.lower, here);
  return lstat(below)?.isSymbolicLink() ? fs.readlinkSync(below) : undefined;
};

const lstat = (file: string): fs.Stats | undefined => {
  try {
    return fs.lstatSync(file);
  } catch {
    return undefined;
  }
};

/** How overlayfs marks a removed file. */
const isWhiteout = (found: fs.Stats): boolean => found.isCharacterDevice() && found.rdev === 0;

const segmentsOf = (containerPath: string): readonly string[] =>
  path.posix.resolve('/', containerPath).split('/').filter(Boolean);
