import { describe, expect, it } from 'vitest';

import { refold } from './folded-text.ts';

/** What `kubectl kustomize` printed of these. */
describe('refold', () => {
  it.each([
    ['a\n  b\nc\n', 'a\n\n  b\nc\n'],
    ['a\nb\n', 'a\nb\n'],
    ['a\n\nb\n', 'a\n\nb\n'],
    ['a\n\n\n', 'a\n\n\n\n'],
    ['  a\nb\nc\n', '  a\nb c\n'],
    ['\n  a\n\n\n', '\n  a\n\n\n'],
    ['\n\n', '\n\n'],
    ['a', 'a'],
    ['a \n  b\n', 'a \n  b\n'],
    ['é😀\n  b\n', 'é😀\n  b\n'],
  ])('%j', (text, printed) => {
    expect(refold(text)).toBe(printed);
  });
});
