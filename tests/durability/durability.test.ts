import { expect, it } from 'vitest';

import { killRounds } from './kill-rounds.ts';

it('kill -9 under write load: nothing acknowledged is lost, nothing is seen twice', { timeout: 120_000 }, async () => {
  const figures = await killRounds(5, { writes: (round) => 100 + ((round * 37) % 60) });
  expect(figures.broken).toEqual([]);
  expect(figures.acknowledged).toBeGreaterThanOrEqual(500);
  expect(figures.seen).toBeGreaterThan(200);
});
