/**
 * Which renders a change may concern, without asking each: paths → renders. What it names is a candidate and must be
 * verified; what it does not name holds for certain.
 */
import type { Look } from '../tree/traced-tree.ts';
import type { Tree } from '../tree/tree.ts';
import type { TreeChange } from './tree-changes.ts';

/** The index. */
export interface TraceIndex {
  /** Grows with every render that is added: answers of before do not know of it. */
  readonly version: number;
  /** Notes the looks of a render, with the trees they were made in: several, where one lends another its files. */
  add(id: string, looks: readonly (readonly [looks: readonly Look[], tree: Tree])[]): Promise<void>;
  remove(id: string): void;
  /** Renders that looked at something these changes touch. */
  touchedBy(changes: readonly TreeChange[]): ReadonlySet<string>;
}

/** Creates an empty index. */
export const createTraceIndex = (): TraceIndex => {
  /** By the path looked at, and by each folder above it: a link may come to stand there. */
  const below = new Map<string, Set<string>>();
  const at = new Map<string, Set<string>>();
  const listed = new Map<string, Set<string>>();
  /** Renders that went through a link: where that leads is not in their paths, so every change may concern them. */
  const linked = new Set<string>();
  const keysOf = new Map<string, readonly (readonly [Map<string, Set<string>>, string])[]>();

  let version = 0;
  return {
    get version() {
      return version;
    },
    add: async (id, all) => {
      // Each once: a thousand files of a folder are below the same few.
      const own = new Map([below, at, listed].map((map) => [map, new Set<string>()] as const));
      for (const [look, tree] of all.flatMap(([looks, where]) => looks.map((one) => [one, where] as const))) {
        const path = plainPath(look.path);
        if (await goesThroughLink(look, tree)) linked.add(id);
        own.get(look.how === 'list' ? listed : at)?.add(path);
        for (const folder of foldersAbove(path)) own.get(below)?.add(folder);
      }
      const keys = [...own].flatMap(([map, paths]) => [...paths].map((path) => [map, path] as const));
      for (const [map, key] of keys) insert(map, key, id);
      keysOf.set(id, keys);
      version += 1;
    },
    remove: (id) => {
      for (const [map, key] of keysOf.get(id) ?? []) {
        const ids = map.get(key);
        ids?.delete(id);
        if (ids?.size === 0) map.delete(key);
      }
      keysOf.delete(id);
      linked.delete(id);
    },
    touchedBy: (changes) => rendersTouched(changes, { below, at, listed, linked }),
  };
};

/** Where renders looked: below a path, at it, into it as a folder; and those that went through a link. */
interface Looked {
  readonly below: ReadonlyMap<string, ReadonlySet<string>>;
  readonly at: ReadonlyMap<string, ReadonlySet<string>>;
  readonly listed: ReadonlyMap<string, ReadonlySet<string>>;
  readonly linked: ReadonlySet<string>;
}

const rendersTouched = (changes: readonly TreeChange[], looked: Looked): ReadonlySet<string> => {
  const { below, at, listed, linked } = looked;
  const touched = new Set<string>(changes.length > 0 ? linked : []);
  const touch = (ids: ReadonlySet<string> | undefined): void => {
    for (const id of ids ?? []) touched.add(id);
  };
  for (const { kind, path } of changes) {
    const [parent = '', ...above] = foldersAbove(path);
    touch(at.get(path));
    touch(below.get(path));
    touch(listed.get(path));
    touch(listed.get(parent));
    if (kind === 'modified') continue;
    // With the file, folders may have come or gone.
    for (const folder of [parent, ...above]) {
      touch(at.get(folder));
      touch(listed.get(folder));
    }
  }
  return touched;
};

const insert = (map: Map<string, Set<string>>, key: string, id: string): void => {
  const ids = map.get(key) ?? new Set();
  ids.add(id);
  map.set(key, ids);
};

const plainPath = (path: string): string =>
  path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');

/** The folders around a path, the nearest first, the root last. */
const foldersAbove = (path: string): readonly string[] => {
  const folders: string[] = [];
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) folders.push(path.slice(0, at));
  if (path !== '') folders.push('');
  return folders;
};

/** Whether what was found stands elsewhere than asked, or what was not found was looked for behind a link. */
const goesThroughLink = async (look: Look, tree: Tree): Promise<boolean> => {
  const path = plainPath(look.path);
  if (path.split('/').includes('..') || look.answer.includes('link ')) return true;
  for (const place of look.answer === '' ? [path, ...foldersAbove(path)] : [path]) {
    const found = await tree.find(place).catch(() => undefined);
    if (found) return found.path !== place;
  }
  return false;
};
