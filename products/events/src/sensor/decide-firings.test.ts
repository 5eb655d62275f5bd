import { describe, expect, it } from 'vitest';

import type { Sensor } from '../api/sensor.ts';
import type { CloudEvent } from '../bus/cloud-event.ts';
import type { FiringEvents } from '../parameters/resolve-parameter.ts';
import { compileSensor } from './compile-sensor.ts';
import { adaptRemembered, decideFirings, fingerprintsOf } from './decide-firings.ts';
import type { TriggerPlan } from './sensor-plan.ts';

const anEvent = (subject: string, id: string, time = '2026-01-01T12:00:00Z'): CloudEvent => ({
  specversion: '1.0',
  id,
  type: 'webhook',
  source: 'hook',
  subject,
  time,
  datacontenttype: 'application/json',
  data: JSON.stringify({ id }),
});
const planOf = (template: object, dependencies: NonNullable<Sensor['spec']>['dependencies']): TriggerPlan => {
  const compiled = compileSensor({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Sensor',
    metadata: { name: 's' },
    spec: { dependencies, triggers: [{ template: { name: 't', log: {}, ...template } }] },
  });
  if (!compiled.ok) throw new Error(compiled.error.map(({ message }) => message).join());
  return compiled.value.triggers[0]!;
};
const named = (...names: readonly string[]) =>
  names.map((name) => ({ name, eventSourceName: 'hook', eventName: name }));
/** Ids of the events of each firing, over a run of events. */
const play = (plan: TriggerPlan, events: readonly CloudEvent[]): readonly Readonly<Record<string, string>>[] => {
  let remembered: FiringEvents = {};
  return events.flatMap((event) => {
    const decided = decideFirings(plan, remembered, event);
    remembered = decided.remembered;
    return decided.firings.map((firing) =>
      Object.fromEntries(Object.entries(firing.events).map(([name, { id }]) => [name, id])),
    );
  });
};

describe('decideFirings', () => {
  const a1 = anEvent('a', 'a1');
  const a2 = anEvent('a', 'a2');
  const b1 = anEvent('b', 'b1');
  const b2 = anEvent('b', 'b2');
  const c1 = anEvent('c', 'c1');
  it.each([
    {
      reason: 'the newest of each, and then all is forgotten',
      conditions: 'a && b',
      events: [a1, a2, b1, b2],
      fired: [{ a: 'a2', b: 'b1' }],
    },
    { reason: 'alternatives fire alone', conditions: 'a || b', events: [a1, b1], fired: [{ a: 'a1' }, { b: 'b1' }] },
    {
      reason: 'what is remembered goes along',
      conditions: '(a && b) || c',
      events: [a1, c1, b1],
      fired: [{ a: 'a1', c: 'c1' }],
    },
    { reason: 'no conditions mean all', conditions: '', events: [a1, b1, c1], fired: [{ a: 'a1', b: 'b1', c: 'c1' }] },
    { reason: 'events nobody names pass by', conditions: 'a', events: [b1, c1], fired: [] },
  ])('$reason: $conditions', ({ conditions, events, fired }) => {
    expect(play(planOf({ conditions }, named('a', 'b', 'c')), events)).toEqual(fired);
  });

  it('lets one event be two dependencies with different filters', () => {
    const filters = (value: string) => ({ data: [{ path: 'id', type: 'string', value: [value] }] });
    const plan = planOf({}, [
      { name: 'one', eventSourceName: 'hook', eventName: 'a', filters: filters('a') },
      { name: 'two', eventSourceName: 'hook', eventName: 'a', filters: filters('1') },
    ]);
    expect(play(plan, [a2, a1])).toEqual([{ one: 'a1', two: 'a1' }]);
  });

  it('tells why a filter could not judge, and drops the event', () => {
    const plan = planOf({}, [
      {
        name: 'one',
        eventSourceName: 'hook',
        eventName: 'a',
        filters: { data: [{ path: 'x', type: 'string', value: ['1'] }] },
      },
    ]);
    expect(decideFirings(plan, {}, a1)).toEqual({
      remembered: {},
      firings: [],
      filterErrors: ['dependency one: path x does not exist in the data of the event'],
    });
  });

  it('forgets at a tick of conditionsReset', () => {
    const plan = planOf(
      { conditions: 'a && b', conditionsReset: [{ byTime: { cron: '0 0 * * *', timezone: 'America/New_York' } }] },
      named('a', 'b'),
    );
    const before = anEvent('a', 'a1', '2026-01-02T04:50:00Z');
    const after = anEvent('b', 'b1', '2026-01-02T05:10:00Z');
    expect(play(plan, [before, after])).toEqual([]);
    expect(play(plan, [before, anEvent('b', 'b0', '2026-01-02T04:59:59Z')])).toEqual([{ a: 'a1', b: 'b0' }]);
  });

  it('gives the same id to the same firing, another to another', () => {
    const plan = planOf({}, named('a'));
    const idOf = (event: CloudEvent) => decideFirings(plan, {}, event).firings[0]?.id;
    expect(idOf(a1)).toBe(idOf(a1));
    expect(idOf(a1)).not.toBe(idOf(a2));
  });
});

describe('adaptRemembered', () => {
  const remembered = { a: anEvent('a', 'a1'), b: anEvent('b', 'b1') };
  it.each([
    { reason: 'nothing changed', conditions: 'a && b && c', dependencies: named('a', 'b', 'c'), kept: ['a', 'b'] },
    { reason: 'other conditions', conditions: '(a || b) && c', dependencies: named('a', 'b', 'c'), kept: [] },
    {
      reason: 'a dependency on another event',
      conditions: 'a && b && c',
      dependencies: [...named('a', 'c'), { name: 'b', eventSourceName: 'hook', eventName: 'other' }],
      kept: ['a'],
    },
  ])('$reason', ({ conditions, dependencies, kept }) => {
    const before = fingerprintsOf(planOf({ conditions: 'a && b && c' }, named('a', 'b', 'c')));
    const now = fingerprintsOf(planOf({ conditions }, dependencies));
    expect(Object.keys(adaptRemembered(remembered, before, now))).toEqual(kept);
  });
});
