/**
 * Files of a source, however they are kept. A tree has no notion of outside: paths are relative to its root, use
 * forward slashes, and cannot leave it.
 */
import { Failure } from '@argosy/base';

/** What stands at a path. */
export type TreeEntry =
  | { readonly kind: 'file'; readonly path: string; readonly id: string }
  | { readonly kind: 'directory'; readonly path: string }
  /** `target` as it is written in the link. */
  | { readonly kind: 'link'; readonly path: string; readonly id: string }
  /** Another repository's commit, which the id is. */
  | { readonly kind: 'submodule'; readonly path: string; readonly id: string };

/** Reads files. All methods throw Failure with code `PathOutside` for paths that leave the tree. */
export interface Tree {
  /** Identifies the content: two trees of the same id hold the same files. */
  readonly id: string;
  /** What stands at a path, links followed inside the tree; `undefined` when nothing does. */
  find(path: string): Promise<TreeEntry | undefined>;
  /** The entries of a directory, sorted by name; empty when it is none. */
  list(path: string): Promise<readonly TreeEntry[]>;
  /** A file's bytes. Throws Failure `NotFound`, `TooLarge`. */
  read(path: string): Promise<Uint8Array>;
}

/** Largest file a tree reads, in bytes: manifests are small, and one file must not exhaust memory. */
export const LARGEST_FILE_BYTES = 16 * 1024 * 1024;

/**
 * Brings a path to its one form: no `.` parts, no doubled or outer slashes; the root is the empty text. Throws Failure
 * `PathOutside` for absolute paths, `..` that leaves the root, backslashes and NUL.
 */
export const normalizePath = (path: string): string => {
  if (path.startsWith('/') || path.includes('\\') || path.includes('\0')) throw outside(path);
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) throw outside(path);
  }
  return parts.join('/');
};

/** Joins a path below a directory; a leading slash means the root of the tree. */
export const joinPath = (directory: string, path: string): string =>
  normalizePath(path.startsWith('/') ? path.slice(1) : `${directory}/${path}`.replace(/^\/+/, ''));

/** The directory a path stands in; the root is the empty text. */
export const parentOf = (path: string): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '');

const outside = (path: string): Failure =>
  new Failure(
    `path ${JSON.stringify(path)} leads outside of the source; use a path relative to its root, without ".." beyond it`,
    { code: 'PathOutside' },
  );
