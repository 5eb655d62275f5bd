/**
 * Contents of Git objects. What is asked for in one turn of the event loop is read by one `git cat-file --batch`: a
 * chart of forty files costs one process, not forty.
 * @spec https://git-scm.com/docs/git-cat-file#_batch_output
 */
import { Failure } from '@argosy/base';

import { LARGEST_FILE_BYTES } from '../../tree/tree.ts';
import type { GitRunner } from '../command/run-git.ts';

/** Most objects one process is asked for. */
const MOST_OF_A_BATCH = 512;

interface Waiting {
  readonly resolve: (data: Uint8Array) => void;
  readonly reject: (reason: unknown) => void;
}

/** Creates a reader of blobs by id. It throws Failure: NotFound, TooLarge, those of git. */
export const createBlobReader = (git: GitRunner, gitDirectory: string): ((id: string) => Promise<Uint8Array>) => {
  let waiting = new Map<string, Waiting[]>();

  const flush = (): void => {
    const asked = [...waiting];
    waiting = new Map();
    for (let from = 0; from < asked.length; from += MOST_OF_A_BATCH)
      void readBatch(asked.slice(from, from + MOST_OF_A_BATCH));
  };
  const readBatch = async (asked: readonly (readonly [string, readonly Waiting[]])[]): Promise<void> => {
    try {
      const input = asked.map(([id]) => `${id}\n`).join('');
      const output = await git.run(['--git-dir', gitDirectory, 'cat-file', '--batch'], { input });
      const found = parseBatch(output);
      for (const [id, those] of asked) settle(id, found.get(id), those);
    } catch (thrown) {
      // One object among many was too much: each alone tells which.
      const isShared = asked.length > 1 && thrown instanceof Failure && thrown.code === 'OutputTooLarge';
      if (isShared) for (const one of asked) await readBatch([one]);
      else for (const [, those] of asked) for (const { reject } of those) reject(thrown);
    }
  };
  return (id) =>
    new Promise((resolve, reject) => {
      if (waiting.size === 0) setImmediate(flush);
      waiting.set(id, [...(waiting.get(id) ?? []), { resolve, reject }]);
    });
};

const settle = (id: string, data: Buffer | undefined, those: readonly Waiting[]): void => {
  for (const { resolve, reject } of those)
    if (!data) reject(new Failure(`object ${id} is not in the repository`, { code: 'NotFound' }));
    else if (data.length > LARGEST_FILE_BYTES)
      reject(new Failure(`object ${id} is larger than ${LARGEST_FILE_BYTES} bytes`, { code: 'TooLarge' }));
    else resolve(data);
};

/** Lines of "id type size", each followed by the content; what is not there has a line that ends in "missing". */
const parseBatch = (output: Buffer): ReadonlyMap<string, Buffer> => {
  const found = new Map<string, Buffer>();
  for (let at = 0; at < output.length;) {
    const end = output.indexOf('\n', at);
    const [id = '', , size] = output.toString('latin1', at, end < 0 ? output.length : end).split(' ');
    const start = end + 1;
    if (end < 0) break;
    if (size === undefined) {
      at = start;
      continue;
    }
    found.set(id, output.subarray(start, start + Number(size)));
    at = start + Number(size) + 1;
  }
  return found;
};
