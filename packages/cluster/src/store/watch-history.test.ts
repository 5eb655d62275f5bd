import { describe, expect, it } from 'vitest';

import { createWatchHistory } from './watch-history.ts';

const changeOf = (revision: number, text: string) => ({
  type: 'MODIFIED' as const,
  object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { text } },
  previous: undefined,
  revision,
});

describe('the history of a resource', () => {
  it('forgets large changes before small ones would be forgotten', () => {
    const history = createWatchHistory({ capacity: 1_000, size: 10_000, start: 0 });
    for (let revision = 1; revision <= 100; revision += 1) history.record('/x', changeOf(revision, 'x'.repeat(1_000)));
    const kept = history.since('/x', 95);
    expect(kept.map(({ revision }) => revision)).toEqual([96, 97, 98, 99, 100]);
    expect(() => history.since('/x', 70)).toThrow('too old resource version');
    for (let revision = 1; revision <= 100; revision += 1) history.record('/y', changeOf(revision, ''));
    expect(history.since('/y', 0)).toHaveLength(100);
  });

  it('forgets a change that is too large by itself; whoever has seen it goes on', () => {
    const history = createWatchHistory({ capacity: 10, size: 100, start: 0 });
    history.record('/x', changeOf(1, 'x'.repeat(1_000)));
    history.record('/x', changeOf(2, 'x'.repeat(1_000)));
    expect(history.since('/x', 2)).toEqual([]);
    expect(() => history.since('/x', 0)).toThrow('too old');
  });

  it('counts a large object for several times its text', () => {
    const history = createWatchHistory({ capacity: 1_000, size: 3_000_000, start: 0 });
    for (let revision = 1; revision <= 10; revision += 1) history.record('/x', changeOf(revision, 'x'.repeat(300_000)));
    expect(history.since('/x', 8)).toHaveLength(2);
    expect(() => history.since('/x', 1)).toThrow('too old');
    for (let revision = 1; revision <= 10; revision += 1) history.record('/y', changeOf(revision, 'x'.repeat(200_000)));
    expect(history.since('/y', 0)).toHaveLength(10);
  });
});
