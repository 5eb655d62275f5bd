import { describe, expect, it } from 'vitest';

import {
  cloneJson,
  compareQuantities,
  createSeededRandom,
  createVirtualClock,
  fnv1a32,
  formatAge,
  formatGoDuration,
  parseGoDuration,
  parseQuantity,
  randomBytes,
  randomSuffix,
  sha256Hex,
} from './index.ts';

describe('Go durations', () => {
  it.each([
    ['0', 0],
    ['1h30m', 5_400_000],
    ['1.5s', 1500],
    ['-2m', -120_000],
    ['300ms', 300],
    ['1h1m1s1ms', 3_661_001],
  ])('reads %s', (text, expected) => expect(parseGoDuration(text)).toBe(expected));
  it.each(['', '5', 'h', '1x', '1h-', '1 h'])('refuses %j', (text) => expect(parseGoDuration(text)).toBeUndefined());
  it.each([
    [0, '0s'],
    [1500, '1.5s'],
    [60_000, '1m0s'],
    [5_400_000, '1h30m0s'],
    [0.25, '250µs'],
    [-20, '-20ms'],
  ])('writes %d', (ms, expected) => expect(formatGoDuration(ms)).toBe(expected));
});

describe('ages as kubectl prints them', () => {
  it.each([
    [500, '0s'],
    [119_000, '119s'],
    [120_000, '2m'],
    [125_000, '2m5s'],
    [3_600_000, '60m'],
    [4 * 3_600_000 + 60_000, '4h1m'],
    [3 * 86_400_000, '3d'],
  ])('%d ms', (ms, expected) => expect(formatAge(ms)).toBe(expected));
});

describe('quantities', () => {
  it.each([
    ['1', 1_000_000_000n],
    ['500m', 500_000_000n],
    ['1Ki', 1_024_000_000_000n],
    ['1.5Gi', 1_610_612_736_000_000_000n],
    ['2e3', 2_000_000_000_000n],
    ['-1k', -1_000_000_000_000n],
  ])('reads %s', (text, expected) => expect(parseQuantity(text)).toBe(expected));
  it.each(['', 'a', '1KiB', '1 Gi', '--1'])('refuses %j', (text) => expect(parseQuantity(text)).toBeUndefined());
  it('orders across suffixes', () => expect(compareQuantities('1Gi', '1000M')).toBe(1));
});

describe('hashes', () => {
  it('is FNV-1a', () => expect(fnv1a32('hello')).toBe(0x4f9f2cab));
  it('is SHA-256', () =>
    expect(sha256Hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'));
});

describe('ports', () => {
  it('repeats randomness from a seed', () => {
    expect(randomSuffix(createSeededRandom(7))).toBe(randomSuffix(createSeededRandom(7)));
    expect(randomBytes(createSeededRandom(7), 12)).toEqual(randomBytes(createSeededRandom(7), 12));
    expect(randomBytes({ ...createSeededRandom(7), next: () => 1 - 2 ** -53 }, 2)).toEqual(Uint8Array.of(255, 255));
    expect(createSeededRandom(1).uuid()).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });
  it('fires timers in order of due time', () => {
    const clock = createVirtualClock(0);
    const fired: string[] = [];
    clock.setTimer(20, () => fired.push('late'));
    clock.setTimer(10, () => fired.push('early'));
    clock.setTimer(15, () => fired.push('cancelled'))();
    clock.advance(30);
    expect({ fired, now: clock.now() }).toEqual({ fired: ['early', 'late'], now: 30 });
  });
});

describe('cloneJson', () => {
  it('keeps a key named __proto__ as data', () => {
    const hostile = JSON.parse('{"__proto__": {"polluted": true}}') as object;
    const copy = cloneJson(hostile);
    expect(Object.keys(copy)).toEqual(['__proto__']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
