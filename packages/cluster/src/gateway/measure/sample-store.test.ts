import { describe, expect, it } from 'vitest';

import { createSampleStore } from './sample-store.ts';

const all = () => true;
const atSeconds = (start = 1000) => {
  let now = start * 1000;
  return { now: () => now, move: (seconds: number) => (now += seconds * 1000) };
};

describe('createSampleStore', () => {
  it('fills the seconds between changes, from zero on', () => {
    const time = atSeconds();
    const store = createSampleStore(time.now);
    time.move(2.5);
    const counter = store.counter({ a: '1' });
    counter.add(3);
    time.move(2);
    counter.add(1);
    time.move(2);
    expect(store.select(all, 0, time.now())).toEqual([
      {
        labels: { a: '1' },
        samples: [0, 0, 0, 3, 3, 4, 4].map((value, index) => ({ at: (1000 + index) * 1000, value })),
      },
    ]);
  });
  it('gives samples after the start of a window and up to its end', () => {
    const time = atSeconds();
    const store = createSampleStore(time.now);
    store.counter({ a: '1' }).add(1);
    time.move(60);
    const [series] = store.select(all, 1010_000, 1012_000);
    expect(series?.samples.map(({ at }) => at)).toEqual([1011_000, 1012_000]);
  });
  it('says nothing of the future', () => {
    const store = createSampleStore(atSeconds().now);
    store.counter({ a: '1' }).add(1);
    expect(store.select(all, 1000_000, 2000_000)).toEqual([]);
  });
  it('keeps the value of counters at rest, and forgets what is too old', () => {
    const time = atSeconds();
    const store = createSampleStore(time.now, { keptMs: 120_000, mostSeries: 10 });
    const counter = store.counter({ a: '1' });
    for (let second = 0; second < 600; second += 1) {
      counter.add(1);
      time.move(1);
    }
    time.move(300);
    const [series] = store.select(all, 0, time.now());
    expect(series?.samples).toHaveLength(120);
    expect(new Set(series?.samples.map(({ value }) => value))).toEqual(new Set([600]));
  });
  it('has room for so many series, idle ones giving way', () => {
    const time = atSeconds();
    const store = createSampleStore(time.now, { keptMs: 60_000, mostSeries: 2 });
    const [first, second, third] = ['a', 'b', 'c'].map((name) => store.counter({ name }));
    for (const counter of [first, second, third]) counter?.add(1);
    const names = () => store.select(all, 0, time.now()).map(({ labels }) => labels['name']);
    expect(names()).toEqual(['a', 'b']);
    time.move(100);
    second?.add(1);
    third?.add(1);
    expect(names()).toEqual(['b', 'c']);
    first?.add(1);
    expect([names(), store.seriesCount]).toEqual([['b', 'c'], 2]);
  });
});
