import { describe, expect, it } from 'vitest';

import { unifiedDiff } from './line-diff.ts';

const numbers = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => `${from + index}\n`).join('');

describe('unifiedDiff', () => {
  it.each([
    { reason: 'equal texts', from: 'a\n', to: 'a\n', hunks: [] },
    { reason: 'everything new', from: '', to: 'a\nb\n', hunks: ['@@ -0,0 +1,2 @@', '+a', '+b'] },
    { reason: 'everything gone', from: 'a\n', to: '', hunks: ['@@ -1 +0,0 @@', '-a'] },
    {
      reason: 'a line in context',
      from: numbers(1, 9),
      to: numbers(1, 9).replace('5\n', 'five\n'),
      hunks: ['@@ -2,7 +2,7 @@', ' 2', ' 3', ' 4', '-5', '+five', ' 6', ' 7', ' 8'],
    },
    {
      reason: 'a moved line',
      from: 'a\nb\nc\n',
      to: 'b\nc\na\n',
      hunks: ['@@ -1,3 +1,3 @@', '-a', ' b', ' c', '+a'],
    },
  ])('shows $reason', ({ from, to, hunks }) => {
    expect(unifiedDiff(from, to)).toEqual(hunks);
  });

  it('keeps changes that are far apart apart', () => {
    const heads = unifiedDiff(numbers(1, 40), numbers(1, 40).replace('3\n', 'x\n').replace('\n30\n', '\ny\n')).filter(
      (line) => line.startsWith('@@'),
    );
    expect(heads).toEqual(['@@ -1,6 +1,6 @@', '@@ -27,7 +27,7 @@']);
  });
});
