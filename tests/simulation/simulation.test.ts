import { describe, expect, it } from 'vitest';

import { simulate } from './simulate.ts';

describe('the simulator', () => {
  it.each([1, 5])('finds nothing wrong after a bad quarter of an hour, seed %i', { timeout: 120_000 }, async (seed) => {
    const result = await simulate(seed, 0.25);
    expect(result.actions).toBeGreaterThan(20);
    expect(result.violations).toEqual([]);
  });

  it('does the same again for the same seed', { timeout: 120_000 }, async () => {
    const [first, again] = [await simulate(3, 0.1), await simulate(3, 0.1)];
    expect(again).toEqual(first);
  });
});
