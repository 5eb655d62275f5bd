import { describe, expect, it } from 'vitest';

import { fuzz } from './fuzz.ts';
import { TARGETS } from './targets.ts';

/** Texts that once were too much. */
const FOUND: readonly (readonly [target: string, text: string])[] = [['gjson', 'c.2.d|@pretty:{"a\nindent":" "}']];

/** A few seconds of what `npm run fuzz -- --minutes 10` does for longer. */
describe('nothing that reads texts of users is brought down by one', () => {
  it.each(TARGETS)('$name', { timeout: 120_000 }, async (target) => {
    expect(await fuzz(target, { seed: 20_240_601, runs: 150, mostMs: 8000 })).toBeUndefined();
  });

  it.each(FOUND)('%s, once found: %#', { timeout: 8000 }, async (name, text) => {
    const target = TARGETS.find((one) => one.name === name);
    await expect((async () => target?.run(text))()).resolves.not.toThrow();
  });
});
