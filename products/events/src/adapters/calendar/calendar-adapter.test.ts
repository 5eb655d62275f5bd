import { createVirtualClock, silentLogger, type VirtualClock } from '@argosy/base';
import { createApiServer, createMemoryStore, type ApiServer } from '@argosy/cluster';
import { createSystemRandom } from '@argosy/base';
import { CONFIG_MAPS } from '@argosy/kube';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { CalendarSource } from '../../api/event-source.ts';
import type { EventContent, RunningSource } from '../source-adapter.ts';
import { createCalendarAdapter } from './calendar-adapter.ts';
import { compileCalendar } from './calendar-schedule.ts';

const NOON = Date.UTC(2026, 0, 1, 12);

let clock: VirtualClock;
let server: ApiServer;
beforeEach(async () => {
  clock = createVirtualClock(NOON);
  const ports = { clock, random: createSystemRandom(), log: silentLogger };
  server = await createApiServer({ store: createMemoryStore(), ...ports }, { kinds: [] });
});
afterEach(() => server.close());

/** Lets everything that is ready run; no time passes. */
const settle = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
const start = async (
  config: CalendarSource,
  publish: (content: EventContent) => Promise<void>,
): Promise<RunningSource> => {
  const adapter = createCalendarAdapter({ client: server.client, clock, log: silentLogger });
  const plan = { type: 'calendar', namespace: 'default', sourceName: 'cal', eventName: 'tick', config } as const;
  const running = await adapter.start(plan, publish);
  await settle();
  return running;
};
const pass = async (ms: number): Promise<void> => {
  const end = clock.now() + ms;
  for (let due = clock.nextDue(); due !== undefined && due <= end; due = clock.nextDue()) {
    clock.advance(due - clock.now());
    await settle();
  }
  clock.advance(end - clock.now());
  await settle();
};

describe('calendar source', () => {
  it.each<readonly [string, CalendarSource, readonly string[]]>([
    ['interval', { interval: '10s' }, ['12:00:10', '12:00:20', '12:00:30']],
    ['schedule', { schedule: '*/15 * * * *', interval: '1s' }, []],
  ])('ticks by %s', async (_, config, times) => {
    const told: string[] = [];
    const running = await start(config, ({ data }) => Promise.resolve(void told.push(data)));
    await pass(30_000);
    await running.stop();
    expect(told).toEqual(times.map((time) => JSON.stringify({ eventTime: `2026-01-01 ${time} +0000 UTC` })));
  });

  it('tells metadata, and the time in its zone', async () => {
    const told: unknown[] = [];
    const config = { schedule: '30 7 * * *', timezone: 'America/New_York', metadata: { hello: 'world' } };
    const running = await start(config, ({ data }) => Promise.resolve(void told.push(JSON.parse(data))));
    await pass(3_600_000);
    await running.stop();
    expect(told).toEqual([{ eventTime: '2026-01-01 07:30:00 -0500 EST', metadata: { hello: 'world' } }]);
  });

  it('loses a tick nobody kept when nothing is recorded, and goes on', async () => {
    let calls = 0;
    const running = await start({ interval: '10s' }, () => {
      calls += 1;
      return calls === 1 ? Promise.reject(new Error('full')) : Promise.resolve();
    });
    await pass(20_000);
    await running.stop();
    expect(calls).toBe(2);
  });

  it('makes up for ticks missed since the recorded one, oldest first, within maxDuration', async () => {
    const config: CalendarSource = {
      schedule: '*/10 * * * *',
      persistence: {
        catchup: { enabled: true, maxDuration: '45m' },
        configMap: { name: 'ticks', createIfNotExist: true },
      },
    };
    const told: string[] = [];
    const tell = ({ data, id }: EventContent) =>
      Promise.resolve(void told.push(`${id} ${(JSON.parse(data) as { eventTime: string }).eventTime.slice(11, 19)}`));
    await (await start(config, tell)).stop();
    expect(told).toEqual([]);
    await server.client.patch(
      CONFIG_MAPS,
      { namespace: 'default', name: 'ticks' },
      {
        kind: 'merge',
        patch: { data: { 'cal.tick': JSON.stringify({ eventTime: '2026-01-01 11:00:00 +0000 UTC m=+12.5' }) } },
      },
    );
    const running = await start(config, tell);
    await pass(0);
    await running.stop();
    expect(told).toEqual(
      ['20', '30', '40', '50']
        .map((minute) => `cal:tick:${Date.UTC(2026, 0, 1, 11, Number(minute))} 11:${minute}:00`)
        .concat(`cal:tick:${NOON} 12:00:00`),
    );
    const map = await server.client.get(CONFIG_MAPS, { namespace: 'default', name: 'ticks' });
    expect(map.data).toEqual({ 'cal.tick': '{"eventTime":"2026-01-01 12:00:00 +0000 UTC"}' });
  });

  it('ends when a date never comes', async () => {
    const running = await start({ schedule: '0 0 31 2 *' }, () => Promise.reject(new Error('it came')));
    expect(clock.nextDue()).toBeUndefined();
    await running.stop();
  });
});

describe('compileCalendar', () => {
  it('skips the whole of an excluded day', () => {
    const schedule = compileCalendar({
      schedule: '0 */12 * * *',
      exclusionDates: ['EXDATE:20260102T150405Z', 'nonsense'],
    });
    const next = schedule.ok ? [schedule.value.next(NOON)] : [];
    expect(next).toEqual([Date.UTC(2026, 0, 3)]);
  });

  it.each<readonly [string, CalendarSource]>([
    ['schedule or interval must be given', {}],
    ['interval: "often" is not a duration such as 10s', { interval: 'often' }],
    ['schedule: expected exactly 5 fields, found 1: "often"', { schedule: 'often' }],
    ['timezone: unknown time zone Mars/Base', { interval: '1s', timezone: 'Mars/Base' }],
  ])('says %s', (error, source) => expect(compileCalendar(source)).toEqual({ ok: false, error }));
});
