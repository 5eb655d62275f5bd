import { describe, expect, it } from 'vitest';

import { canonicalQuantity } from './quantity.ts';

describe('canonicalQuantity', () => {
  it.each([
    ['1000m', '1'],
    ['1500m', '1500m'],
    ['0.5', '500m'],
    ['100000', '100k'],
    ['1024Mi', '1Gi'],
    ['1536Mi', '1536Mi'],
    ['1.5Gi', '1536Mi'],
    ['0.5Ki', '512'],
    ['1Ki', '1Ki'],
    ['1000Gi', '1000Gi'],
    ['1e3', '1e3'],
    ['12e6', '12e6'],
    ['1E3', '1e3'],
    ['0Gi', '0'],
    ['001', '1'],
    ['+5', '5'],
    [2, '2'],
    [1.5, '1500m'],
    ['much', undefined],
  ])('%j is %j', (given, want) => expect(canonicalQuantity(given)).toBe(want));
});
