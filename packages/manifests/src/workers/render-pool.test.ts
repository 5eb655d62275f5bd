import { afterAll, describe, expect, it } from 'vitest';

import { Failure } from '@argosy/base';

import { createMemoryTree } from '../tree/memory-tree.ts';
import { traceTree } from '../tree/traced-tree.ts';
import { answeredAtOnce } from './references.ts';
import { createRenderPool } from './render-pool.ts';

const pool = createRenderPool({
  entry: new URL('./testing/test-worker.mjs', import.meta.url),
  workers: 2,
  timeLimitMs: 4000,
  memoryLimitMiB: 64,
});

describe('createRenderPool', { timeout: 60_000 }, () => {
  afterAll(() => pool.close());

  it('copies what goes in and comes out', async () => {
    const value = { text: 'a', list: [1, null, { b: true }], map: new Map([['k', [1]]]), bytes: new Uint8Array([1]) };
    expect(await pool.run('echo', value, 'echo')).toEqual(value);
  });

  it('lends trees, whose looks are noted where they are', async () => {
    const tree = traceTree(createMemoryTree({ 'a.jsonnet': "import 'b.jsonnet'", 'b.jsonnet': '1 + 1' }));
    expect(await pool.run('jsonnet', { tree, path: 'a.jsonnet' }, 'a')).toMatchObject({ value: 2 });
    expect(tree.looks().map(({ how, path }) => `${how} ${path}`)).toContain('read b.jsonnet');
  });

  it('lends functions, those too that must answer at once, and what they give', async () => {
    const input = {
      open: async (name: string) => createMemoryTree({ 'Chart.yaml': `name: ${name}` }),
      urlOf: answeredAtOnce((alias: string) => `https://example.com/${alias}`),
      refs: new Map([['values', createMemoryTree({ 'values.yaml': 'a: 1' })]]),
    };
    expect(await pool.run('borrow', input, 'borrow')).toEqual({
      url: 'https://example.com/@stable',
      text: 'name: chart',
      lent: 'a: 1',
    });
  });

  it('tells of answers that cannot be copied', async () => {
    const input = { open: async () => Symbol('s'), urlOf: answeredAtOnce(() => ''), refs: new Map() };
    await expect(pool.run('borrow', input, 'borrow')).rejects.toThrow(/could not be cloned/);
  });

  it.each([
    ['fail', {}, { code: 'NotFound', message: 'no such chart', retryable: true }],
    ['jsonnet', { tree: createMemoryTree({ a: "error 'x'" }), path: 'a' }, { code: 'JsonnetError' }],
    ['symbol', {}, { message: expect.stringContaining('could not be cloned') as string }],
    ['none', {}, { code: 'RenderFailed', message: 'there is no job none' }],
    ['forever', {}, { code: 'RenderTimeout', message: 'app shop: took longer than its limit of 4 s, and was ended' }],
    ['greedy', {}, { code: 'RenderMemory', message: expect.stringContaining('limit of 64 MiB') as string }],
    ['exit', {}, { code: 'RenderFailed', message: expect.stringContaining('exit code 3') as string }],
    ['echo', { symbol: Symbol('s') }, { code: 'RenderFailed' }],
  ])('tells what went wrong in %s, and renders the next', async (job, input, error) => {
    const failed = pool.run(job, input, 'app shop');
    await expect(failed).rejects.toMatchObject(error);
    if (job !== 'symbol') await expect(failed).rejects.toBeInstanceOf(Failure);
    expect(await pool.run('echo', 1, 'next')).toBe(1);
  });

  it('runs more jobs than it has workers, while one of them hangs', async () => {
    const hanging = pool.run('forever', {}, 'bad').catch((thrown: unknown) => (thrown as Failure).code);
    const others = Array.from({ length: 20 }, (_, at) => pool.run('echo', at, `job ${at}`));
    expect(await Promise.all(others)).toEqual(Array.from({ length: 20 }, (_, at) => at));
    expect(await hanging).toBe('RenderTimeout');
  });

  it('takes nothing when it is closed, and leaves nothing waiting', async () => {
    const closing = createRenderPool({
      entry: new URL('./testing/test-worker.mjs', import.meta.url),
      workers: 1,
    });
    const running = closing.run('forever', {}, 'one').catch((thrown: unknown) => (thrown as Failure).code);
    const waiting = closing.run('echo', 1, 'two').catch((thrown: unknown) => (thrown as Failure).code);
    await closing.close();
    const late = closing.run('echo', 1, 'three').catch((thrown: unknown) => (thrown as Failure).code);
    expect(await Promise.all([running, waiting, late])).toEqual(['RenderFailed', 'RenderFailed', 'RenderFailed']);
  });
});
