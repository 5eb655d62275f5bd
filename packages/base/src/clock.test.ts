import { describe, expect, it } from 'vitest';

import { delay, type Clock } from './clock.ts';

/** A clock whose timers never end by themselves; `onSet` runs while one is being set. */
const stillClock = (onSet: () => void) => {
  const cancelled: number[] = [];
  const clock: Clock = {
    now: () => 0,
    setTimer: (delayMs) => {
      onSet();
      return () => void cancelled.push(delayMs);
    },
  };
  return { clock, cancelled };
};

describe('delay', () => {
  it('ends when the signal aborts while the timer is being set', async () => {
    const ending = new AbortController();
    const { clock, cancelled } = stillClock(() => ending.abort());
    await delay(clock, 5, ending.signal);
    expect(cancelled).toEqual([5]);
  });

  it('ends when the signal aborts later, and sets no timer for one that has aborted', async () => {
    const ending = new AbortController();
    const { clock, cancelled } = stillClock(() => undefined);
    const waiting = delay(clock, 7, ending.signal);
    ending.abort();
    await waiting;
    await delay(clock, 9, ending.signal);
    expect(cancelled).toEqual([7]);
  });
});
