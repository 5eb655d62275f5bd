import { describe, expect, it } from 'vitest';

import { violationsIn, violationsOf } from './check-layers.mjs';

describe('the layer check bites', () => {
  const cases: readonly [reason: string, file: string, text: string, bites: boolean][] = [
    ['an import that points up', 'packages/kube/src/x.ts', `import { a } from '@argosy/client';`, true],
    ['an import that points down', 'packages/client/src/x.ts', `import { a } from '@argosy/kube';`, false],
    ['a product that knows another', 'products/cd/src/x.ts', `import { a } from '@argosy/rollouts';`, true],
    ['a deep import', 'products/cd/src/x.ts', `import { a } from '@argosy/kube/src/objects/object.ts';`, true],
    [
      'a relative import out of the package',
      'packages/kube/src/x.ts',
      `import { a } from '../../base/src/json.ts';`,
      true,
    ],
    ['node in a pure package', 'packages/kube/src/x.ts', `import fs from 'node:fs';`, true],
    ['node in a decide file', 'products/rollouts/src/rollout/decide.ts', `import fs from 'node:fs';`, true],
    [
      'a client in a decide folder',
      'products/rollouts/src/rollout/decide/canary.ts',
      `import { x } from '@argosy/client';`,
      true,
    ],
    [
      'a type of the client in a decide file',
      'products/cd/src/app/decide.ts',
      `import type { Client } from '@argosy/client';`,
      false,
    ],
    ['the clock in a decide file', 'products/cd/src/app/decide.ts', `const at = Date.now();`, true],
    ['randomness in a pure package', 'packages/base/src/x.ts', `const x = Math.random();`, true],
    ['the environment in a product', 'products/cd/src/x.ts', `const x = process.env['HOME'];`, true],
    ['the clock in a comment', 'products/cd/src/app/decide.ts', `// Date.now() is not allowed here`, false],
    ['the environment in an app', 'apps/argosy/src/x.ts', `const x = process.env['HOME'];`, false],
  ];
  it.each(cases)('%s', (_reason, file, text, bites) => expect(violationsOf(file, text).length > 0).toBe(bites));
});

describe('this checkout', () => {
  it('has no violations', () => expect(violationsIn(new URL('..', import.meta.url).pathname)).toEqual([]));
});
