import { expect, it } from 'vitest';

import { createPooledRandom } from './pooled-random.ts';

it('draws numbers evenly, and none of them again when the pool is filled again', () => {
  const random = createPooledRandom();
  const drawn = Array.from({ length: 20_000 }, () => random.next());
  expect(drawn.every((number) => number >= 0 && number < 1)).toBe(true);
  expect(new Set(drawn).size).toBe(drawn.length);
  const tenths = Array.from({ length: 10 }, (_, tenth) => drawn.filter((number) => Math.floor(number * 10) === tenth));
  // 2,000 each: farther off than ten standard deviations by chance is out of the question.
  for (const { length } of tenths) expect(Math.abs(length - 2000)).toBeLessThan(430);
});

it('draws differently each time', () => {
  expect(createPooledRandom().next()).not.toBe(createPooledRandom().next());
  expect(createPooledRandom().uuid()).not.toBe(createPooledRandom().uuid());
});
