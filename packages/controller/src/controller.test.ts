import { describe, expect, it } from 'vitest';

import { createSeededRandom, createVirtualClock, Failure, silentLogger } from '@argosy/base';
import { ApiStatusError, type ObjectKey } from '@argosy/kube';

import { classifyError } from './classify-error.ts';
import { createController, type Next, type Source } from './controller.ts';
import { createReconcile } from './loop.ts';

const settle = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};

const start = async (reconcile: (key: ObjectKey) => Promise<Next>, concurrency = 1) => {
  const clock = createVirtualClock(0);
  let enqueue: (key: ObjectKey) => void = () => undefined;
  const source: Source = {
    synced: Promise.resolve(),
    subscribe: (to) => {
      enqueue = to;
      return { [Symbol.dispose]: () => undefined };
    },
  };
  const controller = createController(
    { clock, random: createSeededRandom(1), log: silentLogger },
    { name: 'test', sources: [source], reconcile, concurrency },
  );
  const ending = new AbortController();
  const running = controller.run(ending.signal);
  const end = async () => {
    ending.abort();
    await running;
  };
  await settle();
  return { clock, add: (name: string) => enqueue({ namespace: 'default', name }), end };
};

describe('controller', () => {
  it('looks at what its sources name, and again when it was told to', async () => {
    const seen: string[] = [];
    const { clock, add, end } = await start(async ({ name }) => {
      seen.push(name);
      return name === 'later' ? { kind: 'recheck', afterMs: 1000 } : { kind: 'settled' };
    });
    add('a');
    add('later');
    await settle();
    clock.advance(1000);
    await settle();
    expect(seen).toEqual(['a', 'later', 'later']);
    await end();
  });

  it('one bad object does not keep others from their turn, and is tried again ever later', async () => {
    const seen: string[] = [];
    const { clock, add, end } = await start(async ({ name }) => {
      seen.push(name);
      if (name === 'bad') throw new TypeError('broken');
      return { kind: 'settled' };
    });
    add('bad');
    add('good');
    await settle();
    expect(seen).toEqual(['bad', 'good']);
    for (let turn = 0; turn < 200; turn++) {
      clock.advance(100);
      await settle();
    }
    const tries = seen.filter((name) => name === 'bad').length;
    expect(tries).toBeGreaterThan(5);
    expect(tries).toBeLessThan(20);
    await end();
  });

  it('never works on one key twice at once', async () => {
    let working = 0;
    let most = 0;
    const { add, end } = await start(async () => {
      most = Math.max(most, ++working);
      await new Promise((resolve) => setImmediate(resolve));
      working -= 1;
      return { kind: 'settled' };
    }, 4);
    for (let turn = 0; turn < 10; turn++) {
      add('a');
      await new Promise((resolve) => setImmediate(resolve));
    }
    await settle();
    expect(most).toBe(1);
    await end();
  });
});

describe('createReconcile', () => {
  const aLoop = (act: (action: string) => Promise<string>) => {
    const reported: unknown[] = [];
    const reconcile = createReconcile({
      observe: async ({ name }) =>
        name === 'gone'
          ? undefined
          : { object: { apiVersion: 'v1', kind: 'X', metadata: { name } }, world: {}, now: 0 },
      decide: () => ({ actions: ['one', 'two', 'three'], status: {}, events: [], next: { kind: 'settled' } as const }),
      act,
      report: async (_, __, outcomes) => void reported.push(outcomes),
    });
    return { reconcile, reported };
  };
  const { signal } = new AbortController();

  it('acts in order and reports', async () => {
    const { reconcile, reported } = aLoop(async (action) => `did ${action}`);
    expect(await reconcile({ name: 'a' }, signal)).toEqual({ kind: 'settled' });
    expect(reported).toEqual([['did one', 'did two', 'did three']]);
  });

  it('stops at the first failure, reports what was done, and throws', async () => {
    const { reconcile, reported } = aLoop(async (action) => {
      if (action === 'two') throw new Failure('no', { code: 'No' });
      return action;
    });
    await expect(reconcile({ name: 'a' }, signal)).rejects.toThrow('no');
    expect(reported).toEqual([['one']]);
  });

  it('does nothing about what is gone', async () => {
    const { reconcile, reported } = aLoop(async () => '');
    expect([await reconcile({ name: 'gone' }, signal), reported]).toEqual([{ kind: 'settled' }, []]);
  });
});

describe('classifyError', () => {
  it.each([
    ['a lost update', new ApiStatusError('Conflict', ''), 'conflict'],
    ['a lost creation', new ApiStatusError('AlreadyExists', ''), 'conflict'],
    ['an overloaded server', new ApiStatusError('TooManyRequests', ''), 'transient'],
    ['a server in trouble', new ApiStatusError('InternalError', ''), 'transient'],
    ['a refusal', new ApiStatusError('Invalid', ''), 'terminal'],
    ['a closed connection', Object.assign(new Error(''), { code: 'ECONNRESET' }), 'transient'],
    ['a bug', new TypeError(''), 'defect'],
    ['something else', 'text', 'defect'],
  ])('%s', (_, thrown, expected) => expect(classifyError(thrown)).toBe(expected));
});
