/** Where writes to the log are waited for. */
import { createVirtualClock } from '@argosy/base';
import { expect, test } from 'vitest';

import { createQuickDisk } from './quick-disk.ts';

/** Makes so many small writes that take so many milliseconds each; returns how many of them were waited for on the spot. */
const createDisk = () => {
  const clock = createVirtualClock();
  const disk = createQuickDisk(clock);
  return (count: number, milliseconds: number): number => {
    let waited = 0;
    for (let at = 0; at < count; at += 1) {
      if (!disk.isQuick(2_000)) continue;
      waited += 1;
      disk.wait(() => clock.advance(milliseconds));
    }
    return waited;
  };
};

test('a quick disk is waited for, always, though it stalls now and then', () => {
  const write = createDisk();
  expect(write(1_000, 0)).toBe(1_000);
  for (let stall = 0; stall < 20; stall += 1) {
    expect(write(1, 5)).toBe(1);
    expect(write(500, 0)).toBe(500);
  }
});

test('a disk that always takes long is waited for ever more seldom', () => {
  const write = createDisk();
  expect(write(2, 15)).toBe(1);
  expect(write(63, 15)).toBe(0);
  expect(write(1, 15)).toBe(1);
  expect(write(128, 15)).toBe(0);
  expect(write(100_000, 15)).toBeLessThan(110);
});

test('one that was slow for a while is waited for again, and the while is forgotten', () => {
  const write = createDisk();
  write(20_000, 15);
  expect(write(1_024, 0)).toBeLessThan(1_024);
  expect(write(1_000, 0)).toBe(1_000);
  expect(write(2, 15)).toBe(2);
  expect(write(64, 0)).toBe(0);
  expect(write(500, 0)).toBe(500);
});

test('a clock of whole milliseconds tells a disk of two from one of a quarter', () => {
  const [quick, slow] = [createDisk(), createDisk()];
  expect(Array.from({ length: 400 }, (_, at) => quick(1, at % 4 === 0 ? 1 : 0)).filter(Boolean)).toHaveLength(400);
  expect(slow(400, 2)).toBeLessThan(100);
});

test('a clock that is set back makes no disk quick', () => {
  let now = 0;
  const disk = createQuickDisk({ ...createVirtualClock(), now: () => now });
  const write = (milliseconds: number): void => {
    if (disk.isQuick(2_000)) disk.wait(() => (now += milliseconds));
  };
  write(-3_600_000);
  write(15);
  expect(disk.isQuick(2_000)).toBe(false);
});

test('a large write is made elsewhere, and so is the next one on a disk that was slow', () => {
  const clock = createVirtualClock();
  const disk = createQuickDisk(clock);
  expect(disk.isQuick(100 * 1024)).toBe(false);
  expect(disk.isQuick(100)).toBe(true);
});

test('a write that fails is told', () => {
  const disk = createQuickDisk(createVirtualClock());
  const fail = (): void => {
    throw new Error('ENOSPC');
  };
  expect(() => disk.wait(fail)).toThrow('ENOSPC');
});
