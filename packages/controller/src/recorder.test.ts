import { describe, expect, it } from 'vitest';

import { createSeededRandom, createVirtualClock, silentLogger } from '@argosy/base';
import type { Writer } from '@argosy/client';
import { ApiStatusError, type CoreEvent, type KubeObject } from '@argosy/kube';

import { createRecorder, type EventDraft } from './recorder.ts';

const aPod = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'shop', name, uid: `uid-${name}`, resourceVersion: '5' },
});
const draft = (message: string, over: Partial<EventDraft> = {}): EventDraft => ({
  type: 'Normal',
  reason: 'Pulled',
  message,
  ...over,
});

const aRecorder = (options: { readonly burst?: number } = {}) => {
  const clock = createVirtualClock(0);
  const events = new Map<string, CoreEvent>();
  const client = {
    create: async (_: unknown, event: CoreEvent) => {
      events.set(event.metadata.name ?? '', event);
      return event;
    },
    patch: async (_: unknown, { name }: { readonly name: string }, { patch }: { readonly patch: object }) => {
      const known = events.get(name);
      if (!known) throw new ApiStatusError('NotFound', 'gone');
      const next = { ...known, ...patch };
      events.set(name, next);
      return next;
    },
  } as unknown as Writer;
  const deps = { client, clock, random: createSeededRandom(1), log: silentLogger };
  const recorder = createRecorder(deps, { component: 'kubelet', ...options });
  const told = async () => {
    await recorder.flush();
    return [...events.values()].map(({ message, count }) => [message, count]);
  };
  return { recorder, clock, events, told };
};

describe('recorder', () => {
  it('says who tells what about whom', async () => {
    const { recorder, events, told } = aRecorder();
    recorder.event(aPod('a'), draft('pulled'));
    recorder.as('scheduler').event(aPod('a'), draft('assigned'));
    await told();
    const [first, second] = [...events.values()];
    expect(first).toMatchObject({
      metadata: { namespace: 'shop' },
      involvedObject: { kind: 'Pod', name: 'a', uid: 'uid-a' },
      source: { component: 'kubelet' },
      firstTimestamp: '1970-01-01T00:00:00Z',
    });
    expect(second?.source).toEqual({ component: 'scheduler' });
  });

  it('says from where, and which part of the object it is about', async () => {
    const { recorder, events, told } = aRecorder();
    const here = recorder.as('kubelet', { host: 'argosy' });
    here.event(aPod('a'), draft('started', { fieldPath: 'spec.containers{main}' }));
    here.event(aPod('a'), draft('started', { fieldPath: 'spec.initContainers{main}' }));
    await told();
    expect(
      [...events.values()].map(({ source, reportingInstance, involvedObject, count }) => [
        source,
        reportingInstance,
        involvedObject.fieldPath,
        count,
      ]),
    ).toEqual([
      [{ component: 'kubelet', host: 'argosy' }, 'argosy', 'spec.containers{main}', 1],
      [{ component: 'kubelet', host: 'argosy' }, 'argosy', 'spec.initContainers{main}', 1],
    ]);
  });

  it('names events so that a list has them in the order in which they were told', async () => {
    const { recorder, clock, events, told } = aRecorder();
    const other = recorder.as('scheduler');
    const messages = Array.from({ length: 20 }, (_, index) => `message ${index}`);
    for (const [index, message] of messages.entries()) {
      (index % 2 === 0 ? recorder : other).event(aPod('a'), draft(message, { reason: `Reason${index}` }));
      if (index % 5 === 0) clock.advance(1);
    }
    await told();
    const names = [...events.keys()];
    expect(names.toSorted()).toEqual(names);
    expect(names.every((name) => /^a\.[0-9a-f]{16}$/.test(name))).toBe(true);
    expect([...events.values()].map(({ message }) => message)).toEqual(messages);
  });

  it('counts repeats', async () => {
    const { recorder, clock, events, told } = aRecorder();
    recorder.event(aPod('a'), draft('pulled'));
    await told();
    clock.advance(5000);
    recorder.event(aPod('a'), draft('pulled'));
    recorder.event(aPod('b'), draft('pulled'));
    expect(await told()).toEqual([
      ['pulled', 2],
      ['pulled', 1],
    ]);
    expect([...events.values()][0]?.lastTimestamp).toBe('1970-01-01T00:00:05Z');
  });

  it('begins again when the event has been deleted', async () => {
    const { recorder, events, told } = aRecorder();
    recorder.event(aPod('a'), draft('pulled'));
    await told();
    events.clear();
    recorder.event(aPod('a'), draft('pulled'));
    expect(await told()).toEqual([['pulled', 1]]);
  });

  it('makes one event of many alike, which shows the latest', async () => {
    const { recorder, told } = aRecorder();
    for (let turn = 1; turn <= 13; turn++) recorder.event(aPod('a'), draft(`try ${turn}`));
    recorder.event(aPod('a'), draft('another reason', { reason: 'Other' }));
    const all = await told();
    expect(all.slice(8)).toEqual([
      ['try 9', 1],
      ['(combined from similar events): try 13', 4],
      ['another reason', 1],
    ]);
  });

  it('tells them one by one again when it was quiet for ten minutes', async () => {
    const { recorder, clock, told } = aRecorder({ burst: 100 });
    for (let turn = 1; turn <= 10; turn++) recorder.event(aPod('a'), draft(`try ${turn}`));
    clock.advance(10 * 60_000 + 1);
    recorder.event(aPod('a'), draft('later'));
    expect((await told()).at(-1)).toEqual(['later', 1]);
  });

  it('cuts an object short that does not stop, and lets it speak again with time', async () => {
    const { recorder, clock, told } = aRecorder({ burst: 3 });
    for (let turn = 0; turn < 10; turn++) recorder.event(aPod('a'), draft('again'));
    recorder.event(aPod('b'), draft('quiet'));
    expect(await told()).toEqual([
      ['again', 3],
      ['quiet', 1],
    ]);
    clock.advance(5 * 60_000);
    for (let turn = 0; turn < 10; turn++) recorder.event(aPod('a'), draft('again'));
    expect((await told())[0]).toEqual(['again', 4]);
  });

  it('shortens what is too long for the API', async () => {
    const { recorder, told } = aRecorder();
    recorder.event(aPod('a'), draft('x'.repeat(5000)));
    expect(String((await told())[0]?.[0]).length).toBe(1024);
  });
});
