import { describe, expect, it } from 'vitest';

import { expandVariables } from './expand-variables.ts';

describe('expandVariables', () => {
  it.each([
    { reason: 'known name', text: 'a $(X) b', expected: 'a 1 b' },
    { reason: 'unknown name stays', text: '$(Y)', expected: '$(Y)' },
    { reason: 'escaped reference', text: '$$(X)', expected: '$(X)' },
    { reason: 'values are not expanded again', text: '$(LOOP)', expected: '$(X)' },
    { reason: 'shell variables are not ours', text: '$X ${X}', expected: '$X ${X}' },
    { reason: 'inherited names are unknown', text: '$(constructor)', expected: '$(constructor)' },
  ])('$reason', ({ text, expected }) => expect(expandVariables(text, { X: '1', LOOP: '$(X)' })).toBe(expected));
});
