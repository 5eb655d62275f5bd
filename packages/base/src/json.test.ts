import { expect, it } from 'vitest';

import { canonicalText } from './index.ts';

it('writes equal values alike, and no others', () => {
  expect(canonicalText({ b: [1, { d: 2, c: null }], a: 'x' })).toBe('{"a":"x","b":[1,{"c":null,"d":2}]}');
  expect(canonicalText({ a: undefined, b: 1 })).toBe(canonicalText({ b: 1 }));
  expect(canonicalText([1, 2])).not.toBe(canonicalText([2, 1]));
  expect(canonicalText('1')).not.toBe(canonicalText(1));
});
