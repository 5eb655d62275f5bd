import { describe, expect, it } from 'vitest';

import { createSeededRandom, createVirtualClock, silentLogger, type VirtualClock } from '@argosy/base';
import { ApiStatusError, CONFIG_MAPS, type ConfigMap } from '@argosy/kube';

import type { Reader, WatchEvent } from '../client.ts';
import { createInformer, type Change, type InformerOptions } from './informer.ts';

const anObject = (name: string, version: number, over: Partial<ConfigMap['metadata']> = {}): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'default', name, uid: `uid-${name}`, resourceVersion: String(version), ...over },
});

type Step =
  | { readonly kind: 'list'; readonly version: number; readonly items: readonly ConfigMap[] }
  | {
      readonly kind: 'watch';
      readonly events: readonly WatchEvent<ConfigMap>[];
      readonly end: 'open' | 'closed' | Error;
    };

const list = (version: number, ...items: readonly ConfigMap[]): Step => ({ kind: 'list', version, items });
const watch = (end: 'open' | 'closed' | Error, ...events: readonly WatchEvent<ConfigMap>[]): Step => ({
  kind: 'watch',
  events,
  end,
});
const added = (object: ConfigMap): WatchEvent<ConfigMap> => ({ type: 'ADDED', object });
const modified = (object: ConfigMap): WatchEvent<ConfigMap> => ({ type: 'MODIFIED', object });
const deleted = (object: ConfigMap): WatchEvent<ConfigMap> => ({ type: 'DELETED', object });

/** A server that plays a script, and the calls it got. */
const scripted = (steps: readonly Step[]) => {
  const calls: string[] = [];
  const next = (kind: Step['kind']): Step => {
    const step = steps[calls.length];
    if (step?.kind !== kind) throw new Error(`call ${calls.length} is a ${kind}, the script has ${step?.kind}`);
    return step;
  };
  const client = {
    list: async () => {
      const step = next('list');
      calls.push('list');
      return step.kind === 'list'
        ? { metadata: { resourceVersion: String(step.version) }, items: step.items }
        : Promise.reject(new Error());
    },
    async *watch(_: unknown, options: { readonly resourceVersion?: string; readonly signal?: AbortSignal }) {
      const step = next('watch');
      calls.push(`watch ${options.resourceVersion}`);
      if (step.kind !== 'watch') return;
      yield* step.events;
      if (step.end instanceof Error) throw step.end;
      if (step.end === 'open' && !options.signal?.aborted)
        await new Promise<void>((resolve) => options.signal?.addEventListener('abort', () => resolve()));
    },
  };
  return { client: client as unknown as Reader, calls };
};

const settle = async (clock: VirtualClock): Promise<void> => {
  for (let turn = 0; turn < 60; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    const due = clock.nextDue();
    if (due !== undefined && due - clock.now() <= 1000) clock.advance(due - clock.now());
  }
};

const play = async (steps: readonly Step[], options: Partial<InformerOptions<ConfigMap>> = {}) => {
  const { client, calls } = scripted(steps);
  const clock = createVirtualClock(0);
  const deps = { client, clock, random: createSeededRandom(1), log: silentLogger };
  const informer = createInformer<ConfigMap>(deps, { resource: CONFIG_MAPS, ...options });
  const told: string[] = [];
  informer.onChange((change: Change<ConfigMap>) =>
    told.push(`${change.kind} ${change.object.metadata.name}@${change.object.metadata.resourceVersion}`),
  );
  const ending = new AbortController();
  const running = informer.run(ending.signal);
  await settle(clock);
  const end = async (): Promise<void> => {
    ending.abort();
    await running;
  };
  return { informer, told, calls, clock, end };
};

const tooOld = new ApiStatusError('Expired', 'too old', undefined, 410);

