import { describe, expect, it } from 'vitest';

import { createSeededRandom, createVirtualClock } from '@argosy/base';

import { createWorkqueue } from './workqueue.ts';

const aQueue = () => {
  const clock = createVirtualClock(0);
  return { clock, queue: createWorkqueue({ clock, random: createSeededRandom(1) }) };
};

describe('workqueue', () => {
  it('holds a key once, in order of arrival', async () => {
    const { queue } = aQueue();
    for (const key of ['a', 'b', 'a']) queue.add(key);
    expect([await queue.take(), await queue.take(), queue.depth]).toEqual(['a', 'b', 0]);
  });

  it('never gives a key to two workers, and gives it again if it was added meanwhile', async () => {
    const { queue } = aQueue();
    queue.add('a');
    expect(await queue.take()).toBe('a');
    queue.add('a');
    expect(queue.depth).toBe(0);
    queue.done('a');
    expect(await queue.take()).toBe('a');
  });

  it('keeps the earliest of several delays', async () => {
    const { clock, queue } = aQueue();
    queue.addAfter('a', 100);
    queue.addAfter('a', 50);
    queue.addAfter('a', 70);
    clock.advance(50);
    expect(queue.depth).toBe(1);
    expect(await queue.take()).toBe('a');
    queue.done('a');
    clock.advance(100);
    expect(queue.depth).toBe(0);
  });

  it('waits longer with each failure until it is forgotten', () => {
    const { queue } = aQueue();
    const waits = [1, 2, 3].map(() => queue.addRateLimited('a'));
    queue.forget('a');
    const fresh = queue.addRateLimited('a');
    expect(waits[2]! > waits[0]! * 2 && fresh < waits[1]! * 1.7 && fresh <= 12.5).toBe(true);
  });

  it('wakes takers when it closes', async () => {
    const { queue } = aQueue();
    const taken = queue.take();
    queue.close();
    expect(await taken).toBeUndefined();
  });
});
