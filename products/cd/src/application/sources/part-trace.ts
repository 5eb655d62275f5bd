/**
 * Whether what a source rendered to still holds at what its revision means now: by the paths its annotation names, by
 * what differs between the commits, and only then by looking at each file again.
 * @spec CD-GEN-08, CD-GEN-15
 */
import { createLookIndex, holdInTrees, type Lineage, type Look, type Tree } from '@argosy/manifests';

import { concernsPaths } from '../../source/refresh-paths.ts';

/** What a render looked at, and where. Trees are named by the `ref` of their source; the own one by the empty text. */
export interface PartTrace {
  /** Unique among renders. */
  readonly id: string;
  readonly revision: string;
  readonly looks: ReadonlyMap<string, readonly Look[]>;
  /** The trees in which the looks were last found to hold. */
  readonly heldIn: ReadonlyMap<string, string>;
  /** The trees of the last pass: beyond those it holds in where the annotation said that nothing concerns it. */
  readonly seenIn: ReadonlyMap<string, string>;
  /** Whether something was read of whose changes the looks know nothing. */
  readonly hasRemotes: boolean;
  readonly namesRevision: boolean;
}

/** The trees of a source as they are now, its own and those it may read. */
export interface PartTrees {
  readonly revision: string;
  readonly trees: ReadonlyMap<string, Tree>;
  readonly lineages: ReadonlyMap<string, Lineage>;
  /** Of each tree, the paths that concern the source; none or empty: what it looked at tells. */
  readonly paths: ReadonlyMap<string, readonly string[]>;
}

/** The traces of all applications: what changed between two commits is asked once for all of them. */
export interface PartTraces {
  /** Notes what a render looked at in the trees it holds in. */
  note(trace: PartTrace, now: PartTrees): Promise<void>;
  forget(id: string): void;
  /** The trace as it stands with these trees; `undefined` when it does not hold in them. */
  hold<T extends PartTrace>(trace: T, now: PartTrees): Promise<T | undefined>;
}

/** Creates the traces. */
export const createPartTraces = (): PartTraces => {
  const index = createLookIndex();
  /** Whether something is new, and all of it elsewhere than the annotation's paths. */
  const isElsewhere = async (trace: PartTrace, { trees, lineages, paths }: PartTrees): Promise<boolean> => {
    const moved = namesRead(trace).filter((name) => trace.seenIn.get(name) !== trees.get(name)?.id);
    for (const name of moved) {
      const [from, to, lineage] = [trace.seenIn.get(name), trees.get(name)?.id, lineages.get(name)];
      const wanted = paths.get(name) ?? [];
      if (from === undefined || to === undefined || !lineage || wanted.length === 0) return false;
      const changes = await index.changes(lineage, from, to);
      if (!changes) return false;
      const files = changes.map(({ path }) => path);
      if (concernsPaths(wanted, files)) return false;
    }
    return moved.length > 0;
  };
  return {
    note: ({ id, looks }, now) => index.add(id, [...looks], now),
    forget: (id) => index.remove(id),
    hold: async (trace, now) => {
      const ids = idsOf(now.trees);
      if (await isElsewhere(trace, now)) return { ...trace, revision: now.revision, seenIn: ids };
      if (trace.hasRemotes || (trace.namesRevision && trace.revision !== now.revision)) return undefined;
      const isUntouched = await index.isUntouched({ ...trace, looks: [...trace.looks] }, now);
      if (!isUntouched && !(await holdInTrees(trace.looks, now.trees))) return undefined;
      return { ...trace, revision: now.revision, heldIn: ids, seenIn: ids };
    },
  };
};

/** Ids of trees, by their names. */
export const idsOf = (trees: ReadonlyMap<string, Tree>): ReadonlyMap<string, string> =>
  new Map([...trees].map(([name, tree]) => [name, tree.id] as const));

const namesRead = ({ looks }: PartTrace): readonly string[] =>
  [...looks].filter(([, own]) => own.length > 0).map(([name]) => name);
