import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

import { VERSION } from './version.ts';

it('is the version of the package', () => {
  const declared = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    readonly version: string;
  };
  expect(VERSION).toBe(declared.version);
});
