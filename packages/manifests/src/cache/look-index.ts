/**
 * Which renders hold for certain in other commits, without a look: what differs between two commits is asked once, and
 * answered for all renders by the paths they looked at.
 */
import { LRUCache } from 'lru-cache';

import type { Look } from '../tree/traced-tree.ts';
import type { Tree } from '../tree/tree.ts';
import type { LooksByTree } from './entry.ts';
import { createTraceIndex, type TraceIndex } from './trace-index.ts';
import type { Lineage, TreeChange } from './tree-changes.ts';

/** The trees of a render, and what they are versions of, by name. */
export interface Trees {
  readonly trees: ReadonlyMap<string, Tree>;
  readonly lineages?: ReadonlyMap<string, Lineage>;
}

/** A render, and the ids of the trees its looks were found to hold in, by name. */
export interface HeldRender {
  readonly id: string;
  readonly looks: LooksByTree;
  readonly heldIn: ReadonlyMap<string, string>;
}

/** The index. */
export interface LookIndex {
  /** Notes what a render looked at, in place of what it looked at before. Trees without a lineage are not noted. */
  add(id: string, looks: LooksByTree, trees: Trees): Promise<void>;
  remove(id: string): void;
  /** Whether a render holds in these trees for certain; false: it must be verified. */
  isUntouched(render: HeldRender, trees: Trees): Promise<boolean>;
  /** What differs between two versions, remembered; `undefined` when that cannot be told. */
  changes(lineage: Lineage, from: string, to: string): Promise<readonly TreeChange[] | undefined>;
}

/** Pairs of commits that are remembered. */
const MOST_PAIRS = 64;

/** Creates an empty index. */
export const createLookIndex = (): LookIndex => {
  const indexes = new Map<string, TraceIndex>();
  /** Where each render is noted. */
  const known = new Map<string, readonly TraceIndex[]>();
  const indexOf = (lineage: Lineage): TraceIndex => {
    const index = indexes.get(lineage.id) ?? createTraceIndex();
    indexes.set(lineage.id, index);
    return index;
  };
  const answers = createAnswers(indexOf);
  const remove = (id: string): void => {
    for (const index of known.get(id) ?? []) index.remove(id);
    known.delete(id);
  };
  return {
    changes: (lineage, from, to) => answers.changes(lineage, from, to),
    remove,
    add: async (id, looks, { trees, lineages }) => {
      remove(id);
      const noted = new Map<TraceIndex, readonly (readonly [readonly Look[], Tree])[]>();
      for (const [name, own] of looks) {
        const [lineage, tree] = [lineages?.get(name), trees.get(name)];
        if (!lineage || !tree) continue;
        const index = indexOf(lineage);
        noted.set(index, [...(noted.get(index) ?? []), [own, tree]]);
      }
      for (const [index, all] of noted) await index.add(id, all);
      known.set(id, [...noted.keys()]);
    },
    isUntouched: async ({ id, looks, heldIn }, { trees, lineages }) => {
      if (!known.has(id)) return false;
      for (const [name] of looks) {
        const [before, now, lineage] = [heldIn.get(name), trees.get(name)?.id, lineages?.get(name)];
        // Only of versions in a lineage it is known that the same id is the same content: folders change.
        if (before === undefined || now === undefined || !lineage) return false;
        if (before === now) continue;
        const touched = await answers.touchedBetween(lineage, before, now);
        if (!touched || touched.has(id)) return false;
      }
      return known.has(id);
    },
  };
};

interface Answer {
  /** Of the index when it was asked. */
  readonly version: number;
  readonly ids: ReadonlySet<string>;
}

/** Asked once for each pair of commits, those who ask at the same time included. */
const createAnswers = (
  indexOf: (lineage: Lineage) => TraceIndex,
): Pick<LookIndex, 'changes'> & {
  touchedBetween(lineage: Lineage, from: string, to: string): Promise<ReadonlySet<string> | undefined>;
} => {
  const differences = new LRUCache<string, ReturnType<Lineage['changes']>>({ max: MOST_PAIRS });
  const answers = new LRUCache<string, Answer>({ max: MOST_PAIRS });
  const changes: LookIndex['changes'] = async (lineage, from, to) => {
    const pair = `${lineage.id} ${from} ${to}`;
    const asked = differences.get(pair) ?? lineage.changes(from, to);
    differences.set(pair, asked);
    // What could not be told may be told later, when the commit is here.
    const found = await asked.catch((thrown: unknown) => {
      differences.delete(pair);
      throw thrown;
    });
    if (!found) differences.delete(pair);
    return found;
  };
  return {
    changes,
    touchedBetween: async (lineage, from, to) => {
      const differing = await changes(lineage, from, to);
      if (!differing) return undefined;
      const pair = `${lineage.id} ${from} ${to}`;
      const [index, answer] = [indexOf(lineage), answers.get(pair)];
      if (answer?.version === index.version) return answer.ids;
      const ids = index.touchedBy(differing);
      answers.set(pair, { version: index.version, ids });
      return ids;
    },
  };
};
