import { describe, expect, it } from 'vitest';

import { createMemoryTree } from '../tree/memory-tree.ts';
import { traceTree } from '../tree/traced-tree.ts';
import type { Tree } from '../tree/tree.ts';
import { createLookIndex, type HeldRender } from './look-index.ts';
import type { Lineage, TreeChange } from './tree-changes.ts';

const FILES = { 'a/x': '1', 'b/x': '1', 'c/values.yaml': '1' };
const at = (id: string): Tree => ({ ...createMemoryTree(FILES), id });

/** A line of commits of which is told what differs, and how often it was asked. */
const aLineage = (id: string, differing: Readonly<Record<string, readonly TreeChange[] | undefined>>) => {
  const asked: string[] = [];
  const lineage: Lineage = {
    id,
    changes: async (from, to) => {
      asked.push(`${from} ${to}`);
      return differing[`${from} ${to}`];
    },
  };
  return { lineage, asked };
};
const modified = (path: string): TreeChange => ({ kind: 'modified', path });

/** Renders that read a file of the tree of each name, held in commit `one`. */
const anIndex = async (lineages: ReadonlyMap<string, Lineage>, reads: Readonly<Record<string, string>>) => {
  const index = createLookIndex();
  const trees = new Map([...lineages.keys()].map((name) => [name, at('one')] as const));
  const render = async (id: string): Promise<HeldRender> => {
    const looks = await Promise.all(
      Object.entries(reads).map(async ([name, path]) => {
        const traced = traceTree(at('one'));
        await traced.read(path.replace('<id>', id));
        return [name, traced.looks()] as const;
      }),
    );
    await index.add(id, looks, { trees, lineages });
    return { id, looks, heldIn: new Map([...trees].map(([name, tree]) => [name, tree.id])) };
  };
  const untouched = (held: HeldRender, commit: string) =>
    index.isUntouched(held, { trees: new Map([...trees.keys()].map((name) => [name, at(commit)])), lineages });
  return { index, render, untouched };
};

describe('createLookIndex', () => {
  it('tells for all renders by asking once what differs', async () => {
    const { lineage, asked } = aLineage('l', { 'one two': [modified('b/x')] });
    const { render, untouched } = await anIndex(new Map([['', lineage]]), { '': '<id>/x' });
    const [a, b] = [await render('a'), await render('b')];
    expect(await Promise.all([a, b, a, b].map((held) => untouched(held, 'two')))).toEqual([true, false, true, false]);
    expect([await untouched(a, 'one'), await untouched(b, 'one'), asked]).toEqual([true, true, ['one two']]);
  });

  it('counts what was read in several trees of one lineage', async () => {
    const { lineage } = aLineage('l', { 'one two': [modified('c/values.yaml')], 'one three': [modified('a/x')] });
    const lineages = new Map([
      ['', lineage],
      ['$values', lineage],
    ]);
    const { render, untouched } = await anIndex(lineages, { '': '<id>/x', $values: 'c/values.yaml' });
    const a = await render('a');
    expect([await untouched(a, 'two'), await untouched(a, 'three')]).toEqual([false, false]);
  });

  it('is not certain of what it does not know: commits that are gone, renders that were taken away', async () => {
    const { lineage } = aLineage('l', { 'one two': [] });
    const { index, render, untouched } = await anIndex(new Map([['', lineage]]), { '': '<id>/x' });
    const a = await render('a');
    expect([await untouched(a, 'two'), await untouched(a, 'gone')]).toEqual([true, false]);
    index.remove('a');
    expect([await untouched(a, 'two'), await untouched(a, 'one')]).toEqual([false, false]);
  });

  it('asks again for what could not be told', async () => {
    const differing: Record<string, readonly TreeChange[] | undefined> = {};
    const { lineage, asked } = aLineage('l', differing);
    const { render, untouched } = await anIndex(new Map([['', lineage]]), { '': '<id>/x' });
    const a = await render('a');
    const before = await untouched(a, 'two');
    differing['one two'] = [];
    expect([before, await untouched(a, 'two'), asked.length]).toEqual([false, true, 2]);
  });
});
