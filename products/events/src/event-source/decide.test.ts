import { describe, expect, it } from 'vitest';

import type { EventSource } from '../api/event-source.ts';
import type { BusState } from '../event-bus/resolve-bus.ts';
import { concludeEventSource, decideEventSource, type SourceState } from './decide.ts';

const NOW = Date.UTC(2026, 0, 1);
const READY: BusState = { kind: 'ready', name: 'default', isImplicit: true };
const hook = (port: string) => ({ port, endpoint: '/x' });
const aSource = (spec: EventSource['spec']): EventSource => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'EventSource',
  metadata: { name: 's', namespace: 'default' },
  spec,
});
const running = (eventName: string, port: string, failure?: SourceState['failure']): SourceState => ({
  type: 'webhook',
  eventName,
  busName: 'default',
  config: hook(port),
  ...(failure ? { failure } : {}),
});
const starts = (eventName: string, port: string) => ({ kind: 'start', source: running(eventName, port) });

describe('decideEventSource', () => {
  const spec = { webhook: { one: hook('1'), two: hook('2') } };
  const failure = (afterMs: number) => ({ message: 'port 1 is in use', retryAt: NOW + afterMs });
  it.each<{
    reason: string;
    spec?: EventSource['spec'];
    bus?: BusState;
    running: readonly SourceState[];
    actions: readonly unknown[];
  }>([
    { reason: 'starts what does not run', running: [running('one', '1')], actions: [starts('two', '2')] },
    { reason: 'leaves what runs alone', running: [running('one', '1'), running('two', '2')], actions: [] },
    {
      reason: 'stops before it starts, so that a port is free',
      running: [running('old', '1')],
      actions: [{ kind: 'stop', eventName: 'old' }, starts('one', '1'), starts('two', '2')],
    },
    {
      reason: 'replaces what changed',
      running: [running('one', '9'), running('two', '2')],
      actions: [{ kind: 'stop', eventName: 'one' }, starts('one', '1')],
    },
    {
      reason: 'replaces what is on another bus',
      bus: { ...READY, name: 'other' },
      running: [running('one', '1')],
      actions: [
        { kind: 'stop', eventName: 'one' },
        ...['one', 'two'].map((name, index) => ({
          kind: 'start',
          source: { ...running(name, String(index + 1)), busName: 'other' },
        })),
      ],
    },
    { reason: 'waits with what failed', running: [running('one', '1', failure(1)), running('two', '2')], actions: [] },
    {
      reason: 'tries again what failed',
      running: [running('one', '1', failure(0)), running('two', '2')],
      actions: [{ kind: 'stop', eventName: 'one' }, starts('one', '1')],
    },
    {
      reason: 'stops all without a bus',
      bus: { kind: 'missing', name: 'default' },
      running: [running('one', '1')],
      actions: [{ kind: 'stop', eventName: 'one' }],
    },
    {
      reason: 'stops all of what is wrong',
      spec: { webhook: { one: hook('x') } },
      running: [running('one', '1')],
      actions: [{ kind: 'stop', eventName: 'one' }],
    },
  ])('$reason', (given) => {
    const decision = decideEventSource({
      object: aSource(given.spec ?? spec),
      bus: given.bus ?? READY,
      running: given.running,
      now: NOW,
    });
    expect(decision.actions).toEqual(given.actions);
  });
});

describe('concludeEventSource', () => {
  const object = aSource({ replicas: 2, webhook: { one: hook('1') } });
  const decision = decideEventSource({ object, bus: READY, running: [], now: NOW });
  const deployed = (states: readonly SourceState[]) => {
    const { status, next } = concludeEventSource(object, decision, states, NOW);
    return { deployed: status.conditions?.find(({ type }) => type === 'Deployed'), next };
  };
  it('says where it runs, and what is not used', () => {
    expect(deployed([running('one', '1')])).toEqual({
      deployed: {
        type: 'Deployed',
        status: 'True',
        message:
          'runs in this process; EventBus default is the embedded one, no object of that name exists; spec.replicas describe pods and are not used',
        lastTransitionTime: '2026-01-01T00:00:00Z',
      },
      next: { kind: 'settled' },
    });
  });

  it('says what did not start, and looks again when it is due', () => {
    const failed = running('one', '1', { message: 'port 1 is in use by another program', retryAt: NOW + 4000 });
    expect(deployed([failed])).toEqual({
      deployed: {
        type: 'Deployed',
        status: 'False',
        reason: 'SourceNotStarted',
        message: 'webhook one: port 1 is in use by another program; it is tried again',
        lastTransitionTime: '2026-01-01T00:00:00Z',
      },
      next: { kind: 'recheck', afterMs: 4000 },
    });
  });
});
