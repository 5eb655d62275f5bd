import { BUILTIN_DEFAULTS, BUILTIN_VALIDATIONS, formatFieldError, toCustomResourceDefinition } from '@argosy/kube';
import { describe, expect, it } from 'vitest';

import { PRODUCT_KINDS } from './products.ts';

const CRD = 'apiextensions.k8s.io/CustomResourceDefinition';

describe('kinds of the products', () => {
  // The server does not judge them again when it starts.
  it.each(PRODUCT_KINDS.map((kind) => [kind.plural, kind] as const))('%s have a valid definition', (_, kind) => {
    const definition = BUILTIN_DEFAULTS[CRD]?.(toCustomResourceDefinition(kind) as never);
    expect(BUILTIN_VALIDATIONS[CRD]?.(definition as never).map(formatFieldError)).toEqual([]);
  });
});
