import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { createVirtualClock } from '@argosy/base';
import { afterEach, describe, expect, it } from 'vitest';

import type { BusStorage } from './bus-storage.ts';
import type { CloudEvent } from './cloud-event.ts';
import { createEventBuses } from './embedded-bus.ts';
import type { EventBus, Subscription } from './event-bus.ts';
import { openLmdbStorage } from './lmdb-storage.ts';
import { createMemoryStorage } from './memory-storage.ts';

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});
const aDirectory = (): string => {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'argosy-bus-'));
  directories.push(directory);
  return directory;
};

const anEvent = (id: string, subject = 'example'): CloudEvent => ({
  specversion: '1.0',
  id,
  type: 'webhook',
  source: 'webhook',
  subject,
  time: '2026-01-01T00:00:00Z',
  datacontenttype: 'application/json',
  data: JSON.stringify({ id }),
});
const WANTED = [{ source: 'webhook', event: 'example' }];
const soon = (): AbortSignal => AbortSignal.timeout(2000);
/** Takes everything that waits, acknowledging each. */
const drain = async (subscription: Subscription, bus: EventBus): Promise<readonly string[]> => {
  await bus.publish(anEvent('end'));
  const ids: string[] = [];
  for (;;) {
    const [delivery] = await subscription.take(1, soon());
    if (!delivery) throw new Error(`nothing came after ${ids.join()}`);
    await subscription.acknowledge(null, delivery.sequence);
    if (delivery.event.id === 'end') return ids;
    ids.push(delivery.event.id);
  }
};

/** Opens the same storage again and again, as restarts do. */
type Reopen = () => BusStorage;
const STORAGES: Readonly<Record<string, () => Reopen>> = {
  memory: () => {
    const storage = createMemoryStorage();
    return () => storage;
  },
  lmdb: () => {
    const directory = aDirectory();
    return () => openLmdbStorage({ directory });
  },
};

