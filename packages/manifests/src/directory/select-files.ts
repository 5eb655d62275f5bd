/**
 * Which files of a folder are manifests.
 * @spec CD-DIR-01 … CD-DIR-03
 */
import { Failure } from '@argosy/base';
import { matchesGlob } from '@argosy/expressions';

import type { Tree, TreeEntry } from '../tree/tree.ts';

/** What is taken of a folder. */
export interface FileSelection {
  /** Also the folders below. */
  readonly recurse?: boolean;
  /** Files to take, a glob over the path relative to the folder; `{a,b}` lists several. Default: all. */
  readonly include?: string;
  /** Files to leave out; wins over `include`. */
  readonly exclude?: string;
  /** Take files of any name, not only `.yaml`, `.yml`, `.json` and `.jsonnet`. */
  readonly disableExtensionFilter?: boolean;
}

const MANIFEST = /\.(yaml|yml|json|jsonnet)$/i;
/** Folders of this application controller's own; not part of the manifests. @spec CD-GEN-06 */
const OVERRIDES = /^\.argocd-source(-.+)?\.yaml$/;
/** Files that say that another tool renders the folder. */
const OTHER_TOOLS: Readonly<Record<string, string>> = {
  'Chart.yaml': 'Helm chart',
  'kustomization.yaml': 'Kustomize folder',
  'kustomization.yml': 'Kustomize folder',
  Kustomization: 'Kustomize folder',
};

/** The files of a folder that are taken, in order of name. Throws Failure `NotFound`, `NotSupported`. */
export const selectFiles = async (
  tree: Tree,
  path: string,
  selection: FileSelection,
): Promise<readonly TreeEntry[]> => {
  const directory = await tree.find(path);
  if (directory?.kind !== 'directory') throw new Failure(`${path}: app path does not exist`, { code: 'NotFound' });
  if (!selection.include) await mustBePlain(tree, directory.path);
  return filesBelow(tree, directory.path, { ...selection, root: directory.path });
};

/** Whoever names the files to take has chosen plain manifests, whatever else lies beside them; others are told. */
const mustBePlain = async (tree: Tree, path: string): Promise<void> => {
  for (const entry of await tree.list(path)) {
    const name = nameOf(entry);
    const tool = Object.hasOwn(OTHER_TOOLS, name) ? OTHER_TOOLS[name] : undefined;
    if (tool !== undefined)
      throw new Failure(
        `${path || '.'} is a ${tool} (${name}), and plain manifests are asked for; name the files to take by directory.include, or leave directory away`,
        { code: 'NotSupported' },
      );
  }
};

type Selection = FileSelection & { readonly root: string };

const filesBelow = async (tree: Tree, path: string, selection: Selection): Promise<readonly TreeEntry[]> => {
  const found: TreeEntry[] = [];
  for (const entry of await tree.list(path)) {
    const actual = entry.kind === 'link' ? await tree.find(entry.path) : entry;
    if (actual?.kind === 'directory' && selection.recurse === true)
      found.push(...(await filesBelow(tree, entry.path, selection)));
    if (actual?.kind === 'file' && isSelected(entry, selection)) found.push({ ...actual, path: entry.path });
  }
  return found;
};

const isSelected = (entry: TreeEntry, selection: Selection): boolean => {
  const name = nameOf(entry);
  if (OVERRIDES.test(name)) return false;
  if (selection.disableExtensionFilter !== true && !MANIFEST.test(name)) return false;
  const relative = selection.root === '' ? entry.path : entry.path.slice(selection.root.length + 1);
  if (selection.exclude && matchesGlob(selection.exclude, relative)) return false;
  return !selection.include || matchesGlob(selection.include, relative);
};

const nameOf = (entry: TreeEntry): string => entry.path.slice(entry.path.lastIndexOf('/') + 1);
