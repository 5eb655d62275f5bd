/** Work is counted, not timed: of an object twice as long it may be twice as much. */
import { describe, expect, it, vi } from 'vitest';

import type { StructuralSchema } from '../kinds/index.ts';
import type { KubeObject } from '../objects/index.ts';
import { applyServerSide, updateManagedFields } from './index.ts';

const schema: StructuralSchema = {
  type: 'object',
  properties: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    items: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: { type: 'object', properties: { name: { type: 'string' }, size: { type: 'integer' } } },
    },
    any: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  },
};
const common = { schema, now: 0, apiVersion: 'v1' };
const anObject = (parts: object): KubeObject => ({ apiVersion: 'v1', kind: 'A', metadata: { name: 'a' }, ...parts });

/** Items that count how often they are asked for their key. */
const aList = (length: number, from = 0) => {
  let reads = 0;
  const items = Array.from({ length }, (_, at) => ({
    get name() {
      reads += 1;
      return `n${from + at}`;
    },
    size: from,
  }));
  return { items, reads: () => reads };
};

const mapReads = (work: () => unknown): number => {
  const get = vi.spyOn(Map.prototype, 'get');
  work();
  const { length } = get.mock.calls;
  get.mockRestore();
  return length;
};

const deep = (depth: number, leaf: object): object =>
  Array.from({ length: depth }).reduce<object>((inner) => ({ a: inner }), leaf);
const wide = (width: number): object => Object.fromEntries(Array.from({ length: width }, (_, at) => [`k${at}`, at]));

describe('large objects', () => {
  it('are applied in as many steps as they have items', () => {
    const readsOf = (length: number): number => {
      const [first, second] = [aList(length), aList(length, length / 2)];
      const apply = (items: object, manager: string, live?: KubeObject) =>
        applyServerSide({ ...common, live, config: anObject({ items }), manager, force: true });
      const live = apply(first.items, 'a');
      if (live.kind !== 'applied') throw new Error('conflict');
      const merged = apply(second.items, 'b', live.object);
      if (merged.kind !== 'applied') throw new Error('conflict');
      // The first one wants nothing of it any more.
      expect(apply([], 'a', merged.object).kind).toBe('applied');
      return first.reads() + second.reads();
    };
    expect(readsOf(400)).toBeLessThan(readsOf(200) * 2.2);
  });

  it('are updated in as many steps as they have items, whoever owns them', () => {
    const readsOf = (length: number): number => {
      const { items, reads } = aList(length);
      const update = (live: KubeObject | undefined, updated: KubeObject, manager: string): KubeObject =>
        updateManagedFields({ ...common, live, updated, manager, operation: 'Update' });
      const live = update(undefined, anObject({ items }), 'a');
      update(live, { ...live, metadata: { ...live.metadata, labels: { a: 'b' } } }, 'b');
      return reads();
    };
    expect(readsOf(400)).toBeLessThan(readsOf(200) * 2.2);
  });

  it('may be as deep as wide', () => {
    const stepsAt = (depth: number): number =>
      mapReads(() =>
        updateManagedFields({
          ...common,
          live: undefined,
          updated: anObject({ any: deep(depth, wide(300)) }),
          manager: 'a',
          operation: 'Update',
        }),
      );
    expect(stepsAt(200) - stepsAt(100)).toBeLessThan(3_000);
  });

  it('are told at most a thousand times what is wrong with them', () => {
    const apply = (): unknown =>
      applyServerSide({
        ...common,
        live: undefined,
        config: anObject({ items: Array.from({ length: 3_000 }, () => 'text') }),
        manager: 'a',
        force: false,
      });
    expect(apply).toThrow(/omits|expected|element 0/);
    const many = Array.from({ length: 3_000 }, (_, at) => ({ name: `n${at}`, size: 'text' }));
    const told = (): string => {
      try {
        applyServerSide({ ...common, live: undefined, config: anObject({ items: many }), manager: 'a', force: false });
      } catch (thrown) {
        return (thrown as Error).message;
      }
      return '';
    };
    expect(told().split('expected numeric')).toHaveLength(1_001);
  });

  it('are compared once, however many own a part of them', () => {
    const stepsWith = (managers: number): number => {
      let live: KubeObject | undefined;
      for (let at = 0; at < managers; at += 1) {
        const outcome = applyServerSide({
          ...common,
          live,
          config: anObject({ any: { [`own${at}`]: 1 } }),
          manager: `m${at}`,
          force: false,
        });
        if (outcome.kind === 'applied') live = outcome.object;
      }
      const apply = (width: number) =>
        applyServerSide({ ...common, live, config: anObject({ any: wide(width) }), manager: 'last', force: false });
      const first = apply(10);
      if (first.kind === 'applied') live = first.object;
      const add = vi.spyOn(Set.prototype, 'add');
      apply(2_000);
      const { length } = add.mock.calls;
      add.mockRestore();
      return length;
    };
    expect(stepsWith(20) - stepsWith(10)).toBeLessThan(2_000);
  });
});
