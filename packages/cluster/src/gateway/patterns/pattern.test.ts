import { describe, expect, it } from 'vitest';

import { compilePattern, findsPattern, matchesPattern } from './pattern.ts';

const compiled = (source: string) => {
  const result = compilePattern(source);
  if (!result.ok) throw new Error(result.error);
  return result.value;
};

describe('matchesPattern', () => {
  // V8's engine is the judge where both know the notation.
  it.each([
    'a|b|',
    'web.*',
    '/api/v[0-9]+(/.*)?',
    '5..',
    '4..|5..',
    '[^/]+/x',
    '(ab|a)(bc|c)?',
    'a{2,3}',
    'a{2,}b',
    '(a*)*b',
    '(a|aa)+$',
    '^x?y$',
    '\\d+\\.\\w-\\s',
    '[a-c\\d]+',
    '[]x]',
    '[a-]+',
    'x{,2}',
    '.*foo.*',
    '(?:a|b)+?c',
    'a+|b{0}',
  ])('agrees with V8 on %s', (source) => {
    const texts = ['', 'a', 'b', 'aa', 'aab', 'aaab', 'abc', 'abcc', 'web', 'web-1', '/api/v12', '/api/v1/x', '503'];
    const others = ['404', 'a/x', 'xy', 'y', '12.a- ', 'c1', ']', '-', 'x{,2}', 'a foo b', 'abac', 'aaaaaaaaaaaaaaaac'];
    const judge = new RegExp(`^(?:${source.startsWith('[]') ? '[\\]x]' : source})$`);
    const pattern = compiled(source);
    for (const text of [...texts, ...others])
      expect({ text, matches: matchesPattern(pattern, text) }).toEqual({ text, matches: judge.test(text) });
  });
  it('ignores case on request', () => expect(matchesPattern(compiled('(?i)ab[c]'), 'AbC')).toBe(true));
  it('takes time proportional to the text where backtracking would take ages', () =>
    expect(matchesPattern(compiled('(a*)*(a|aa)*.*.*.*b'), 'a'.repeat(5000))).toBe(false));
});

describe('findsPattern', () => {
  it.each([
    ['beta.*', 'x beta-2', true],
    ['^beta', 'x beta', false],
    ['beta', 'x beta y', true],
    ['beta$', 'beta y', false],
  ] as const)('%s in %s', (source, text, found) => expect(findsPattern(compiled(source), text)).toBe(found));
});

describe('compilePattern', () => {
  it.each([
    ['(a', 'missing )'],
    ['a)', 'unexpected )'],
    ['*a', 'nothing before *'],
    ['(?=a)b', 'look-around and flags inside are not supported'],
    ['(a)\\1', '\\1 is not supported'],
    ['[a', 'missing ]'],
    ['[z-a].', 'invalid range in [ ]'],
    ['a\\', 'ends in a backslash'],
    ['a{2,1}.', 'invalid repeat count {2,1}'],
    ['((a{100}){100}){100}', 'is too large'],
    ['(?m)a', 'the flag "m" is not supported'],
    ['x'.repeat(201), 'the most is 200'],
  ])('refuses %s', (source, why) => {
    const result = compilePattern(source);
    expect(result.ok ? 'accepted' : result.error).toContain(why);
  });
});
