/**
 * Files that a program imports, and what those import: all read before it runs, since trees are read asynchronously. A
 * file that is not there, or is no Jsonnet, is told only when a run needs it.
 */
import { Failure } from '@argosy/base';

import { LARGEST_FILE_BYTES, joinPath, type Tree } from '../tree/tree.ts';
import type { ImportKind, Node } from './syntax/ast.ts';
import { JsonnetProblem } from './syntax/jsonnet-failure.ts';
import { parseJsonnet } from './syntax/parse.ts';

/** Most files of one run, and the most they hold together, in bytes. */
const MOST_FILES = 2000;
const MOST_BYTES = 4 * LARGEST_FILE_BYTES;

/** A file of a run. */
export interface SourceFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly text: string;
  /** Its tree, or why it has none; for files that are imported as programs. */
  root: Node | JsonnetProblem | undefined;
}

/** Files of a run, and where imports lead. */
export interface Sources {
  readonly files: ReadonlyMap<string, SourceFile>;
  /** The file an import means, or why it means none. */
  find(from: string, path: string): SourceFile | JsonnetProblem;
}

/** Reads a program (given as text) and everything it imports. Throws Failure of the tree, `TooLarge`. */
export const loadSources = async (
  tree: Tree,
  programs: readonly { readonly path: string; readonly text: string }[],
  libraries: readonly string[],
): Promise<Sources> => {
  const loader = createLoader(tree, libraries);
  for (const { path, text } of programs) await loader.addProgram(path, text);
  const { files, links } = loader;
  return {
    files,
    find: (from, path) =>
      links.get(linkOf(from, path)) ?? new JsonnetProblem('JsonnetImport', `cannot import ${JSON.stringify(path)}`),
  };
};

const linkOf = (from: string, path: string): string => `${from}\0${path}`;

const createLoader = (tree: Tree, libraries: readonly string[]) => {
  const files = new Map<string, SourceFile>();
  const links = new Map<string, SourceFile | JsonnetProblem>();
  const queue: SourceFile[] = [];
  let total = 0;

  const add = (path: string, bytes: Uint8Array): SourceFile => {
    total += bytes.length;
    if (files.size >= MOST_FILES || total > MOST_BYTES)
      throw new Failure(`Jsonnet: more than ${MOST_FILES} files or ${MOST_BYTES} bytes are imported`, {
        code: 'TooLarge',
      });
    const file = { path, bytes, text: new TextDecoder().decode(bytes), root: undefined };
    files.set(path, file);
    return file;
  };
  const parse = (file: SourceFile): void => {
    if (file.root !== undefined) return;
    file.root = parseOrProblem(file);
    queue.push(file);
  };
  const follow = async (file: SourceFile, how: ImportKind, path: string): Promise<void> => {
    const link = linkOf(file.path, path);
    const known = links.get(link);
    const found = known ?? (await locate(tree, { from: file.path, path, libraries }));
    if (typeof found === 'string') {
      const target = files.get(found) ?? add(found, await tree.read(found));
      links.set(link, target);
      if (how === 'import') parse(target);
    } else {
      links.set(link, found);
      if (!(found instanceof JsonnetProblem) && how === 'import') parse(found);
    }
  };
  const drain = async (): Promise<void> => {
    for (let file = queue.shift(); file; file = queue.shift())
      if (file.root && !(file.root instanceof JsonnetProblem))
        for (const { how, path } of importsOf(file.root)) await follow(file, how, path);
  };
  return {
    files,
    links,
    addProgram: async (path: string, text: string): Promise<void> => {
      parse(add(path, new TextEncoder().encode(text)));
      await drain();
    },
  };
};

const parseOrProblem = (file: SourceFile): Node | JsonnetProblem => {
  try {
    return parseJsonnet(file.text, file.path);
  } catch (thrown) {
    if (thrown instanceof JsonnetProblem) return thrown;
    if (thrown instanceof RangeError) return new JsonnetProblem('JsonnetSyntax', `${file.path}: nested too deeply`);
    throw thrown;
  }
};

/** Beside the importing file first, then in the libraries, the last named first. */
const locate = async (
  tree: Tree,
  of: { readonly from: string; readonly path: string; readonly libraries: readonly string[] },
): Promise<string | JsonnetProblem> => {
  const folder = of.from.includes('/') ? of.from.slice(0, of.from.lastIndexOf('/')) : '';
  for (const place of [folder, ...[...of.libraries].reverse()]) {
    const found = await findIn(tree, place, of.path);
    if (found instanceof JsonnetProblem) return found;
    if (found !== undefined) return found;
  }
  const looked = [folder, ...of.libraries].map((place) => place || '.').join(', ');
  return new JsonnetProblem('JsonnetImport', `cannot import ${JSON.stringify(of.path)}: it is in none of ${looked}`);
};

const findIn = async (tree: Tree, folder: string, path: string): Promise<string | JsonnetProblem | undefined> => {
  try {
    if (path.startsWith('/')) return refused(path);
    const found = await tree.find(joinPath(folder, path));
    return found?.kind === 'file' ? found.path : undefined;
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'PathOutside') return refused(path);
    throw thrown;
  }
};

const refused = (path: string): JsonnetProblem =>
  new JsonnetProblem('JsonnetImport', `cannot import ${JSON.stringify(path)}: it leads outside of the source`);

/** Imports anywhere in a tree, each once. */
const importsOf = (root: Node): readonly { readonly how: ImportKind; readonly path: string }[] => {
  const found = new Map<string, { readonly how: ImportKind; readonly path: string }>();
  const stack: unknown[] = [root];
  while (stack.length > 0) {
    const part = stack.pop();
    if (typeof part !== 'object' || part === null) continue;
    if (isImport(part)) found.set(`${part.how} ${part.path}`, { how: part.how, path: part.path });
    for (const inner of Object.values(part)) if (typeof inner === 'object') stack.push(inner);
  }
  return [...found.values()];
};

const isImport = (part: object): part is Extract<Node, { readonly kind: 'import' }> =>
  'kind' in part && part.kind === 'import' && 'how' in part;
