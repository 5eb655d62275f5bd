/**
 * Files of one kustomization and of those it builds on. A kustomization reads below its own folder only; it may build
 * on any folder of its tree that does not contain it.
 * @upstream sigs.k8s.io/kustomize/api/internal/loader/fileloader.go
 */
import { Failure } from '@argosy/base';

import { joinPath, type Tree } from '../../tree/tree.ts';
import { joinLoosely } from '../resources/origin.ts';
import { isDownload, parseRemoteBase, type RemoteBase } from './remote-base.ts';

/** Opens the repository of a remote base at its revision. Throws Failure when it may not or cannot be read. */
export type ResolveRemote = (remote: RemoteBase) => Promise<Tree>;

/** Reads files below one folder. */
export interface Loader {
  readonly tree: Tree;
  /** The folder within its tree. */
  readonly root: string;
  /** The remote repository it stands in. */
  readonly remote: RemoteBase | undefined;
  /** A file's bytes; `undefined` when there is none. Throws Failure `PathOutside` for files not below the folder. */
  readonly find: (path: string) => Promise<Uint8Array | undefined>;
  /** A file's bytes. Throws Failure `NotFound`, `PathOutside`. */
  readonly read: (path: string) => Promise<Uint8Array>;
  /** A file's text. Throws Failure `NotFound`, `PathOutside`. */
  readonly readText: (path: string) => Promise<string>;
  /** A loader for a folder or remote base. Throws Failure `NotFound`, `CircularBase`, `RemoteBaseRefused`. */
  readonly open: (path: string) => Promise<Loader>;
}

/** Where a build reads from. */
export interface LoaderSource {
  readonly tree: Tree;
  readonly root: string;
  readonly resolveRemote?: ResolveRemote | undefined;
  /** Downloads a file; those with an address are refused without. */
  readonly readUrl?: ((url: string) => Promise<Uint8Array>) | undefined;
  /** Whether files may be read anywhere in the tree. */
  readonly isUnrestricted?: boolean;
}

/** Most reads of one build and bytes read, repeated ones counted: bases that branch at every level never end otherwise. */
const MOST_READS = 20_000;
const MOST_BYTES = 256 * 1024 * 1024;

/** Creates a loader for a folder. Its reads throw Failure `TooLarge` when a build reads without end. */
export const createLoader = (source: LoaderSource): Loader =>
  loaderOf(source, { visited: [], remote: undefined, budget: { reads: MOST_READS, bytes: MOST_BYTES } });

interface Lineage {
  /** Folders that led here, with their trees. */
  readonly visited: readonly { readonly tree: string; readonly root: string }[];
  readonly remote: RemoteBase | undefined;
  readonly budget: { reads: number; bytes: number };
}

const loaderOf = (source: LoaderSource, lineage: Lineage): Loader => {
  const { tree, root } = source;
  const find = async (path: string): Promise<Uint8Array | undefined> => {
    if (isDownload(path)) return download(source, path, lineage.budget);
    const file = joinWithin(root, path);
    spend(lineage.budget, 0);
    const entry = await tree.find(file);
    if (entry?.kind !== 'file') return undefined;
    const isBelow = isWithin(root, file) && isWithin(root, entry.path);
    if (!isBelow && source.isUnrestricted !== true)
      throw new Failure(`file ${path} is not in or below ${root || 'the root'}; move it there or make it a base`, {
        code: 'PathOutside',
      });
    const bytes = await tree.read(file);
    spend(lineage.budget, bytes.length);
    return bytes;
  };
  const read = async (path: string): Promise<Uint8Array> => {
    const bytes = await find(path);
    if (bytes) return bytes;
    throw new Failure(`no such file: ${joinLoosely(root, path)}`, { code: 'NotFound' });
  };
  const here = { tree: tree.id, root };
  return {
    tree,
    root,
    remote: lineage.remote,
    find,
    read,
    readText: async (path) => new TextDecoder().decode(await read(path)),
    open: async (path) => {
      const remote = parseRemoteBase(path);
      if (remote) return openRemote(source, { ...lineage, visited: [...lineage.visited, here], remote });
      const folder = joinWithin(root, path);
      const entry = await tree.find(folder);
      if (entry?.kind !== 'directory')
        throw new Failure(`no such folder: ${joinLoosely(root, path)}`, { code: 'NotFound' });
      refuseCycle(folder, tree.id, [...lineage.visited, here]);
      return loaderOf({ ...source, root: folder }, { ...lineage, visited: [...lineage.visited, here] });
    },
  };
};

const download = async ({ readUrl }: LoaderSource, url: string, budget: Lineage['budget']): Promise<Uint8Array> => {
  if (!readUrl)
    throw new Failure(`${url} would be downloaded, which is not allowed here; copy it into the repository`, {
      code: 'RemoteBaseRefused',
    });
  spend(budget, 0);
  const bytes = await readUrl(url);
  spend(budget, bytes.length);
  return bytes;
};

const spend = (budget: Lineage['budget'], bytes: number): void => {
  budget.reads -= 1;
  budget.bytes -= bytes;
  if (budget.reads < 0 || budget.bytes < 0)
    throw new Failure(
      `the build reads more than ${MOST_READS} times or ${MOST_BYTES / 1024 / 1024} MiB; make it build on fewer bases`,
      { code: 'TooLarge' },
    );
};

const openRemote = async (source: LoaderSource, lineage: Lineage): Promise<Loader> => {
  const { remote } = lineage;
  if (!source.resolveRemote || !remote)
    throw new Failure(
      `remote base ${remote?.text ?? ''} is not allowed here; copy it into the repository and name its folder`,
      { code: 'RemoteBaseRefused' },
    );
  const tree = await resolveNaming(source.resolveRemote, remote);
  const root = joinPath('', remote.path);
  const entry = await tree.find(root);
  if (entry?.kind !== 'directory')
    throw new Failure(`remote base ${remote.text}: no folder ${root} in the repository`, { code: 'NotFound' });
  refuseCycle(root, tree.id, lineage.visited);
  return loaderOf({ ...source, tree, root, isUnrestricted: false }, lineage);
};

const resolveNaming = async (resolve: ResolveRemote, remote: RemoteBase): Promise<Tree> => {
  try {
    return await resolve(remote);
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    const { code, retryable, message } = thrown;
    throw new Failure(`remote base ${remote.text}: ${message}`, { code, retryable, cause: thrown });
  }
};

const refuseCycle = (folder: string, tree: string, visited: Lineage['visited']): void => {
  const cycle = visited.find((other) => other.tree === tree && isWithin(folder, other.root));
  if (cycle)
    throw new Failure(
      `cycle detected: ${folder || 'the root'} contains ${cycle.root || 'the root'}, which builds on it; remove one`,
      { code: 'CircularBase' },
    );
};

const isWithin = (folder: string, path: string): boolean =>
  folder === '' || path === folder || path.startsWith(`${folder}/`);

const joinWithin = (root: string, path: string): string => {
  if (path.startsWith('/'))
    throw new Failure(`path ${path} is absolute; use one relative to the kustomization`, { code: 'PathOutside' });
  return joinPath(root, path);
};
