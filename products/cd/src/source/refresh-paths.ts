/**
 * The paths of a repository whose change concerns an application, as its annotation names them. Pure.
 * @spec CD-GEN-15, CD-WH-11, CD-CMP-07; vectors cd-refresh-paths, cd-generate-paths-root
 * @upstream argo-cd util/app/path/path.go#GetSourceRefreshPaths, AppFilesHaveChanged
 */
import { compileGlob } from '@argosy/expressions';

/** The annotation: paths between semicolons, relative to the source's own or, with a leading slash, to the root. */
export const GENERATE_PATHS = 'argocd.argoproj.io/manifest-generate-paths';

/** Where a source is rendered from. */
export interface RefreshSource {
  /** The source's folder. */
  readonly path: string;
  /** The folder that holds what was rendered before, where that is committed: it alone counts then. */
  readonly syncPath?: string;
}

/** The paths that concern a source; none: all do. They have no leading slash, and may be globs. */
export const refreshPathsOf = (annotation: string | undefined, source: RefreshSource): readonly string[] => {
  if (source.syncPath !== undefined && source.syncPath === source.path) return [source.path];
  return itemsOf(annotation).map((item) => withinRoot(item, source.path));
};

/** Whether one of the files that changed stands at, below or under a glob of the paths. No paths: any concerns. */
export const concernsPaths = (paths: readonly string[], files: readonly string[]): boolean => {
  if (paths.length === 0) return true;
  const isWanted = paths.map((path) => matcherOf(toPath(path.split('/'))));
  return files.some((file) => isWanted.some((wants) => wants(file)));
};

/** The folder that holds all that the annotation names and the application's own; empty for the root. */
export const commonRootOf = (annotation: string | undefined, appPath: string): string => {
  const items = itemsOf(annotation);
  if (items.length === 0) return '';
  return [appPath, ...items.map((item) => withinRoot(item, appPath))]
    .map((path) => toPath(path.split('/')))
    .reduce(sharedFolder);
};

const itemsOf = (annotation = ''): readonly string[] =>
  annotation
    .split(';')
    .map((item) => item.trim())
    .filter((item) => item !== '');

const withinRoot = (item: string, folder: string): string =>
  toPath(item.startsWith('/') ? item.split('/') : [...folder.split('/'), ...item.split('/')]);

/** `..` goes no further up than the root. */
const toPath = (parts: readonly string[]): string => {
  const kept: string[] = [];
  for (const part of parts) {
    if (part === '..') kept.pop();
    else if (part !== '.' && part !== '') kept.push(part);
  }
  return kept.join('/');
};

/** Compiled once: a push may tell of thousands of files. A glob stops at slashes, but for `**`. */
const matcherOf = (path: string): ((file: string) => boolean) => {
  const glob = /[*?[{\\]/.test(path) ? compileGlob(path, '/') : undefined;
  return (file) => isWithin(path, file) || (glob?.ok === true && glob.value.test(file));
};

const isWithin = (folder: string, file: string): boolean =>
  folder === '' || file === folder || file.startsWith(`${folder}/`);

const sharedFolder = (left: string, right: string): string => {
  const [ours, theirs] = [left.split('/'), right.split('/')];
  const differs = ours.findIndex((part, at) => part !== theirs[at]);
  return ours.slice(0, differs < 0 ? ours.length : differs).join('/');
};
