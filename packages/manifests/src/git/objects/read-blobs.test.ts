import { describe, expect, it } from 'vitest';

import { Failure } from '@argosy/base';

import type { GitRunner } from '../command/run-git.ts';
import { createBlobReader } from './read-blobs.ts';

const ONE = '1'.repeat(40);
const TWO = '2'.repeat(40);
const HUGE = '3'.repeat(40);
const MISSING = '4'.repeat(40);
const CONTENT: Readonly<Record<string, string>> = { [ONE]: 'one\n', [TWO]: '' };

/** Git that knows these objects; a huge one ends every batch. */
const aGit = () => {
  const inputs: string[][] = [];
  const git: GitRunner = {
    run: async (_args, { input = '' } = {}) => {
      const ids = input.trim().split('\n');
      inputs.push(ids);
      if (ids.includes(HUGE)) throw new Failure('too much', { code: 'OutputTooLarge' });
      return Buffer.from(
        ids
          .map((id) => (id in CONTENT ? `${id} blob ${CONTENT[id]?.length}\n${CONTENT[id]}\n` : `${id} missing\n`))
          .join(''),
      );
    },
  };
  return { git, inputs };
};
const text = (data: Uint8Array): string => Buffer.from(data).toString();

describe('createBlobReader', () => {
  it('reads what is asked for at once by one process', async () => {
    const { git, inputs } = aGit();
    const read = createBlobReader(git, 'x.git');
    const found = await Promise.all([ONE, TWO, ONE].map(read));
    expect([found.map(text), inputs]).toEqual([['one\n', '', 'one\n'], [[ONE, TWO]]]);
    expect(text(await read(ONE))).toBe('one\n');
    expect(inputs.length).toBe(2);
  });

  it('tells which object is at fault', async () => {
    const { git } = aGit();
    const read = createBlobReader(git, 'x.git');
    const answers = await Promise.allSettled([ONE, MISSING, HUGE].map(read));
    expect(answers).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: 'NotFound' } },
      { status: 'rejected', reason: { code: 'OutputTooLarge' } },
    ]);
  });
});
