/** How watchers of the same are told: each of every change once and in order, some at a time. */
import { createVirtualClock } from '@argosy/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createMemoryStore } from '../../../store/memory-store.ts';
import type { Store, StoreEvent, StoreFollower } from '../../../store/store.ts';
import { createWatchHub } from './watch-hub.ts';

const SUBJECT = { resource: '/configmaps', namespace: 'default' };

const createFixture = (costMs = 0) => {
  const clock = createVirtualClock();
  let spent = 0;
  const store = createMemoryStore();
  const hub = createWatchHub({ store, clock: { ...clock, now: () => clock.now() + spent } });
  return {
    clock,
    setBack: (ms: number) => {
      spent -= ms;
    },
    write: async (name: string, namespace = 'default') => {
      const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace } };
      await store.write(SUBJECT.resource, { namespace, name }, () => ({ kind: 'put', object }));
    },
    join: (from = store.revision) => {
      const seen: number[] = [];
      const see = ({ changes }: { readonly changes: readonly { readonly revision: number }[] }): void => {
        seen.push(...changes.map(({ revision }) => revision));
      };
      const onBatch = (batch: Parameters<typeof see>[0]): void => {
        spent += costMs;
        see(batch);
      };
      const subscription = hub.subscribe({ ...SUBJECT, from }, { onBatch, onEnd: () => seen.push(Infinity) });
      see(subscription.missed);
      return { seen, from, leave: subscription.end };
    },
    close: () => store.close(),
  };
};

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const turns = async (count: number): Promise<void> => {
  for (let at = 0; at < count; at += 1) await turn();
};

test('after a quiet time nobody waits', async () => {
  const { join, write } = createFixture();
  const watchers = Array.from({ length: 90 }, () => join());
  await write('a');
  await turns(6);
  expect(watchers.filter(({ seen }) => seen.length === 1)).toHaveLength(90);
});

test('many are told some at a time, with pauses while much happens', async () => {
  const { join, write, clock } = createFixture(0.5);
  const watchers = Array.from({ length: 100 }, () => join());
  const told = (count: number): number => watchers.filter(({ seen }) => seen.length >= count).length;
  await write('first');
  await turn();
  expect(told(1)).toBe(25);
  const waitedFor: number[] = [];
  for (let round = 1; round <= 10; round += 1) {
    if (round > 1) await write(`w-${round}`);
    let waited = 0;
    for (await turns(10); told(round) < 100 && waited < 100; waited += 1) {
      clock.advance(1);
      await turns(10);
    }
    waitedFor.push(waited);
  }
  // What it costs to tell is learned first; the pauses of once around then add up to the longest pause.
  expect(waitedFor[0]).toBe(0);
  expect(waitedFor.at(-1)).toBeGreaterThanOrEqual(5);
  expect(waitedFor.at(-1)).toBeLessThanOrEqual(9);
});

test('a clock that is set back keeps nobody waiting', async () => {
  const { join, write, clock, setBack } = createFixture(1);
  const { seen } = join();
  for (let round = 1; round <= 5; round += 1) {
    await write(`a-${round}`);
    await turns(3);
    clock.advance(7);
    await turns(3);
    expect(seen).toHaveLength(round);
    if (round === 2) setBack(3_600_000);
  }
});

test('any number of changes may come at once', () => {
  let tell: StoreFollower['onChanges'] = () => undefined;
  const follow: Store['follow'] = (_, follower) => {
    tell = follower.onChanges;
    return () => undefined;
  };
  const store = { follow, changes: () => [] } as unknown as Store;
  const hub = createWatchHub({ store, clock: createVirtualClock() });
  hub.subscribe({ ...SUBJECT, from: 0 }, { onBatch: () => undefined, onEnd: () => undefined });
  const metadata = { name: 'a', namespace: 'default' };
  const change = { kind: 'put', revision: 1, object: { apiVersion: 'v1', kind: 'ConfigMap', metadata } };
  tell(Array.from({ length: 500_000 }, () => change as unknown as StoreEvent));
});

test('what another namespace does concerns nobody', async () => {
  const { join, write, close } = createFixture();
  const { seen } = join();
  await write('a', 'other');
  await turns(3);
  expect(seen).toEqual([]);
  await close();
  expect(seen).toEqual([Infinity]);
});

test('whoever joins and leaves, everybody sees every change once and in order', async () => {
  const step = fc.constantFrom('join', 'leave', 'write', 'write', 'turn', 'wait');
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 200 }), fc.integer({ min: 0, max: 3 }), async (steps, cost) => {
      const { join, write, clock } = createFixture(cost / 10);
      const watchers = Array.from({ length: 60 }, () => join(0));
      let revision = 0;
      for (const name of steps) {
        if (name === 'join') watchers.push(join(Math.max(0, revision - 3)));
        if (name === 'leave') watchers.splice(revision % watchers.length, 1)[0]?.leave();
        if (name === 'write') await write(`w-${(revision += 1)}`);
        if (name === 'turn') await turn();
        if (name === 'wait') clock.advance(2);
      }
      for (let at = 0; at < 40; at += 1) {
        clock.advance(20);
        await turns(3);
      }
      for (const { seen, from } of watchers)
        expect(seen).toEqual(Array.from({ length: revision - from }, (_, at) => from + at + 1));
    }),
    { numRuns: 60 },
  );
});
