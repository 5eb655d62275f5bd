import { describe, expect, it } from 'vitest';

import { createSeededRandom } from '@argosy/base';

import { compilePattern } from '../patterns/pattern.ts';
import { isForCanary, nextPoint, pickWeighted } from './pick-backend.ts';
import type { CanaryPolicy } from './route.ts';

const service = { namespace: 'a', name: 'canary', port: 80 };

describe('pickWeighted', () => {
  const count = (weights: readonly number[], requests: number, every = 1): readonly number[] => {
    const items = weights.map((weight, index) => ({ weight, index }));
    const counts = weights.map(() => 0);
    let point = createSeededRandom(3).next();
    for (let request = 0; request < requests * every; request += 1) {
      point = nextPoint(point);
      const index = request % every === 0 ? pickWeighted(items, point)?.index : undefined;
      if (index !== undefined) counts[index] = (counts[index] ?? 0) + 1;
    }
    return counts;
  };
  it.each([[[95, 5]], [[50, 50]], [[1, 0, 3]], [[1, 1, 1, 1, 1]], [[999, 1]], [[0, 7]]])(
    'splits %j to within a few of a thousand requests',
    (weights) => {
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      for (const [index, got] of count(weights, 1000).entries()) {
        const wanted = (1000 * (weights[index] ?? 0)) / total;
        expect(Math.abs(got - wanted)).toBeLessThanOrEqual(wanted === 0 ? 0 : 5);
      }
    },
  );
  it.each([2, 3, 5, 10])('splits as well what is every %i. request', (every) => {
    const [, canary = 0] = count([80, 20], 1000, every);
    expect(Math.abs(canary - 200)).toBeLessThanOrEqual(10);
  });
  it('picks nothing when there is no weight', () => expect(pickWeighted([{ weight: 0 }], 0.5)).toBeUndefined());
  it('picks the last one at the very end', () =>
    expect(pickWeighted([{ weight: 1 }, { weight: 0 }], 1)).toEqual({ weight: 1 }));
});

describe('isForCanary', () => {
  const pattern = compilePattern('eu|us-.*');
  const policy = (change: Partial<CanaryPolicy>): CanaryPolicy => ({ service, weight: 0, weightTotal: 100, ...change });
  const header = { name: 'x' };
  it.each([
    ['weight below', policy({ weight: 30 }), {}, 0.29, true],
    ['weight above', policy({ weight: 30 }), {}, 0.3, false],
    ['all of a total', policy({ weight: 1000, weightTotal: 1000 }), {}, 0.999, true],
    ['header always', policy({ header }), { x: 'always' }, 0, true],
    ['header never, whatever the weight', policy({ header, weight: 100 }), { x: 'never' }, 0, false],
    ['another header value, by weight', policy({ header, weight: 100 }), { x: 'maybe' }, 0.5, true],
    ['the value asked for', policy({ header: { ...header, value: 'v' } }), { x: 'v' }, 0, true],
    ['always where a value is asked for', policy({ header: { ...header, value: 'v' } }), { x: 'always' }, 0, false],
    [
      'a pattern within',
      policy({ header: { ...header, ...(pattern.ok ? { pattern: pattern.value } : {}) } }),
      { x: 'in eu' },
      0,
      true,
    ],
    ['cookie always', policy({ cookie: 'c' }), { cookie: 'b=never; c=always' }, 0, true],
    ['cookie never', policy({ cookie: 'c', weight: 100 }), { cookie: 'c=never' }, 0, false],
    ['header before cookie', policy({ header, cookie: 'c' }), { x: 'always', cookie: 'c=never' }, 0, true],
  ])('%s', (_, given, headers, point, wanted) => expect(isForCanary(given, { headers }, point)).toBe(wanted));
});
