/** Work is counted, not timed: of a list twice as long it may be twice as much. */
import { describe, expect, it } from 'vitest';

import type { StructuralSchema } from '../kinds/index.ts';
import { applyStrategicMergePatch } from './index.ts';

const schema: StructuralSchema = {
  type: 'object',
  properties: {
    items: {
      type: 'array',
      'x-kubernetes-patch-strategy': 'merge',
      'x-kubernetes-patch-merge-key': 'name',
      items: { type: 'object' },
    },
    words: { type: 'array', 'x-kubernetes-patch-strategy': 'merge' },
  },
};

/** Items that count how often they are asked for their key, with more members if wanted. */
const aList = (length: number, { from = 0, more = {} }: { readonly from?: number; readonly more?: object } = {}) => {
  let reads = 0;
  const items = Array.from({ length }, (_, at) => ({
    get name() {
      reads += 1;
      return `n${from + at}`;
    },
    ...more,
  }));
  return { items, reads: () => reads };
};

const readsOf = (length: number, patch: (items: readonly object[]) => object, more: object = {}): number => {
  const before = aList(length);
  const change = aList(length, { from: length / 2, more });
  const { ok } = applyStrategicMergePatch({ items: before.items }, patch(change.items), schema);
  expect(ok).toBe(true);
  return before.reads() + change.reads();
};

describe('long lists', () => {
  it.each([
    { what: 'merge', patch: (items: readonly object[]) => ({ items }), more: {} },
    { what: 'lose items', patch: (items: readonly object[]) => ({ items }), more: { $patch: 'delete' } },
    {
      what: 'are ordered',
      patch: (items: readonly object[]) => ({ items, '$setElementOrder/items': items }),
      more: {},
    },
  ])('$what in as many steps as they have items', ({ patch, more }) => {
    expect(readsOf(400, patch, more)).toBeLessThan(readsOf(200, patch, more) * 2.2);
  });

  it('of words keep their order and lose what is deleted', () => {
    const words = (length: number, from = 0) => Array.from({ length }, (_, at) => `w${from + at}`);
    const patch = { words: words(40_000, 20_000), '$deleteFromPrimitiveList/words': words(10_000) };
    expect(applyStrategicMergePatch({ words: words(40_000) }, patch, schema)).toEqual({
      ok: true,
      value: { words: words(50_000, 10_000) },
    });
  });
});
