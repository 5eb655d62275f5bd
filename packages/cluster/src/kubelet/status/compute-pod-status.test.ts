import { describe, expect, it } from 'vitest';

import type { ContainerState, Pod, PodSpec } from '@argosy/kube';

import { computePodStatus } from './compute-pod-status.ts';

const now = Date.parse('2026-01-01T00:00:00Z');
const pod = (restartPolicy: PodSpec['restartPolicy'], initContainers: PodSpec['initContainers'] = []): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'default' },
  spec: {
    restartPolicy: restartPolicy ?? 'Always',
    initContainers,
    containers: [
      { name: 'a', image: 'i' },
      { name: 'b', image: 'i' },
    ],
  },
});
const end = (exitCode: number): ContainerState => ({ terminated: { exitCode } });
const running: ContainerState = { running: {} };
const creating: ContainerState = { waiting: { reason: 'ContainerCreating' } };
const status = (of: Pod, states: Readonly<Record<string, ContainerState>>, settled: boolean) =>
  computePodStatus(
    of,
    {
      containers: new Map(
        Object.entries(states).map(([name, state]) => [
          name,
          { state, restartCount: 0, ready: state.running !== undefined, started: true },
        ]),
      ),
      podIP: '127.64.0.1',
      settled,
      failure: undefined,
    },
    now,
  );

describe('computePodStatus', () => {
  it.each([
    { reason: 'nothing known', states: {}, settled: false, phase: 'Pending' },
    { reason: 'one still waits', states: { a: running, b: creating }, settled: false, phase: 'Pending' },
    { reason: 'all run', states: { a: running, b: running }, settled: false, phase: 'Running' },
    { reason: 'one ended', states: { a: running, b: end(1) }, settled: false, phase: 'Running' },
    { reason: 'ended but not collected', states: { a: end(0), b: end(0) }, settled: false, phase: 'Running' },
    { reason: 'all succeeded', states: { a: end(0), b: end(0) }, settled: true, phase: 'Succeeded' },
    { reason: 'one failed', states: { a: end(0), b: end(1) }, settled: true, phase: 'Failed' },
  ])('$reason: $phase', ({ states, settled, phase }) =>
    expect(status(pod('Never'), states as Readonly<Record<string, ContainerState>>, settled).phase).toBe(phase),
  );
  it('fails with its init container and keeps the others waiting', () => {
    const given = status(pod('Never', [{ name: 'init' }]), { init: end(2) }, true);
    expect(given.phase).toBe('Failed');
    expect(given.conditions?.find(({ type }) => type === 'Initialized')?.message).toBe(
      'containers with incomplete status: [init]',
    );
    expect(given.containerStatuses?.map(({ state }) => state?.waiting?.reason)).toEqual([
      'PodInitializing',
      'PodInitializing',
    ]);
  });
  it('names what is not ready', () =>
    expect(
      status(pod('Always'), { a: running, b: creating }, false).conditions?.find(({ type }) => type === 'Ready'),
    ).toEqual({
      type: 'Ready',
      status: 'False',
      reason: 'ContainersNotReady',
      message: 'containers with unready status: [b]',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    }));

  const conditionOf = (given: ReturnType<typeof status>, of: string) =>
    given.conditions?.find(({ type }) => type === of);
  it('counts sidecars among what has to be ready', () => {
    const withSidecar = pod('Always', [{ name: 'side', restartPolicy: 'Always' }]);
    const given = status(withSidecar, { side: creating, a: running, b: running }, false);
    expect(conditionOf(given, 'Ready')).toMatchObject({
      status: 'False',
      message: 'containers with unready status: [side]',
    });
  });
  it('stays initialized once the others have begun, whatever becomes of a sidecar', () => {
    const withSidecar = pod('Always', [{ name: 'side', restartPolicy: 'Always' }]);
    const facts = (state: ContainerState) => ({ state, restartCount: 0, ready: false, started: false });
    const given = (a: ContainerState) =>
      computePodStatus(
        withSidecar,
        {
          containers: new Map(Object.entries({ side: facts(end(3)), a: facts(a) })),
          podIP: '127.64.0.1',
          settled: false,
          failure: undefined,
        },
        now,
      );
    expect(conditionOf(given(creating), 'Initialized')?.status).toBe('False');
    expect(conditionOf(given(running), 'Initialized')?.status).toBe('True');
  });
  it('names the readiness gates that are closed', () => {
    const gated = pod('Always');
    const given = status(
      {
        ...gated,
        spec: {
          ...gated.spec!,
          readinessGates: [{ conditionType: 'a.b/none' }, { conditionType: 'a.b/not' }, { conditionType: 'a.b/yes' }],
        },
        status: {
          conditions: [
            { type: 'a.b/not', status: 'Unknown' },
            { type: 'a.b/yes', status: 'True' },
          ],
        } as never,
      },
      { a: running, b: running },
      false,
    );
    expect(conditionOf(given, 'Ready')).toMatchObject({
      reason: 'ReadinessGatesNotReady',
      message:
        'corresponding condition of pod readiness gate "a.b/none" does not exist., ' +
        'the status of pod readiness gate "a.b/not" is not "True", but Unknown',
    });
  });
});
