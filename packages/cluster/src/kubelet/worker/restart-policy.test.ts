import { expect, it } from 'vitest';

import { backOffMs, restarts } from './restart-policy.ts';

it('restarts by policy', () =>
  expect(
    (['Always', 'OnFailure', 'Never'] as const).map((policy) => [restarts(policy, 0), restarts(policy, 1)]),
  ).toEqual([
    [true, true],
    [false, true],
    [false, false],
  ]));
it('restarts at once, then after 10 s doubling to 5 min', () =>
  expect([1, 2, 3, 4, 20].map(backOffMs)).toEqual([0, 10_000, 20_000, 40_000, 300_000]));
