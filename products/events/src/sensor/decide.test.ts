import { describe, expect, it } from 'vitest';

import type { Sensor } from '../api/sensor.ts';
import type { BusState } from '../event-bus/resolve-bus.ts';
import { decideSensor, type RunningSensor } from './decide.ts';

const NOW = Date.UTC(2026, 0, 1);
const READY: BusState = { kind: 'ready', name: 'default', isImplicit: false };
const SPEC: Sensor['spec'] = {
  dependencies: [{ name: 'a', eventSourceName: 'hook', eventName: 'a' }],
  triggers: [{ template: { name: 't', log: {} } }],
};
const aSensor = (spec: Sensor['spec']): Sensor => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Sensor',
  metadata: { name: 's', namespace: 'default', uid: 'u1' },
  spec,
});
const RUNNING: RunningSensor = { uid: 'u1', spec: SPEC, busName: 'default' };
const BAD: Sensor['spec'] = { ...SPEC, dependencies: [{ name: 'a', eventSourceName: 'hook' }] };

describe('decideSensor', () => {
  it.each<{
    reason: string;
    spec?: Sensor['spec'];
    bus?: BusState;
    running?: RunningSensor;
    actions: readonly string[];
    conditions: readonly string[];
  }>([
    { reason: 'runs', actions: ['run'], conditions: ['DependenciesProvided', 'Deployed', 'TriggersProvided'] },
    {
      reason: 'leaves what runs alone',
      running: RUNNING,
      actions: [],
      conditions: ['DependenciesProvided', 'Deployed', 'TriggersProvided'],
    },
    {
      reason: 'runs anew what was made anew',
      running: { ...RUNNING, uid: 'u0' },
      actions: ['run'],
      conditions: ['DependenciesProvided', 'Deployed', 'TriggersProvided'],
    },
    {
      reason: 'runs anew what changed',
      running: { ...RUNNING, spec: BAD },
      actions: ['run'],
      conditions: ['DependenciesProvided', 'Deployed', 'TriggersProvided'],
    },
    {
      reason: 'stops without a bus',
      bus: { kind: 'missing', name: 'x' },
      running: RUNNING,
      actions: ['stop'],
      conditions: ['DependenciesProvided', '!Deployed EventBusNotFound', 'TriggersProvided'],
    },
    {
      reason: 'waits for a bus',
      bus: { kind: 'notReady', name: 'x' },
      actions: [],
      conditions: ['DependenciesProvided', '!Deployed EventBusNotReady', 'TriggersProvided'],
    },
    {
      reason: 'stops what is wrong',
      spec: BAD,
      running: RUNNING,
      actions: ['stop'],
      conditions: ['!DependenciesProvided InvalidDependencies', '!Deployed InvalidDependencies', 'TriggersProvided'],
    },
    {
      reason: 'tells triggers from dependencies',
      spec: { ...SPEC, triggers: [] },
      actions: [],
      conditions: ['DependenciesProvided', '!Deployed InvalidTriggers', '!TriggersProvided InvalidTriggers'],
    },
  ])('$reason', ({ spec, bus, running, actions, conditions }) => {
    const decision = decideSensor({ object: aSensor(spec ?? SPEC), bus: bus ?? READY, running, now: NOW });
    expect(decision.actions.map(({ kind }) => kind)).toEqual(actions);
    expect(
      decision.status.conditions?.map(({ type, status, reason }) => (status === 'True' ? type : `!${type} ${reason}`)),
    ).toEqual(conditions);
  });

  it('settles: the status it decides is the one it finds', () => {
    const first = decideSensor({ object: aSensor(SPEC), bus: READY, running: RUNNING, now: NOW });
    const object = { ...aSensor(SPEC), status: first.status };
    const second = decideSensor({ object, bus: READY, running: RUNNING, now: NOW + 60_000 });
    expect(second).toEqual({ actions: [], status: first.status });
  });
});
