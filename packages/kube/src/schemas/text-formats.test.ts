import { describe, expect, it } from 'vitest';

import { hasForm, hasFormat } from './text-formats.ts';

describe('hasFormat', () => {
  it('takes names every object has for formats nobody knows', () => {
    for (const format of ['__proto__', 'constructor', 'toString']) expect(hasFormat(format, 'any')).toBe(true);
  });

  it.each([
    ['date-time', '2024-01-01T00:00:00Z', true],
    ['date-time', '2024-01-01t00:00:00.5+01:00', true],
    ['date-time', '2024-01-01', false],
    ['date-time', '1', false],
    ['date-time', '2024-02-30T00:00:00Z', false],
    ['date-time', '2024-01-01T24:00:00Z', false],
    ['datetime', 'x', false],
    ['date', '2024-02-30', false],
    ['duration', '1h30m', true],
    ['duration', '2 weeks', true],
    ['duration', '1d', true],
    ['duration', 'soon', false],
    ['uri', 'https://a.b/c d', true],
    ['uri', '/a', true],
    ['uri', 'a/b', false],
    ['ipv4', '010.0.0.1', false],
    ['ipv6', '::1', true],
    ['cidr', '10.0.0.0', false],
    ['mac', '00:00:5e:00:53:01', true],
    ['byte', 'YQ=\n=', true],
    ['quantity', 'anything', true],
  ])('%s: %j is %s', (format, value, want) => expect(hasFormat(format, value)).toBe(want));
});

describe('hasForm', () => {
  it.each([
    ['quantity', '1Gi', true],
    ['quantity', 'abc', false],
    ['micro-time', '2024-01-01T00:00:00.000000Z', true],
    ['micro-time', '2024-01-01T00:00:00Z', false],
  ] as const)('%s: %j is %s', (form, value, want) => expect(hasForm(form, value)).toBe(want));
});
