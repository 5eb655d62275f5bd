/** Writes objects as fast as it can and prints each once it is acknowledged, until it is killed. Started by lmdb-store.test.ts. */
import { createSystemClock, createSystemRandom } from '@argosy/base';

import { openLmdbStore } from '../../src/index.ts';

const [directory = '', round = ''] = process.argv.slice(2);
const store = openLmdbStore({ directory, clock: createSystemClock(), random: createSystemRandom() });

const writeOn = async (worker: number): Promise<void> => {
  for (let at = 0; at < 100_000; at += 1) {
    const name = `r${round}-w${worker}-${at}`;
    const object = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: 'a' },
      data: { text: 'x'.repeat(500) },
    };
    const written = await store.write('/configmaps', { namespace: 'a', name }, () => ({ kind: 'put', object }));
    process.stdout.write(`${name} ${written.metadata.resourceVersion}\n`);
  }
};

await Promise.all(Array.from({ length: 16 }, (_, worker) => writeOn(worker)));
