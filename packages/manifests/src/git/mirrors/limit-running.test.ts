import { describe, expect, it } from 'vitest';

import { createLimiter } from './limit-running.ts';

describe('createLimiter', () => {
  it('runs so many at a time, in order, and goes on after a failure', async () => {
    const limit = createLimiter(2);
    const seen: string[] = [];
    let running = 0;
    let most = 0;
    const job = (name: string) =>
      limit(async () => {
        running += 1;
        most = Math.max(most, running);
        seen.push(name);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        if (name === 'b') throw new Error('b failed');
        return name;
      });
    const answers = await Promise.allSettled(['a', 'b', 'c', 'd', 'e'].map(job));
    expect([most, running, seen, answers.map(({ status }) => status)]).toEqual([
      2,
      0,
      ['a', 'b', 'c', 'd', 'e'],
      ['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled'],
    ]);
    expect(await job('again')).toBe('again');
  });
});
