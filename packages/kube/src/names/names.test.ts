import { describe, expect, it } from 'vitest';

import { matchesFieldSelector, parseFieldSelector, parseLabelSelector } from '../selectors/index.ts';
import {
  generatedName,
  validateDns1035Label,
  validateDns1123Label,
  validateDns1123Subdomain,
  validateLabelKey,
  validateNamePrefix,
} from './index.ts';

describe('parseLabelSelector', () => {
  it.each([
    ['a=b', [{ key: 'a', operator: 'In', values: ['b'] }]],
    ['a==b', [{ key: 'a', operator: 'In', values: ['b'] }]],
    ['a=', [{ key: 'a', operator: 'In', values: [''] }]],
    [
      'a!=b , c',
      [
        { key: 'a', operator: 'NotIn', values: ['b'] },
        { key: 'c', operator: 'Exists' },
      ],
    ],
    [
      'x in (b,a), y notin (c)',
      [
        { key: 'x', operator: 'In', values: ['a', 'b'] },
        { key: 'y', operator: 'NotIn', values: ['c'] },
      ],
    ],
    [
      '!example.com/f,g>3,h<-1',
      [
        { key: 'example.com/f', operator: 'DoesNotExist' },
        { key: 'g', operator: 'GreaterThan', values: ['3'] },
        { key: 'h', operator: 'LessThan', values: ['-1'] },
      ],
    ],
    ['in in (in)', [{ key: 'in', operator: 'In', values: ['in'] }]],
    ['', []],
  ])('reads %s', (text, value) => expect(parseLabelSelector(text)).toEqual({ ok: true, value }));

  it.each(['a=b,', 'a in x', 'a in (x', ',a', 'a>b', '_x=1', 'a b', 'a=b=c', '!a=b'])('refuses %s', (text) =>
    expect(parseLabelSelector(text)).toMatchObject({
      ok: false,
      error: expect.stringMatching(/^unable to parse requirement: /),
    }),
  );
});

describe('field selectors', () => {
  it.each([
    ['metadata.name=x', { 'metadata.name': 'x' }, true],
    ['metadata.name!=x', { 'metadata.name': 'x' }, false],
    ['a==1,b!=', { a: '1', b: '2' }, true],
    ['a=', {}, true],
    [String.raw`a=x\,y\=z`, { a: 'x,y=z' }, true],
  ])('%s over %o is %s', (text, fields: Record<string, string>, expected) => {
    const parsed = parseFieldSelector(text);
    expect(parsed.ok && matchesFieldSelector(parsed.value, (field) => fields[field])).toBe(expected);
  });
  it.each(['metadata.name', 'a=b=c', String.raw`a=\x`])('refuses %s', (text) =>
    expect(parseFieldSelector(text).ok).toBe(false),
  );
});

describe('names', () => {
  it.each([
    ['label', validateDns1123Label, ['a', '1-a'], ['', 'A', 'a.b', '-a', 'a'.repeat(64)]],
    ['subdomain', validateDns1123Subdomain, ['a.b-c', 'x'.repeat(253)], ['', 'a..b', 'a_b', 'x'.repeat(254)]],
    ['1035', validateDns1035Label, ['a1'], ['1a', '']],
    ['key', validateLabelKey, ['a', 'x.io/A_b'], ['', 'a/b/c', '/a', 'x.io/', 'X.io/a']],
    ['prefix', (name: string) => validateNamePrefix(name, validateDns1123Subdomain), ['a-'], ['a_', '-']],
  ] as const)('%s', (_name, check, good, bad) => {
    expect(good.filter((name) => check(name).length > 0)).toEqual([]);
    expect(bad.filter((name) => check(name).length === 0)).toEqual([]);
  });
  it('keeps generated names within 63 characters', () =>
    expect(generatedName('x'.repeat(80), 'abcde')).toHaveLength(63));
});
