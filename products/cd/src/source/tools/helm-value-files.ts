/**
 * The files that entries of `valueFiles` stand for, in the order in which their values are laid over each other.
 * @spec CD-HELM-05, CD-HELM-06, CD-HELM-07
 * @upstream argo-cd reposerver/repository/repository.go#getResolvedValueFiles
 */
import { Failure } from '@argosy/base';
import { compileRegularExpression, type RegularExpression } from '@argosy/expressions';
import { joinPath, type Tree } from '@argosy/manifests';

import { substituteEnvironment, type BuildEnvironment } from '../build-environment.ts';

/** Where a file lies: in the source's tree, in that of a source it refers to, or on the network. */
export type FoundFile =
  | {
      readonly kind: 'tree';
      /** Name of the other source; empty for the source's own tree. */
      readonly ref: string;
      /** From the root. */
      readonly path: string;
    }
  | { readonly kind: 'url'; readonly url: string };

/** What entries are resolved in. */
export interface ValueFileScope {
  readonly tree: Tree;
  /** Folder of the chart; entries are relative to it, those with a leading slash to the root. */
  readonly path: string;
  readonly environment: BuildEnvironment;
  /** Files that are not there are left out instead of refused. */
  readonly ignoreMissing: boolean;
  /** Trees of other sources by their `ref` (CD-APP-12). */
  readonly refs?: ReadonlyMap<string, Tree>;
  /** Schemes of files on the network; default none. */
  readonly schemes?: readonly string[];
}

/** Folders below a glob's fixed part; more is no folder of values. */
const MOST_ENTRIES = 20_000;

/**
 * The files, each once: an explicit entry keeps its own place, globs leave it out. Throws Failure: NotFound,
 * PathOutside, NotSupported, InvalidReference.
 */
export const resolveValueFiles = async (
  entries: readonly string[],
  scope: ValueFileScope,
): Promise<readonly FoundFile[]> => {
  const resolved = entries.map((entry) => resolveEntry(entry, scope));
  const explicit = new Set(resolved.filter((file) => file.kind === 'url' || !isGlobPath(file.path)).map(nameOfFile));
  const found = new Map<string, FoundFile>();
  for (const file of resolved) {
    if (file.kind === 'url') found.set(nameOfFile(file), file);
    else if (!isGlobPath(file.path)) {
      if ((await isFile(treeOf(file, scope), file.path)) || !scope.ignoreMissing) found.set(nameOfFile(file), file);
    } else
      for (const match of await matchesOf(file, scope))
        if (!explicit.has(nameOfFile(match)) && !found.has(nameOfFile(match))) found.set(nameOfFile(match), match);
  }
  return [...found.values()];
};

