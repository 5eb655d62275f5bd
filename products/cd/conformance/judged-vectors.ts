/**
 * The behaviour vectors beside the project, judged file by file. Skipped, and said so, where they are absent; a run prints
 * how many cases of a file ran, held and were not yet applicable.
 */
import { existsSync, readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { Failure } from '@argosy/base';

/** A case: whatever its file holds. */
export interface Case {
  readonly name: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- vectors are free-form data
  readonly in: any;
  // oxlint-disable-next-line typescript/no-explicit-any -- vectors are free-form data
  readonly out: any;
}

/** Answers whether a case holds; `undefined`: the case asks for something not built yet. */
export type Judge = (given: Case) => boolean | undefined | Promise<boolean | undefined>;

const FOLDER = new URL('../../../../shared/conformance/vectors/', import.meta.url).pathname;

/** Declares a test for each file. */
export const judgeVectors = (title: string, judges: Readonly<Record<string, Judge>>): void => {
  describe.skipIf(!existsSync(FOLDER))(`${title} (skipped where the conformance data is absent)`, () => {
    it.each(Object.entries(judges))('%s', async (file, judge) => {
      const { cases } = JSON.parse(readFileSync(`${FOLDER}${file}.json`, 'utf8')) as {
        readonly cases: readonly Case[];
      };
      const answers = await Promise.all(cases.map(async (given) => ({ name: given.name, held: await judge(given) })));
      const ran = answers.filter((answer) => answer.held !== undefined);
      console.log(
        `${file}: ran ${ran.length}, held ${ran.filter((answer) => answer.held).length}, not yet applicable ${answers.length - ran.length}`,
      );
      expect(ran.filter((answer) => !answer.held).map((answer) => answer.name)).toEqual([]);
    });
  });
};

/** What is given, or that it failed as it may, in the words of the vectors. */
export const orError = (body: () => unknown): unknown => {
  try {
    return body();
  } catch (thrown) {
    if (thrown instanceof Failure) return { error: true };
    throw thrown;
  }
};