describe.each(Object.entries(STORAGES))('embedded bus over %s', (_, storageOf) => {
  const open = (reopen: Reopen, clock = createVirtualClock()) => {
    const buses = createEventBuses({ clock, storage: reopen() });
    return { buses, bus: buses.of('default', 'default'), clock };
  };

  it('delivers in order to each consumer, what it asked for only', async () => {
    const { buses, bus } = open(storageOf());
    const [one, two] = [await bus.subscribe('one', WANTED), await bus.subscribe('two', WANTED)];
    await Promise.all([bus.publish(anEvent('a')), bus.publish(anEvent('x', 'other')), bus.publish(anEvent('b'))]);
    expect(await drain(one, bus)).toEqual(['a', 'b']);
    expect(await drain(two, bus)).toEqual(['a', 'b']);
    await buses.close();
  });

  it('begins a new consumer after what was published before', async () => {
    const { buses, bus } = open(storageOf());
    await bus.publish(anEvent('early'));
    const subscription = await bus.subscribe('late', WANTED);
    await bus.publish(anEvent('a'));
    expect(await drain(subscription, bus)).toEqual(['a']);
    await buses.close();
  });

  it('gives many at once, and again those that were not acknowledged', async () => {
    const { buses, bus } = open(storageOf());
    const subscription = await bus.subscribe('one', WANTED);
    const ids = ['a', 'b', 'c', 'd'];
    await Promise.all([...ids.map((id) => bus.publish(anEvent(id))), bus.publish(anEvent('x', 'other'))]);
    const taken = await subscription.take(3, soon());
    expect(taken.map(({ event }) => event.id)).toEqual(['a', 'b', 'c']);
    await subscription.acknowledge(null, taken[1]?.sequence);
    expect((await subscription.take(9, soon())).map(({ event }) => event.id)).toEqual(['c', 'd']);
    await buses.close();
  });

  it('keeps buses apart', async () => {
    const { buses, bus } = open(storageOf());
    const subscription = await bus.subscribe('one', WANTED);
    await buses.of('default', 'other').publish(anEvent('a'));
    await buses.of('elsewhere', 'default').publish(anEvent('b'));
    expect(await drain(subscription, bus)).toEqual([]);
    await buses.close();
  });

  it('drops a second event of the same id, also after a restart, until the window is over', async () => {
    const reopen = storageOf();
    const first = open(reopen);
    await first.bus.subscribe('one', WANTED);
    await Promise.all([first.bus.publish(anEvent('a')), first.bus.publish(anEvent('a'))]);
    await first.buses.close();
    const second = open(reopen, first.clock);
    const subscription = await second.bus.subscribe('one', WANTED);
    await second.bus.publish(anEvent('a'));
    expect(await drain(subscription, second.bus)).toEqual(['a']);
    second.clock.advance(300_001);
    await second.bus.publish(anEvent('makes room'));
    await second.bus.publish(anEvent('a'));
    const more = await second.bus.subscribe('one', WANTED);
    second.clock.advance(1);
    expect([(await more.take(1, soon()))[0]?.event.id]).toEqual(['makes room']);
    await second.buses.close();
  });

  it('delivers again after a restart what was not acknowledged, with the state of the last acknowledgement', async () => {
    const reopen = storageOf();
    const first = open(reopen);
    const before = await first.bus.subscribe('one', WANTED);
    await first.bus.publish(anEvent('a'));
    await first.bus.publish(anEvent('b'));
    const [a] = await before.take(10, soon());
    await before.acknowledge({ seen: ['a'] }, a?.sequence);
    expect((await before.take(1, soon()))[0]?.event.id).toBe('b');
    await first.buses.close();
    const second = open(reopen);
    const after = await second.bus.subscribe('one', WANTED);
    expect([after.state, (await after.take(1, soon()))[0]?.event.id]).toEqual([{ seen: ['a'] }, 'b']);
    await second.buses.close();
  });

  it('forgets a removed consumer for good', async () => {
    const reopen = storageOf();
    const first = open(reopen);
    const removed = await first.bus.subscribe('one', WANTED);
    await first.bus.publish(anEvent('a'));
    const [delivery] = await removed.take(1, soon());
    await first.bus.removeConsumer('one');
    await removed.acknowledge({ late: true }, delivery?.sequence);
    expect(first.bus.consumers()).toEqual([]);
    await first.buses.close();
    const second = open(reopen);
    const again = await second.bus.subscribe('one', WANTED);
    expect([again.state, await drain(again, second.bus)]).toEqual([undefined, []]);
    await second.buses.close();
  });

  it('wakes a consumer that waits, and lets go of one when told', async () => {
    const { buses, bus } = open(storageOf());
    const subscription = await bus.subscribe('one', WANTED);
    const waiting = subscription.take(1, soon());
    await bus.publish(anEvent('a'));
    expect((await waiting)[0]?.event.id).toBe('a');
    const stopping = new AbortController();
    const idle = (await bus.subscribe('two', WANTED)).take(1, stopping.signal);
    stopping.abort();
    expect(await idle).toEqual([]);
    await buses.close();
  });

  it('keeps no more than its limits', async () => {
    const reopen = storageOf();
    const storage = reopen();
    const limits = { maxEntries: 3, maxAgeMs: 1_000_000, duplicateWindowMs: 0 };
    const buses = createEventBuses({ clock: createVirtualClock(), storage }, limits);
    const bus = buses.of('default', 'default');
    const slow = await bus.subscribe('slow', WANTED);
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) await bus.publish(anEvent(id));
    // Room is made before a batch is written, so one more than the limit may lie there.
    expect(storage.load().entries.map(({ event }) => event.id)).toEqual(['c', 'd', 'e', 'f']);
    expect((await slow.take(1, soon()))[0]?.event.id).toBe('c');
    await buses.close();
  });
});

describe('a killed process', () => {
  it('loses no event it acknowledged', { timeout: 30_000 }, async () => {
    const directory = aDirectory();
    const script = fileURLToPath(new URL('../../conformance/publish-forever.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import', 'tsx', script, directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    while (printed.split('\n').length < 300) await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const acknowledged = printed.split('\n').slice(0, -1);
    const stored = new Set(
      openLmdbStorage({ directory })
        .load()
        .entries.map(({ event }) => event.id),
    );
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
  });
});
