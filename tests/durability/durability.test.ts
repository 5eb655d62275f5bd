import { expect, it } from 'vitest';

import { killRounds } from './kill-rounds.ts';

it('kill -9 under write load: nothing acknowledged is lost, nothing is seen twice', { timeout: 120_000 }, async () => {
  const figures = await killRounds(5, { pause: (round) => 300 + ((round * 137) % 400) });
  expect(figures.broken).toEqual([]);
  expect(figures.acknowledged).toBeGreaterThan(500);
  expect(figures.seen).toBeGreaterThan(500);
  expect(figures.resumed).toBeGreaterThan(4);
});
