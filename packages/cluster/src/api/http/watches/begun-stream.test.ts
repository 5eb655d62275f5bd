import { createSystemClock } from '@argosy/base';
import { expect, it } from 'vitest';

import { begunStream } from './begun-stream.ts';

const clock = createSystemClock();
const all = async (stream: AsyncIterable<number>): Promise<readonly number[]> => {
  const found: number[] = [];
  for await (const one of stream) found.push(one);
  return found;
};
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const counted = async function* (waitMs: number) {
  await pause(waitMs);
  yield 1;
  yield 2;
};
const failing = async function* (waitMs: number): AsyncGenerator<number> {
  await pause(waitMs);
  if (waitMs >= 0) throw new Error('no');
  yield 1;
};

it('gives everything, whether it begins at once or later', async () => {
  expect(await all(await begunStream(clock, counted(0)))).toEqual([1, 2]);
  expect(await all(await begunStream(clock, counted(60)))).toEqual([1, 2]);
});
it('rejects when the beginning fails, and later failures come from the stream', async () => {
  await expect(begunStream(clock, failing(0))).rejects.toThrow('no');
  await expect(all(await begunStream(clock, failing(60)))).rejects.toThrow('no');
});
it('ends what it reads when its reader leaves', async () => {
  let ended = false;
  const endless = async function* () {
    try {
      for (;;) yield 1;
    } finally {
      ended = true;
    }
  };
  for await (const one of await begunStream(clock, endless())) if (one === 1) break;
  expect(ended).toBe(true);
});