/** Whether an entry is a glob. */
export const isGlobPath = (path: string): boolean => /[*?[]/.test(path);

/** A file as messages and `--set-file` name it. */
export const nameOfFile = (file: FoundFile): string => {
  if (file.kind === 'url') return file.url;
  return file.ref === '' ? file.path : `$${file.ref}/${file.path}`;
};

/** The tree a file lies in. */
export const treeOf = (
  file: Extract<FoundFile, { kind: 'tree' }>,
  { tree, refs }: Pick<ValueFileScope, 'tree' | 'refs'>,
): Tree => (file.ref === '' ? tree : (refs?.get(file.ref) ?? tree));

/** What an entry of a source names. Throws Failure: PathOutside, NotSupported, InvalidReference. */
export const resolveEntry = (
  entry: string,
  scope: Pick<ValueFileScope, 'path' | 'environment' | 'refs' | 'schemes'>,
): FoundFile => {
  const { environment, refs, schemes = [] } = scope;
  const [, ref = '', rest] = /^\$([A-Za-z0-9_-]+)(?:\/(.*))?$/s.exec(entry) ?? [];
  // The variables of what follows a reference are put in once it is known where it leads (CD-GEN-05).
  if (refs?.has(ref)) {
    if (!rest) throw refused(`${JSON.stringify(entry)}: names no file of the source ${JSON.stringify(ref)}`);
    return { kind: 'tree', ref, path: joinPath('', substituteEnvironment(rest, environment)) };
  }
  if (ref !== '' && refs && refs.size > 0 && !Object.hasOwn(environment, ref))
    throw refused(`source referenced ${JSON.stringify(ref)}, but no source has a 'ref' field defined with that name`);
  const path = substituteEnvironment(entry, environment);
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(path)?.[1]?.toLowerCase();
  if (scheme === undefined) return { kind: 'tree', ref: '', path: joinPath(scope.path, path) };
  if (schemes.includes(scheme) && (scheme === 'http' || scheme === 'https')) return { kind: 'url', url: path };
  throw new Failure(
    `${JSON.stringify(path)}: files of ${scheme} are not allowed here; use one of the repository, or of ${schemes.join(' or ') || 'no scheme'}`,
    { code: 'NotSupported' },
  );
};

const refused = (why: string): Failure => new Failure(`valueFiles: ${why}`, { code: 'InvalidReference' });

const matchesOf = async (
  file: Extract<FoundFile, { kind: 'tree' }>,
  scope: ValueFileScope,
): Promise<readonly FoundFile[]> => {
  const matches = await filesMatching(treeOf(file, scope), file.path);
  if (matches.length === 0 && !scope.ignoreMissing)
    throw new Failure(`valueFiles: no file matches ${JSON.stringify(nameOfFile(file))}`, { code: 'NotFound' });
  return matches.map((path) => ({ ...file, path }));
};

const isFile = async (tree: Tree, path: string): Promise<boolean> => (await tree.find(path))?.kind === 'file';

const filesMatching = async (tree: Tree, glob: string): Promise<readonly string[]> => {
  const pattern = compileDoublestar(glob);
  const fixed = glob.slice(0, glob.search(/[*?[{]/));
  const files: string[] = [];
  const budget = { left: MOST_ENTRIES };
  await collectFiles(tree, fixed.slice(0, Math.max(0, fixed.lastIndexOf('/'))), { files, budget });
  return files.filter((path) => pattern.test(path));
};

/** A folder's own files come before those of its folders. */
const collectFiles = async (
  tree: Tree,
  folder: string,
  into: { readonly files: string[]; readonly budget: { left: number } },
): Promise<void> => {
  const below: string[] = [];
  for (const entry of await tree.list(folder)) {
    into.budget.left -= 1;
    if (into.budget.left < 0)
      throw new Failure(`valueFiles: more than ${MOST_ENTRIES} files to look through; name a folder`, {
        code: 'TooLarge',
      });
    const actual = entry.kind === 'link' ? await tree.find(entry.path) : entry;
    if (actual?.kind === 'file') into.files.push(entry.path);
    // Links to folders are not followed: a glob must not walk in circles.
    if (entry.kind === 'directory') below.push(entry.path);
  }
  for (const path of below) await collectFiles(tree, path, into);
};

/** `**` stands for any folders, none too. */
const compileDoublestar = (glob: string): RegularExpression => {
  const source = glob
    .split(/(\*\*\/|\*\*|\*|\?|\[[^\]]*\]|\{[^{}]*\})/)
    .map((part) => DOUBLESTAR.get(part) ?? translate(part))
    .join('');
  const compiled = compileRegularExpression(`^${source}$`);
  if (!compiled.ok)
    throw new Failure(`valueFiles: ${JSON.stringify(glob)} is no glob: ${compiled.error}`, { code: 'InvalidGlob' });
  return compiled.value;
};

const DOUBLESTAR: ReadonlyMap<string, string> = new Map([
  ['**/', '(?:.*/)?'],
  ['**', '.*'],
  ['*', '[^/]*'],
  ['?', '[^/]'],
]);

const translate = (part: string): string => {
  if (part.startsWith('[') && part.endsWith(']')) return part.replace(/^\[!/, '[^');
  if (part.startsWith('{') && part.endsWith('}'))
    return `(?:${part.slice(1, -1).split(',').map(escapeLiteral).join('|')})`;
  return escapeLiteral(part);
};

const escapeLiteral = (text: string): string => text.replaceAll(/[\\^$.|?*+()[\]{}]/g, String.raw`\$&`);
