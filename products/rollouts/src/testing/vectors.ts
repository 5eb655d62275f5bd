/**
 * Runs the behaviour vectors beside the project; skipped, and said so, where they are absent. The run prints for each
 * file how many cases ran, held and were not yet applicable.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

/** Data of a case: whatever its file holds. */
export type Loose = ReturnType<typeof JSON.parse>;

const FOLDER = fileURLToPath(new URL('../../../../../shared/conformance/vectors/', import.meta.url));

/** Declares a test per case of a file. `apply` gives all of `out` that is asserted; `undefined`: the case concerns what is not built. */
export const vectors = (file: string, apply: (input: Loose, out: Loose) => unknown): void => {
  describe.skipIf(!existsSync(FOLDER))(`vectors ${file}`, () => {
    const { cases } = (
      existsSync(FOLDER) ? JSON.parse(readFileSync(`${FOLDER}${file}.json`, 'utf8')) : { cases: [] }
    ) as { readonly cases: readonly Loose[] };
    it.for(cases.map((one, index) => [`${index} ${one.name}`, one] as const))('%s', ([, one], context) => {
      const result = apply(one.in, one.out);
      if (result === undefined) return context.skip('not yet applicable');
      expect(result).toEqual(one.out);
    });
  });
};

/** The keys of `whole` that `out` asserts. */
export const asked = (whole: Loose, out: Loose): Loose =>
  Object.fromEntries(Object.keys(out).map((key) => [key, whole[key]]));
