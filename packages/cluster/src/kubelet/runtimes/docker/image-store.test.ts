import { describe, expect, it } from 'vitest';

import { createVirtualClock, silentLogger } from '@argosy/base';

import { EngineFailure, type Engine, type EngineCall } from './engine.ts';
import { createImageStore, type ImageRequest } from './image-store.ts';

/** An engine that has these images and whose registry answers with a status, or with this line. */
const engineWith = (present: readonly string[], registry: number | string) => {
  const pulls: unknown[] = [];
  const images = new Set(present);
  const refuse = (status: number): never => {
    throw new EngineFailure('no', { status });
  };
  const engine: Engine = {
    address: 'unix:///test',
    call: async ({ path }: EngineCall) => {
      const name = /^\/images\/(.*)\/json$/.exec(path)?.[1] ?? '';
      return images.has(name) ? { Id: 'id', Config: { User: 'u' } } : refuse(404);
    },
    stream: async ({ query }: EngineCall) => {
      pulls.push(query);
      if (typeof registry === 'number') return refuse(registry);
      if (!registry.includes('error')) images.add(`${String(query?.['fromImage'])}:${String(query?.['tag'])}`);
      return (async function* () {
        yield Buffer.from(registry.slice(0, 5));
        yield Buffer.from(`${registry.slice(5)}\n`);
      })();
    },
    upgrade: async () => refuse(500),
  };
  return { engine, pulls };
};
const PULLED = '{"status":"Downloaded"}';
const request = (image: string, policy: string | undefined): ImageRequest => ({
  image,
  policy,
  podUid: 'p',
  credentials: [],
  tell: () => undefined,
});
const codeOf = (thrown: unknown): unknown => (thrown as { readonly code?: unknown }).code;

describe('the image store', () => {
  it.each<{
    reason: string;
    present: string[];
    image: string;
    policy: string | undefined;
    registry: number | string;
    expected: string;
    pulls: number;
  }>([
    {
      reason: 'takes what is there',
      present: ['a:1'],
      image: 'a:1',
      policy: 'IfNotPresent',
      registry: 404,
      expected: 'id',
      pulls: 0,
    },
    {
      reason: 'pulls what is absent',
      present: [],
      image: 'a:1',
      policy: 'IfNotPresent',
      registry: PULLED,
      expected: 'id',
      pulls: 1,
    },
    {
      reason: 'pulls always',
      present: ['a:1'],
      image: 'a:1',
      policy: 'Always',
      registry: PULLED,
      expected: 'id',
      pulls: 1,
    },
    {
      reason: 'pulls latest by default',
      present: ['a:latest'],
      image: 'a',
      policy: undefined,
      registry: PULLED,
      expected: 'id',
      pulls: 1,
    },
    {
      reason: 'never pulls',
      present: [],
      image: 'a:1',
      policy: 'Never',
      registry: PULLED,
      expected: 'ErrImageNeverPull',
      pulls: 0,
    },
    {
      reason: 'refuses what is no name',
      present: [],
      image: 'A B',
      policy: 'Always',
      registry: PULLED,
      expected: 'InvalidImageName',
      pulls: 0,
    },
    {
      reason: 'believes a registry that refuses',
      present: ['a:1'],
      image: 'a:1',
      policy: 'Always',
      registry: 404,
      expected: 'ErrImagePull',
      pulls: 1,
    },
    {
      reason: 'goes on without a registry',
      present: ['a:1'],
      image: 'a:1',
      policy: 'Always',
      registry: 500,
      expected: 'id',
      pulls: 1,
    },
    {
      reason: 'hears an error within the answer',
      present: [],
      image: 'a:1',
      policy: 'Always',
      registry: '{"error":"cut off"}',
      expected: 'ErrImagePull',
      pulls: 1,
    },
  ])('$reason', async ({ present, image, policy, registry, expected, pulls }) => {
    const world = engineWith(present, registry);
    const store = createImageStore(world.engine, { clock: createVirtualClock(0), log: silentLogger });
    const outcome = await store.ensure(request(image, policy)).then(({ id }) => id, codeOf);
    expect([outcome, world.pulls.length]).toEqual([expected, pulls]);
  });

  it('waits ten seconds after a failure, then twice as long', async () => {
    const clock = createVirtualClock(0);
    const { engine, pulls } = engineWith([], 404);
    const store = createImageStore(engine, { clock, log: silentLogger });
    const reasons: unknown[] = [];
    for (let at = 0; at <= 50_000; at += 10_000) {
      reasons.push(await store.ensure(request('a:1', 'Always')).then(() => 'pulled', codeOf));
      clock.advance(10_000);
    }
    expect(reasons).toEqual([
      'ErrImagePull',
      'ImagePullBackOff',
      'ErrImagePull',
      'ImagePullBackOff',
      'ImagePullBackOff',
      'ErrImagePull',
    ]);
    expect(pulls).toHaveLength(3);
  });

  it('pulls once for all who wait', async () => {
    const { engine, pulls } = engineWith([], PULLED);
    const store = createImageStore(engine, { clock: createVirtualClock(0), log: silentLogger });
    await Promise.all([1, 2, 3].map((uid) => store.ensure({ ...request('a:1', 'Always'), podUid: String(uid) })));
    expect(pulls).toHaveLength(1);
  });

  it('tells what it does', async () => {
    const told: string[] = [];
    const tell = (_: string, reason: string, message: string): void => void told.push(`${reason}: ${message}`);
    const clock = createVirtualClock(0);
    const good = createImageStore(engineWith([], PULLED).engine, { clock, log: silentLogger });
    await good.ensure({ ...request('a:1', 'IfNotPresent'), tell });
    await good.ensure({ ...request('a:1', 'IfNotPresent'), tell });
    const bad = createImageStore(engineWith([], 404).engine, { clock, log: silentLogger });
    for (const policy of ['Always', 'Always', 'Never'])
      await bad.ensure({ ...request('b:1', policy), tell }).catch(() => undefined);
    expect(told).toEqual([
      'Pulling: Pulling image "a:1"',
      'Pulled: Successfully pulled image "a:1" in 0s. Image size: 0 bytes.',
      'Pulled: Container image "a:1" already present on machine',
      'Pulling: Pulling image "b:1"',
      'Failed: Failed to pull image "b:1": no',
      'BackOff: Back-off pulling image "b:1"',
      'ErrImageNeverPull: image "b:1" is not present and its imagePullPolicy is Never: pull it by hand first',
    ]);
  });
});
