import { describe, expect, it } from 'vitest';

import { describeGroupVersions } from './decide.ts';

describe('describeGroupVersions', () => {
  const served = [
    { group: '', version: 'v1' },
    { group: '', version: 'v1' },
    { group: 'apps', version: 'v1' },
    { group: 'example.com', version: 'v1alpha1' },
    { group: 'constructor', version: 'v1' },
  ];

  it('gives one object for each group version', () => {
    const described = [...describeGroupVersions(served, '2026-01-01T00:00:00Z')].map(([name, { spec, metadata }]) => [
      name,
      spec?.group,
      spec?.groupPriorityMinimum,
      Object.values(metadata.labels ?? {}),
    ]);
    expect(described).toEqual([
      ['v1.', undefined, 18_000, ['onstart']],
      ['v1.apps', 'apps', 17_800, ['onstart']],
      ['v1alpha1.example.com', 'example.com', 1000, ['true']],
      ['v1.constructor', 'constructor', 1000, ['true']],
    ]);
  });
});
