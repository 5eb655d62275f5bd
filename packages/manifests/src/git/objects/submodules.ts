/**
 * Submodules as folders of the tree they stand in, opened when somebody looks into them.
 * @spec https://git-scm.com/docs/gitmodules
 * @upstream argo-cd util/git/client.go#Submodule
 */
import { Failure, messageOf } from '@argosy/base';

import { normalizePath, type Tree, type TreeEntry } from '../../tree/tree.ts';

/** Opens a submodule's repository at a commit. */
export type OpenSubmodule = (url: string, commit: string) => Promise<Tree>;

const MODULES = '.gitmodules';

/** The tree with its submodules; the same when it has none. `url` is its own, which those of submodules may refer to. */
export const withSubmodules = async (tree: Tree, url: string, open: OpenSubmodule): Promise<Tree> => {
  if ((await tree.find(MODULES))?.kind !== 'file') return tree;
  const urls = parseModules(Buffer.from(await tree.read(MODULES)).toString('utf8'));
  const opened = new Map<string, Promise<Tree>>();

  const openAt = async (folder: string): Promise<Tree> => {
    const entry = await tree.find(folder);
    if (entry?.kind !== 'submodule') return tree;
    const address = resolveModuleUrl(url, urls.get(folder) ?? '');
    return open(address, entry.id).catch((thrown: unknown) => {
      const { code, retryable } = thrown instanceof Failure ? thrown : { code: 'GitFailed', retryable: false };
      throw new Failure(`submodule ${folder}: ${messageOf(thrown)}`, { code, retryable, cause: thrown });
    });
  };
  /** The submodule a path leads into, and the rest of the path there; `undefined` outside of all. */
  const enter = async (
    path: string,
  ): Promise<{ readonly module: Tree; readonly at: string; readonly rest: string } | undefined> => {
    const asked = normalizePath(path);
    const at = [...urls.keys()].find((folder) => asked === folder || asked.startsWith(`${folder}/`));
    if (at === undefined || (await tree.find(at))?.kind !== 'submodule') return undefined;
    const module = opened.get(at) ?? openAt(at);
    opened.set(at, module);
    module.catch(() => opened.delete(at));
    return { module: await module, at, rest: asked.slice(at.length + 1) };
  };
  const asFolder = (entry: TreeEntry): TreeEntry =>
    entry.kind === 'submodule' && urls.has(entry.path) ? { kind: 'directory', path: entry.path } : entry;
  return {
    id: tree.id,
    find: async (path) => {
      const inside = await enter(path);
      const entry = inside ? await inside.module.find(inside.rest) : await tree.find(path);
      return entry && inside ? below(inside.at, entry) : entry;
    },
    list: async (path) => {
      const inside = await enter(path);
      if (!inside) return (await tree.list(path)).map(asFolder);
      return (await inside.module.list(inside.rest)).map((entry) => below(inside.at, entry));
    },
    read: async (path) => {
      const inside = await enter(path);
      return inside ? inside.module.read(inside.rest) : tree.read(path);
    },
  };
};

const below = (folder: string, entry: TreeEntry): TreeEntry => ({
  ...entry,
  path: entry.path === '' ? folder : `${folder}/${entry.path}`,
});

/** Addresses by folder. */
const parseModules = (text: string): ReadonlyMap<string, string> => {
  const sections = text.split(/^\s*\[submodule\s+"[^"]*"\]\s*$/m).slice(1);
  const valueOf = (section: string, key: string): string | undefined =>
    new RegExp(`^\\s*${key}\\s*=\\s*(.*?)\\s*$`, 'm').exec(section)?.[1]?.replace(/^"(.*)"$/, '$1');
  return new Map(
    sections.flatMap((section) => {
      const [path, url] = [valueOf(section, 'path'), valueOf(section, 'url')];
      return path === undefined || url === undefined ? [] : [[normalizePath(path), url] as const];
    }),
  );
};

/** `./x` and `../x` are relative to the repository's own address. Throws Failure `InvalidURL`. */
export const resolveModuleUrl = (parent: string, url: string): string => {
  if (!/^\.\.?\//.test(url)) return url;
  const parts = parent.replace(/\/+$/, '').split('/');
  for (const part of url.split('/')) {
    if (part === '..') {
      const last = parts.pop() ?? '';
      const scp = /^(.*:)[^/]+$/.exec(last);
      if (scp && parts.length === 0) parts.push(scp[1] ?? '');
    } else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/').replace(/:\/(?!\/)/, ':');
};
