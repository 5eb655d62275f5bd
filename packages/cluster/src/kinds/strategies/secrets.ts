/** Secrets, which may be written as texts. @upstream kubernetes pkg/registry/core/secret/strategy.go */
import type { Secret } from '@argosy/kube';

import type { KindStrategy } from '../served-kind.ts';

/** Encodes `stringData` into `data`. */
export const secrets: KindStrategy = {
  default: (object) => {
    const secret = object as Secret;
    const { stringData, ...rest } = secret;
    const encoded = Object.entries(stringData ?? {}).map(([name, text]) => [name, encodeBase64(text)] as const);
    return {
      ...rest,
      type: secret.type ?? 'Opaque',
      ...(secret.data || encoded.length > 0 ? { data: { ...secret.data, ...Object.fromEntries(encoded) } } : {}),
    } as Secret;
  },
  selectableFields: (object) => ({ type: (object as Secret).type ?? '' }),
};

const encodeBase64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
