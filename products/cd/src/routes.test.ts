import { describe, expect, it } from 'vitest';

import { isSameRepository } from './routes.ts';

describe('whether two addresses are one repository', () => {
  const cases: readonly [left: string, right: string, same: boolean][] = [
    ['https://github.com/a/b', 'https://github.com/a/b.git', true],
    ['https://user:token@github.com/a/b', 'https://github.com/A/b/', true],
    ['git@github.com:a/b.git', 'https://github.com/a/b', true],
    ['ssh://git@github.com:22/a/b', 'git@github.com:a/b', true],
    ['https://github.com/a/b', 'https://github.com/a/bc', false],
    ['https://github.com/a/b', 'https://gitlab.com/a/b', false],
    ['not an address', 'not an address', false],
  ];
  it.each(cases)('%s and %s', (left, right, same) => expect(isSameRepository(left, right)).toBe(same));
});