describe('informer', () => {
  it('lists, then follows', async () => {
    const { told, calls, informer, end } = await play([
      list(5, anObject('a', 3), anObject('b', 4)),
      watch('open', modified(anObject('a', 6)), deleted(anObject('b', 7)), added(anObject('c', 8))),
    ]);
    expect(told).toEqual(['added a@3', 'added b@4', 'updated a@6', 'deleted b@7', 'added c@8']);
    expect([calls, informer.hasSeen('8'), informer.hasSeen('9')]).toEqual([['list', 'watch 5'], true, false]);
    expect(informer.list().map(({ metadata }) => metadata.name)).toEqual(['a', 'c']);
    expect(Object.isFrozen(informer.list()[0]?.metadata)).toBe(true);
    await end();
  });

  it.each([
    ['ended by the server', 'closed' as const],
    ['lost', new Error('connection reset')],
  ])('goes on where it was after a watch that was %s', async (_, how) => {
    const { told, calls, end } = await play([
      list(5),
      watch(how, added(anObject('a', 6)), { type: 'BOOKMARK', resourceVersion: '9' }),
      watch('open', modified(anObject('a', 10))),
    ]);
    expect([told, calls]).toEqual([
      ['added a@6', 'updated a@10'],
      ['list', 'watch 5', 'watch 9'],
    ]);
    await end();
  });

  it('after 410 it lists again and tells the difference, nothing twice', async () => {
    const { told, calls, end } = await play([
      list(5, anObject('same', 1), anObject('changed', 2), anObject('gone', 3)),
      watch(tooOld),
      list(20, anObject('same', 1), anObject('changed', 12), anObject('new', 13)),
      watch('open'),
    ]);
    expect(told.slice(3)).toEqual(['deleted gone@3', 'updated changed@12', 'added new@13']);
    expect(calls).toEqual(['list', 'watch 5', 'list', 'watch 20']);
    await end();
  });

  it('an object deleted and made again while nobody watched is told as both', async () => {
    const { told, end } = await play([
      list(5, anObject('a', 3)),
      watch(tooOld),
      list(20, anObject('a', 15, { uid: 'another' })),
      watch('open'),
    ]);
    expect(told).toEqual(['added a@3', 'deleted a@3', 'added a@15']);
    await end();
  });

  it('events told twice are told once', async () => {
    const { told, end } = await play([
      list(5, anObject('a', 3)),
      watch('open', added(anObject('a', 3)), modified(anObject('a', 6)), modified(anObject('a', 6))),
    ]);
    expect(told).toEqual(['added a@3', 'updated a@6']);
    await end();
  });

  it('a handler that throws does not keep others from hearing', async () => {
    const { client } = scripted([list(5, anObject('a', 3)), watch('open')]);
    const clock = createVirtualClock(0);
    const deps = { client, clock, random: createSeededRandom(1), log: silentLogger };
    const informer = createInformer<ConfigMap>(deps, { resource: CONFIG_MAPS });
    const heard: string[] = [];
    informer.onChange(() => {
      throw new Error('broken');
    });
    using _subscription = informer.onChange(({ kind }) => heard.push(kind));
    const ending = new AbortController();
    const running = informer.run(ending.signal);
    await informer.synced;
    ending.abort();
    await running;
    expect(heard).toEqual(['added']);
  });

  it('finds by index, as objects come and go', async () => {
    const byColour = { colour: ({ metadata }: ConfigMap) => (metadata.labels?.['c'] ? [metadata.labels['c']] : []) };
    const { informer, end } = await play(
      [
        list(
          5,
          anObject('a', 1, { labels: { c: 'red' } }),
          anObject('b', 2, { labels: { c: 'red' } }),
          anObject('c', 3),
        ),
        watch('open', modified(anObject('a', 6, { labels: { c: 'blue' } })), deleted(anObject('b', 7))),
      ],
      { indexes: byColour },
    );
    const names = (value: string) => informer.byIndex('colour', value).map(({ metadata }) => metadata.name);
    expect([names('red'), names('blue'), informer.list('default').length, informer.list('other')]).toEqual([
      [],
      ['a'],
      2,
      [],
    ]);
    await end();
  });

  it('resyncs: tells everything again, as updated to itself', async () => {
    const { told, clock, end } = await play([list(5, anObject('a', 3)), watch('open')], { resyncMs: 60_000 });
    expect(told).toEqual(['added a@3']);
    clock.advance(60_000);
    await settle(clock);
    expect(told).toEqual(['added a@3', 'updated a@3']);
    await end();
  });

  it('whenSeen resolves once the cache has caught up, or nobody wants to know any more', async () => {
    const { informer, end } = await play([list(5), watch('open', added(anObject('a', 6)))]);
    const ending = new AbortController();
    await informer.whenSeen('6', ending.signal);
    const waiting = informer.whenSeen('7', ending.signal);
    ending.abort();
    await waiting;
    expect(informer.hasSeen('7')).toBe(false);
    await end();
  });
});
