/**
 * Objects from plain manifests and Jsonnet programs in a folder.
 * @spec CD-DIR
 * @upstream argo-cd reposerver/repository/repository.go#findManifests
 */
import { Failure } from '@argosy/base';
import type { KubeObject } from '@argosy/kube';

import { parseManifests } from '../yaml/parse-manifests.ts';
import type { Tree } from '../tree/tree.ts';
import { renderJsonnetFile, type JsonnetSourceOptions } from './render-jsonnet-file.ts';
import { selectFiles, type FileSelection } from './select-files.ts';

/** `spec.source.directory` of an Application. */
export interface DirectoryOptions extends FileSelection {
  readonly jsonnet?: JsonnetSourceOptions;
  /** Passes over `.jsonnet` files, where the administrator has switched Jsonnet off. */
  readonly skipJsonnet?: boolean;
}

/** Files with this text are no manifests. @spec CD-DIR-04 */
const SKIP_MARKER = '+argocd:skip-file-rendering';
/**
 * What every manifest has; a file without one of them is something else that happens to be YAML. @spec CD-DIR-05
 * Deviates: upstream also passes over a broken manifest that has no metadata. Pinned by `render-directory.test.ts`.
 */
const SIGNS_OF_A_MANIFEST = ['apiVersion:', 'kind:'];
/** Most that all manifests of a folder may hold together, in bytes. @spec CD-GEN-18 */
const MOST_BYTES = 10 * 1024 * 1024;
/** Files that are read at once. */
const READ_TOGETHER = 32;

/**
 * Renders a folder; objects come in order of file name. Throws Failure: NotFound, NotSupported, InvalidYAML,
 * InvalidManifest, TooLarge, those of `evaluateJsonnet`.
 */
export const renderDirectory = async (
  tree: Tree,
  path: string,
  options: DirectoryOptions = {},
): Promise<readonly KubeObject[]> => {
  const files = await readFiles(tree, path, options);
  const objects: KubeObject[] = [];
  const folder = (await tree.find(path))?.path ?? path;
  for (const { name, text } of files) {
    const isProgram = name.toLowerCase().endsWith('.jsonnet');
    if (text.includes(SKIP_MARKER) || (isProgram && options.skipJsonnet === true)) continue;
    if (isProgram) objects.push(...(await renderJsonnetFile(tree, name, { folder, jsonnet: options.jsonnet ?? {} })));
    else objects.push(...manifestsIn(text, name));
  }
  return objects;
};

/** All of them before any is parsed: what is too large is told first. @spec CD-DIR-07 */
const readFiles = async (
  tree: Tree,
  path: string,
  options: DirectoryOptions,
): Promise<readonly { readonly name: string; readonly text: string }[]> => {
  const files: { readonly name: string; readonly text: string }[] = [];
  const selected = await selectFiles(tree, path, options);
  let total = 0;
  for (let at = 0; at < selected.length; at += READ_TOGETHER) {
    const some = selected.slice(at, at + READ_TOGETHER);
    // Together: a tree of Git objects reads them in one go.
    const read = await Promise.all(
      some.map(async (file) => ({ file, bytes: Buffer.from(await tree.read(file.path)) })),
    );
    for (const { file, bytes } of read) {
      total += bytes.length;
      files.push({ name: file.path, text: bytes.toString('utf8') });
    }
    if (total > MOST_BYTES)
      throw new Failure(
        `${path || '.'}: the manifests are more than ${MOST_BYTES / 1024 / 1024} MiB together; take fewer by directory.include or exclude`,
        { code: 'TooLarge' },
      );
  }
  return files;
};

const manifestsIn = (text: string, file: string): readonly KubeObject[] => {
  try {
    return parseManifests(text, file);
  } catch (thrown) {
    const looksLikeOne = file.endsWith('.json') || SIGNS_OF_A_MANIFEST.every((sign) => text.includes(sign));
    if (!looksLikeOne && thrown instanceof Failure) return [];
    throw thrown;
  }
};
