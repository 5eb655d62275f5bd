import { describe, expect, it } from 'vitest';

import { parseConstraint } from './constraint.ts';

describe('parseConstraint', () => {
  it.each([
    ['x y', 'improper constraint: "x y"'],
    ['>=1.2 || !2', 'improper constraint: " !2"'],
    ['a\nb', String.raw`improper constraint: "a\nb"`],
  ])('quotes the alternative of %j that is none', (text, error) => {
    expect(parseConstraint(text)).toEqual({ ok: false, error });
  });
});
