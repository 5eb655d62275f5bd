import type { Pod } from '@argosy/kube';
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { createTurnQueue } from './turn-queue.ts';

const aPod = (name: string, priority = 0, minute = 0): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'a', creationTimestamp: `2026-01-01T00:0${minute}:00Z` },
  spec: { containers: [], priority },
});
const soon = () => new Promise((resolve) => setTimeout(resolve, 0));
const aQueue = (atOnce: number, synced: Promise<void> = Promise.resolve()) => {
  const queue = createTurnQueue({ synced, atOnce });
  const taken: string[] = [];
  const subscription = queue.subscribe(({ name }) => void taken.push(name));
  const end = (name: string) => queue.done({ namespace: 'a', name });
  return { queue, taken, end, subscription };
};

it('hands on the most important first, then the oldest, then who came first', async () => {
  const { queue, taken } = aQueue(9);
  for (const pod of [aPod('old', 0, 1), aPod('new', 0, 2), aPod('equal', 0, 2), aPod('high', 5, 3), aPod('older', 0)])
    queue.add(pod);
  await soon();
  expect(taken).toEqual(['high', 'older', 'old', 'new', 'equal']);
});

it('lets whoever matters more pass those who wait for their first attempt', async () => {
  const { queue, taken, end } = aQueue(1);
  for (const name of ['a', 'b', 'c']) queue.add(aPod(name));
  await soon();
  queue.add(aPod('high', 5));
  queue.add(aPod('b'));
  for (const name of ['a', 'high', 'b', 'c']) {
    end(name);
    await soon();
  }
  expect(taken).toEqual(['a', 'high', 'b', 'c']);
});

it('waits until everybody is known, and stops when nobody listens', async () => {
  let open = (): void => undefined;
  const { queue, taken, subscription } = aQueue(9, new Promise((resolve) => (open = resolve)));
  queue.add(aPod('low'));
  await soon();
  queue.add(aPod('high', 5));
  expect(taken).toEqual([]);
  open();
  await soon();
  expect(taken).toEqual(['high', 'low']);
  subscription[Symbol.dispose]();
  queue.add(aPod('late'));
  await soon();
  expect(taken).toHaveLength(2);
});

it('hands on everybody once, in order', async () => {
  const pods = fc.uniqueArray(
    fc.record({ name: fc.integer({ min: 0, max: 50 }), priority: fc.integer({ min: -3, max: 3 }) }),
    { selector: ({ name }) => name },
  );
  await fc.assert(
    fc.asyncProperty(pods, async (shapes) => {
      const { queue, taken } = aQueue(99);
      for (const { name, priority } of shapes) queue.add(aPod(String(name), priority));
      await soon();
      const want = shapes.toSorted((left, right) => right.priority - left.priority).map(({ name }) => String(name));
      expect(taken).toEqual(want);
    }),
  );
});
