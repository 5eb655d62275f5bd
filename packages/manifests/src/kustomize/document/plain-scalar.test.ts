import { describe, expect, it } from 'vitest';

import { numberOf, parsePlain, toJsonTime } from './plain-scalar.ts';
import { PlainScalar } from './plain-text.ts';

describe('parsePlain', () => {
  it.each([
    ['', null],
    ['true', true],
    ['FALSE', false],
    ['1', 1],
    ['-7', -7],
    ['0.5', 0.5],
    ['yes', 'yes'],
    ['tRUE', 'tRUE'],
    ['1.2.3', '1.2.3'],
    ['12:30:45', '12:30:45'],
    ['0x', '0x'],
    ['.', '.'],
    ['-', '-'],
    ['2024-13-01', '2024-13-01'],
    ['a', 'a'],
  ])('%j', (text, value) => {
    expect(parsePlain(text)).toBe(value);
  });

  it.each([
    ['~', 'null'],
    ['null', 'null'],
    ['0644', 'number'],
    ['9223372036854775000', 'number'],
    ['0o17', 'number'],
    ['0x1F', 'number'],
    ['1.50', 'number'],
    ['+7', 'number'],
    ['1_000', 'number'],
    ['1e3', 'number'],
    ['.5', 'number'],
    ['.inf', 'number'],
    ['12345678901234567890', 'number'],
    ['2024-01-02', 'time'],
    ['2024-01-02T03:04:05Z', 'time'],
    ['2024-01-02 03:04:05', 'time'],
  ])('keeps the text of %s', (text, kind) => {
    expect(parsePlain(text)).toEqual(new PlainScalar(kind as PlainScalar['kind'], text));
  });
});

describe('numberOf', () => {
  it.each([
    ['0644', 420n],
    ['-0x1F', -31n],
    ['0b101', 5n],
    ['1_000', 1000n],
    ['12345678901234567890', 12345678901234567890n],
    ['1.50', 1.5],
    ['08', 8],
  ])('%s', (text, value) => {
    expect(numberOf(text)).toBe(value);
  });
});

describe('toJsonTime', () => {
  it.each([
    ['2024-1-2', '2024-01-02T00:00:00Z'],
    ['2024-01-02t03:04:05.600+01:00', '2024-01-02T03:04:05.6+01:00'],
    ['2024-01-02 3:4:5.25', '2024-01-02T03:04:05.25Z'],
  ])('%s', (text, time) => {
    expect(toJsonTime(text)).toBe(time);
  });
});
