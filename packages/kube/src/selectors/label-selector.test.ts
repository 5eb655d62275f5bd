import { describe, expect, it } from 'vitest';

import { matchesRequirements, type LabelRequirement } from './index.ts';

describe('matchesRequirements', () => {
  it.each<{ reason: string; requirement: LabelRequirement; labels: Record<string, string>; want: boolean }>([
    {
      reason: 'an inherited member is no label',
      requirement: { key: 'constructor', operator: 'Exists' },
      labels: {},
      want: false,
    },
    {
      reason: 'a label may be named so',
      requirement: { key: 'constructor', operator: 'Exists' },
      labels: { constructor: 'x' },
      want: true,
    },
    {
      reason: 'greater',
      requirement: { key: 'n', operator: 'GreaterThan', values: ['9'] },
      labels: { n: '10' },
      want: true,
    },
    {
      reason: 'negative',
      requirement: { key: 'n', operator: 'LessThan', values: ['+1'] },
      labels: { n: '-1' },
      want: true,
    },
    {
      reason: 'a fraction is no integer',
      requirement: { key: 'n', operator: 'GreaterThan', values: ['1'] },
      labels: { n: '1.5' },
      want: false,
    },
    {
      reason: 'an empty text is no integer',
      requirement: { key: 'n', operator: 'LessThan', values: ['1'] },
      labels: { n: '' },
      want: false,
    },
  ])('$reason', ({ requirement, labels, want }) => {
    expect(matchesRequirements([requirement], labels)).toBe(want);
  });
});
