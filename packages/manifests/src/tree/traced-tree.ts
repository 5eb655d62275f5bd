/**
 * A tree that notes what was looked at. A render is the same at another commit while everything it looked at is: the
 * trace is what makes a cache exact without annotations.
 */
import type { Tree, TreeEntry } from './tree.ts';

/** One look: a path, how, and what was there. The answer is a content id, or empty for nothing. */
export interface Look {
  readonly path: string;
  readonly how: 'find' | 'list' | 'read';
  readonly answer: string;
}

/** A tree and the looks so far, each once. */
export interface TracedTree extends Tree {
  looks(): readonly Look[];
}

/** Wraps a tree. */
export const traceTree = (tree: Tree): TracedTree => {
  const looks = new Map<string, Look>();
  const note = (how: Look['how'], path: string, answer: string): void =>
    void looks.set(`${how} ${path}`, { path, how, answer });
  return {
    id: tree.id,
    find: async (path) => {
      const entry = await tree.find(path);
      note('find', path, entry ? describeEntry(entry) : '');
      return entry;
    },
    list: async (path) => {
      const entries = await tree.list(path);
      note('list', path, entries.map(describeEntry).join('\n'));
      return entries;
    },
    read: async (path) => {
      const entry = await tree.find(path);
      note('read', path, entry ? describeEntry(entry) : '');
      return tree.read(path);
    },
    looks: () => [...looks.values()],
  };
};

/** Whether every look would find the same in another tree. */
export const holdsIn = async (looks: readonly Look[], tree: Tree): Promise<boolean> => {
  for (const look of looks) {
    const answer =
      look.how === 'list'
        ? (await tree.list(look.path)).map(describeListed).join('\n')
        : describeFound(await tree.find(look.path));
    if (answer !== look.answer) return false;
  }
  return true;
};

/** Whether the looks into each of several trees, by their names, would find the same; none does in a tree that is gone. */
export const holdInTrees = async (
  looks: Iterable<readonly [name: string, looks: readonly Look[]]>,
  trees: ReadonlyMap<string, Tree>,
): Promise<boolean> => {
  for (const [name, own] of looks) {
    const tree = trees.get(name);
    if (!tree || !(await holdsIn(own, tree))) return false;
  }
  return true;
};

const describeFound = (entry: TreeEntry | undefined): string => (entry ? describeEntry(entry) : '');
const describeListed = (entry: TreeEntry): string => describeEntry(entry);
const describeEntry = (entry: TreeEntry): string => `${entry.kind} ${entry.path} ${'id' in entry ? entry.id : ''}`;
