/** The worker of the pool's tests. */
import { parentPort, workerData } from 'node:worker_threads';

import { Failure } from '@argosy/base';

import { evaluateJsonnet } from '../../jsonnet/evaluate-jsonnet.ts';
import type { Tree } from '../../tree/tree.ts';
import { serveJobs, type WorkerSetup } from '../serve-jobs.ts';

if (parentPort)
  serveJobs(parentPort, workerData as WorkerSetup, {
    echo: async (input) => input,
    fail: async () => {
      throw new Failure('no such chart', { code: 'NotFound', retryable: true });
    },
    jsonnet: async ({ tree, path }: { readonly tree: Tree; readonly path: string }) => evaluateJsonnet(tree, path),
    borrow: async (input: {
      readonly open: (name: string) => Promise<Tree>;
      readonly urlOf: (alias: string) => string;
      readonly refs: ReadonlyMap<string, Tree>;
    }) => {
      const opened = await input.open('chart');
      const lent = await input.refs.get('values')?.read('values.yaml');
      const url = input.urlOf('@stable');
      return {
        url,
        text: Buffer.from(await opened.read('Chart.yaml')).toString(),
        lent: Buffer.from(lent ?? []).toString(),
      };
    },
    symbol: async () => ({ value: Symbol('s') }),
    forever: async () => {
      for (;;);
    },
    greedy: async () => {
      const kept: number[][] = [];
      for (;;) kept.push(Array.from({ length: 100_000 }, (_, at) => at + kept.length));
    },
    exit: async () => process.exit(3),
  });
