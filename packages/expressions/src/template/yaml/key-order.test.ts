import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { compareKeys, comparePrettyKeys } from './key-order.ts';
import { compareRunes } from './rune-order.ts';

/** What numbers, words and other scripts in keys are made of; few, so that keys share their beginnings. */
const PIECES = [
  '0',
  '00',
  '1',
  '2',
  '9',
  '10',
  'a',
  'B',
  '-',
  '.',
  '/',
  'é',
  '٣',
  '日',
  '🙂',
  '9'.repeat(16),
  '1'.repeat(20),
];
const key = fc.array(fc.constantFrom(...PIECES), { maxLength: 6 }).map((pieces) => pieces.join(''));

describe('compareKeys', () => {
  it('decides as runes do', () => {
    fc.assert(
      fc.property(key, key, key, (start, left, right) => {
        const [a, b] = [start + left, start + right];
        if (a === b) return;
        expect(Math.sign(compareKeys(a, b))).toBe(compareRunes(a, b, false));
        expect(Math.sign(comparePrettyKeys(a, b))).toBe(compareRunes(a, b, true));
      }),
      { numRuns: 20_000 },
    );
  });
  it.each([
    { left: 'field9', right: 'field10' },
    { left: 'a1b', right: 'a01' },
    { left: '1a', right: 'a' },
    { left: 'a', right: 'ab' },
  ])('puts $left before $right', ({ left, right }) => {
    expect(compareKeys(left, right)).toBeLessThan(0);
    expect(compareKeys(right, left)).toBeGreaterThan(0);
  });
});
