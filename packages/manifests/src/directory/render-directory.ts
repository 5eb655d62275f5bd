/**
 * Objects from plain manifests in a folder. @upstream argo-cd reposerver/repository/repository.go#findManifests
 */
import { Failure } from '@argosy/base';
import { matchesGlob } from '@argosy/expressions';
import type { KubeObject } from '@argosy/kube';

import { parseManifests } from '../yaml/parse-manifests.ts';
import type { Tree, TreeEntry } from '../tree/tree.ts';

/** `spec.source.directory` of an Application. */
export interface DirectoryOptions {
  /** Also the folders below. */
  readonly recurse?: boolean;
  /** Files to take, a glob over the path relative to the folder; `{a,b}` lists several. Default: all. */
  readonly include?: string;
  /** Files to leave out; wins over `include`. */
  readonly exclude?: string;
}

/** Files with this text are no manifests. @spec CD, directory sources */
const SKIP_MARKER = '+argocd:skip-file-rendering';
/** A manifest's file. */
const MANIFEST = /\.(yaml|yml|json)$/i;
/** Files that say that another tool renders the folder. */
const OTHER_TOOLS: Readonly<Record<string, string>> = {
  'Chart.yaml': 'Helm chart',
  'kustomization.yaml': 'Kustomize folder',
  'kustomization.yml': 'Kustomize folder',
  Kustomization: 'Kustomize folder',
};

/** Renders a folder; objects come in order of file name. Throws Failure: NotFound, NotSupported, InvalidYAML, InvalidManifest. */
export const renderDirectory = async (
  tree: Tree,
  path: string,
  options: DirectoryOptions = {},
): Promise<readonly KubeObject[]> => {
  const directory = await tree.find(path);
  if (directory?.kind !== 'directory') throw new Failure(`${path}: app path does not exist`, { code: 'NotFound' });
  const files = await manifestFiles(tree, directory.path, { ...options, root: directory.path });
  const objects: KubeObject[] = [];
  for (const file of files) {
    const text = Buffer.from(await tree.read(file.path)).toString('utf8');
    if (!text.includes(SKIP_MARKER)) objects.push(...parseManifests(text, file.path));
  }
  return objects;
};

const manifestFiles = async (
  tree: Tree,
  path: string,
  options: DirectoryOptions & { readonly root: string },
): Promise<readonly TreeEntry[]> => {
  const found: TreeEntry[] = [];
  for (const entry of await tree.list(path)) {
    const name = entry.path.slice(entry.path.lastIndexOf('/') + 1);
    // Whoever names the files to take has chosen plain manifests, whatever else lies beside them.
    const tool = path === options.root && !options.include ? OTHER_TOOLS[name] : undefined;
    if (tool !== undefined)
      throw new Failure(
        `${path || '.'} is a ${tool} (${name}), and plain manifests are asked for; name the files to take by directory.include, or leave directory away`,
        { code: 'NotSupported' },
      );
    if (name.endsWith('.jsonnet'))
      throw new Failure(`${entry.path} is Jsonnet: not supported yet; plain manifests are`, { code: 'NotSupported' });
    const actual = entry.kind === 'link' ? await tree.find(entry.path) : entry;
    if (actual?.kind === 'directory' && options.recurse === true)
      found.push(...(await manifestFiles(tree, entry.path, options)));
    if (actual?.kind === 'file' && MANIFEST.test(name) && isSelected(entry.path, options))
      found.push({ ...actual, path: entry.path });
  }
  return found;
};

const isSelected = (path: string, options: DirectoryOptions & { readonly root: string }): boolean => {
  const relative = options.root === '' ? path : path.slice(options.root.length + 1);
  if (options.exclude && matchesGlob(options.exclude, relative)) return false;
  return !options.include || matchesGlob(options.include, relative);
};
