/**
 * The files that entries of `valueFiles` stand for, in the order in which their values are laid over each other.
 * @spec CD-HELM-05, CD-HELM-06, CD-HELM-07
 * @upstream argo-cd reposerver/repository/repository.go#getResolvedValueFiles
 */
import { Failure } from '@argosy/base';
import { compileRegularExpression, type RegularExpression } from '@argosy/expressions';
import { joinPath, type Tree } from '@argosy/manifests';

import { substituteEnvironment, type BuildEnvironment } from './build-environment.ts';

/** What entries are resolved in. */
export interface ValueFileScope {
  readonly tree: Tree;
  /** Folder of the chart; entries are relative to it, those with a leading slash to the root. */
  readonly path: string;
  readonly environment: BuildEnvironment;
  /** Files that are not there are left out instead of refused. */
  readonly ignoreMissing: boolean;
}

/** Folders below a glob's fixed part; more is no folder of values. */
const MOST_ENTRIES = 20_000;

/**
 * Paths from the root of the tree, each once: an explicit entry keeps its own place, globs leave it out. Throws
 * Failure: NotFound, PathOutside, NotSupported.
 */
export const resolveValueFiles = async (
  entries: readonly string[],
  scope: ValueFileScope,
): Promise<readonly string[]> => {
  const resolved = entries.map((entry) => resolveEntry(entry, scope));
  const explicit = new Set(resolved.filter((path) => !isGlobPath(path)));
  const found = new Set<string>();
  for (const path of resolved) {
    if (!isGlobPath(path)) {
      if ((await isFile(scope.tree, path)) || !scope.ignoreMissing) found.add(path);
      continue;
    }
    const matches = await filesMatching(scope.tree, path);
    if (matches.length === 0 && !scope.ignoreMissing)
      throw new Failure(`valueFiles: no file matches ${JSON.stringify(path)}`, { code: 'NotFound' });
    for (const match of matches) if (!explicit.has(match)) found.add(match);
  }
  return [...found];
};

/** Whether an entry is a glob. */
export const isGlobPath = (path: string): boolean => /[*?[]/.test(path);

/** A path of a source as one from the tree's root. Throws Failure: PathOutside, NotSupported. */
export const resolveEntry = (entry: string, scope: Pick<ValueFileScope, 'path' | 'environment'>): string => {
  const path = substituteEnvironment(entry, scope.environment);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path))
    throw new Failure(
      `${JSON.stringify(path)}: files over the network are not supported yet; use one of the repository`,
      {
        code: 'NotSupported',
      },
    );
  return joinPath(scope.path, path);
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
