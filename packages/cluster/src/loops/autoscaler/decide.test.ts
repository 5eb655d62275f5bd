import { describe, expect, it } from 'vitest';

import { toTimestamp } from '@argosy/base';
import type { HorizontalPodAutoscaler, Pod } from '@argosy/kube';

import type { PodMeasurement } from '../../kubelet/metrics/pod-metrics.ts';
import { decideAutoscaler, type AutoscalerWorld } from './decide.ts';

const NOW = 10_000_000;
const scaler = (spec: object = {}, status?: HorizontalPodAutoscaler['status']): HorizontalPodAutoscaler => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'web', namespace: 'a', generation: 1 },
  spec: {
    scaleTargetRef: { kind: 'Deployment', name: 'web' },
    minReplicas: 1,
    maxReplicas: 10,
    metrics: [cpu(50)],
    ...spec,
  },
  ...(status ? { status } : {}),
});
const cpu = (averageUtilization: number) => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
});
const memory = (averageValue: string) => ({
  type: 'Resource',
  resource: { name: 'memory', target: { type: 'AverageValue', averageValue } },
});
interface PodShape {
  /** Cores, each pod asks for one; none was measured when absent. */
  readonly cores?: number;
  readonly memory?: number;
  readonly phase?: 'Running' | 'Pending' | 'Failed';
  readonly ready?: boolean;
  /** Seconds since its start. */
  readonly age?: number;
  readonly requests?: object;
}
const toPod = (shape: PodShape, at: number): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `p${at}`, namespace: 'a' },
  spec: { containers: [{ name: 'c', resources: { requests: (shape.requests ?? { cpu: '1' }) as never } }] },
  status: {
    phase: shape.phase ?? 'Running',
    startTime: toTimestamp(NOW - (shape.age ?? 3600) * 1000),
    conditions: [
      {
        type: 'Ready',
        status: shape.ready === false ? 'False' : 'True',
        lastTransitionTime: toTimestamp(NOW - ((shape.age ?? 3600) - 10) * 1000),
      },
    ],
  } as Pod['status'],
});
const world = (
  pods: readonly PodShape[],
  extra: Partial<AutoscalerWorld> = {},
  replicas = pods.length,
): AutoscalerWorld => ({
  target: { kind: 'found', replicas, pods: pods.map(toPod) },
  measurements: new Map(
    pods.flatMap(({ cores, memory: memoryBytes = 0 }, at): [string, PodMeasurement][] =>
      cores === undefined
        ? []
        : [[`p${at}`, { at: NOW, windowMs: 15_000, containers: [{ name: 'c', cpuCores: cores, memoryBytes }] }]],
    ),
  ),
  history: { wishes: [], changes: [] },
  ...extra,
});
const decide = (of: AutoscalerWorld, object = scaler()) => decideAutoscaler({ object, world: of, now: NOW });
const scaleOf = (decision: ReturnType<typeof decide>): number | undefined =>
  decision.actions.flatMap((action) => (action.kind === 'scale' ? [action.replicas] : []))[0];
const reasonOf = (decision: ReturnType<typeof decide>, type: string): string | undefined => {
  const found = decision.status.conditions?.find((one) => one.type === type);
  return found && `${found.status} ${found.reason}`;
};
const all = (count: number, shape: PodShape): readonly PodShape[] => Array.from({ length: count }, () => shape);

describe('an autoscaler', () => {
  it.each<[string, readonly PodShape[], number | undefined]>([
    ['adds by the ratio', all(3, { cores: 1 }), 6],
    ['rounds up', all(3, { cores: 0.6 }), 4],
    ['leaves small differences alone', all(3, { cores: 0.54 }), undefined],
    ['gives up by the ratio', all(4, { cores: 0.2 }), 2],
    ['counts pods nobody measured as idle when it adds', [{ cores: 1 }, { cores: 1 }, {}], 4],
    ['counts them as busy when it gives up', [{ cores: 0.1 }, { cores: 0.1 }, { cores: 0.1 }, {}], 3],
    ['changes nothing when they would turn it round', [{ cores: 0.3 }, { cores: 0.3 }, {}], undefined],
    ['counts pending pods as idle', [{ cores: 1 }, { cores: 1 }, { phase: 'Pending' }], 4],
    ['leaves out what starts', [{ cores: 0.5 }, { cores: 3, age: 20, ready: false }], undefined],
    ['leaves out what failed', [{ cores: 1 }, { cores: 1 }, { phase: 'Failed' }], 4],
  ])('%s', (_, pods, expected) => {
    const object = scaler({ behavior: { scaleDown: { stabilizationWindowSeconds: 0 } } });
    const replicas = pods.filter(({ phase }) => phase !== 'Failed').length;
    expect(scaleOf(decide(world(pods, {}, replicas), object))).toBe(expected);
  });

  it('takes the metric that asks for most', () => {
    const decision = decide(world(all(2, { cores: 0.5, memory: 300 })), scaler({ metrics: [cpu(50), memory('100')] }));
    expect(scaleOf(decision)).toBe(6);
    expect(decision.status.currentMetrics).toEqual([
      { type: 'Resource', resource: { name: 'cpu', current: { averageValue: '500m', averageUtilization: 50 } } },
      { type: 'Resource', resource: { name: 'memory', current: { averageValue: '300' } } },
    ]);
    expect(decision.actions.find(({ kind }) => kind === 'scale')).toMatchObject({
      reason: 'memory resource above target',
    });
  });

  it('tells how it stands when all is well', () => {
    const decision = decide(world(all(2, { cores: 0.5 })));
    expect(['AbleToScale', 'ScalingActive', 'ScalingLimited'].map((type) => reasonOf(decision, type))).toEqual([
      'True ReadyForNewScale',
      'True ValidMetricFound',
      'False DesiredWithinRange',
    ]);
    expect(decision.status).toMatchObject({ currentReplicas: 2, desiredReplicas: 2 });
    expect(decision.next).toEqual({ kind: 'recheck', afterMs: 15_000 });
  });

  it.each<[string, AutoscalerWorld, object, string, string]>([
    ['without metrics', world(all(2, {})), {}, 'ScalingActive', 'False FailedGetResourceMetric'],
    ['without pods', world([], {}, 2), {}, 'ScalingActive', 'False FailedGetResourceMetric'],
    [
      'without requests',
      world(all(2, { cores: 1, requests: {} })),
      {},
      'ScalingActive',
      'False FailedGetResourceMetric',
    ],
    [
      'with metrics of others',
      world(all(2, { cores: 1 })),
      { metrics: [{ type: 'External', external: {} }] },
      'ScalingActive',
      'False FailedGetExternalMetric',
    ],
    ['of nothing', world([], {}, 0), {}, 'ScalingActive', 'False ScalingDisabled'],
    [
      'without its target',
      { ...world([]), target: { kind: 'absent', message: 'no' } },
      {},
      'AbleToScale',
      'False FailedGetScale',
    ],
  ])('leaves its target alone %s', (_, of, spec, type, reason) => {
    const decision = decide(of, scaler(spec));
    expect([scaleOf(decision), reasonOf(decision, type)]).toEqual([undefined, reason]);
  });

  it('names every metric that fails, and leaves it an empty place', () => {
    const metrics = [
      { type: 'Pods', pods: { metric: { name: 'rps' }, target: { type: 'AverageValue', averageValue: '1k' } } },
      cpu(50),
      { type: 'Object', object: { metric: { name: 'hits' }, target: { type: 'Value', value: '2k' } } },
      {
        type: 'External',
        external: { metric: { name: 'queue' }, target: { type: 'AverageValue', averageValue: '3' } },
      },
    ];
    const decision = decide(world(all(2, { cores: 0.1 })), scaler({ metrics }));
    expect(reasonOf(decision, 'ScalingActive')).toBe('False FailedGetPodsMetric');
    expect(decision.events.map(({ reason, message }) => [reason, message])).toEqual([
      ['FailedGetPodsMetric', 'unable to get metric rps: no custom metrics API (custom.metrics.k8s.io) registered'],
      ['FailedGetObjectMetric', 'unable to get metric hits: no custom metrics API (custom.metrics.k8s.io) registered'],
      [
        'FailedGetExternalMetric',
        'unable to get external metric queue: no external metrics API (external.metrics.k8s.io) registered',
      ],
      [
        'FailedComputeMetricsReplicas',
        'invalid metrics (3 of 4), the first: unable to get metric rps: no custom metrics API (custom.metrics.k8s.io) registered',
      ],
    ]);
    expect(decision.status.currentMetrics).toEqual([
      { type: '' },
      { type: 'Resource', resource: { name: 'cpu', current: { averageValue: '100m', averageUtilization: 10 } } },
      { type: '' },
      { type: '' },
    ]);
  });

  it('scales by one container as by a pod, and says when there is none of its name', () => {
    const of = (container: string) => ({
      metrics: [
        {
          type: 'ContainerResource',
          containerResource: { name: 'cpu', container, target: { type: 'Utilization', averageUtilization: 50 } },
        },
      ],
    });
    const decision = decide(world(all(3, { cores: 1 })), scaler(of('c')));
    expect(scaleOf(decision)).toBe(6);
    expect(decision.actions.find(({ kind }) => kind === 'scale')).toMatchObject({
      reason: 'cpu container resource utilization (percentage of request) above target',
    });
    expect(decision.status.currentMetrics).toEqual([
      {
        type: 'ContainerResource',
        containerResource: { name: 'cpu', container: 'c', current: { averageValue: '1', averageUtilization: 100 } },
      },
    ]);
    const wrong = decide(world(all(3, { cores: 1 })), scaler(of('other')));
    expect(reasonOf(wrong, 'ScalingActive')).toBe('False FailedGetContainerResourceMetric');
    expect(wrong.events[0]?.message).toBe(
      'failed to get cpu usage: container other not present in metrics for pod a/p0',
    );
  });

  it('gives nothing up while one metric is not known, but adds', () => {
    const metrics = [cpu(50), { type: 'Pods', pods: {} }];
    const object = scaler({ metrics, behavior: { scaleDown: { stabilizationWindowSeconds: 0 } } });
    expect(scaleOf(decide(world(all(4, { cores: 0.1 })), object))).toBeUndefined();
    expect(scaleOf(decide(world(all(4, { cores: 1 })), object))).toBe(8);
  });

  it.each([
    ['above', 12, 10],
    ['below', 1, 2],
  ])('brings a target %s the range into it', (_, replicas, expected) =>
    expect(scaleOf(decide(world(all(1, { cores: 0.5 }), {}, replicas), scaler({ minReplicas: 2 })))).toBe(expected),
  );

  it.each<[string, readonly PodShape[], object, AutoscalerWorld['history'], number | undefined, string]>([
    ['at most doubles, or adds four', all(2, { cores: 5 }), {}, { wishes: [], changes: [] }, 6, 'True ScaleUpLimit'],
    ['keeps to the range', all(8, { cores: 5 }), {}, { wishes: [], changes: [] }, 10, 'True TooManyReplicas'],
    [
      'counts what was added before',
      all(4, { cores: 5 }),
      { scaleUp: { policies: [{ type: 'Pods', value: 3, periodSeconds: 60 }] } },
      {
        wishes: [],
        changes: [
          { at: NOW - 30_000, change: 2 },
          { at: NOW - 90_000, change: 1 },
        ],
      },
      5,
      'True ScaleUpLimit',
    ],
    [
      'gives up as its policies say',
      all(9, { cores: 0 }),
      {
        scaleDown: {
          stabilizationWindowSeconds: 0,
          policies: [
            { type: 'Percent', value: 50, periodSeconds: 60 },
            { type: 'Pods', value: 2, periodSeconds: 60 },
          ],
          selectPolicy: 'Min',
        },
      },
      { wishes: [], changes: [] },
      7,
      'True ScaleDownLimit',
    ],
    [
      'gives nothing up when that is disabled',
      all(9, { cores: 0 }),
      { scaleDown: { stabilizationWindowSeconds: 0, selectPolicy: 'Disabled' } },
      { wishes: [], changes: [] },
      undefined,
      'True ScaleDownLimit',
    ],
    [
      'waits for the end of high wishes',
      all(4, { cores: 0.1 }),
      {},
      { wishes: [{ at: NOW - 200_000, replicas: 3 }], changes: [] },
      3,
      'False DesiredWithinRange',
    ],
    [
      'forgets old wishes',
      all(4, { cores: 0.1 }),
      {},
      { wishes: [{ at: NOW - 301_000, replicas: 3 }], changes: [] },
      1,
      'False DesiredWithinRange',
    ],
    [
      'waits for low wishes when told to',
      all(2, { cores: 1 }),
      { scaleUp: { stabilizationWindowSeconds: 60 } },
      { wishes: [{ at: NOW - 50_000, replicas: 3 }], changes: [] },
      3,
      'False DesiredWithinRange',
    ],
  ])('%s', (_, pods, behavior, history, expected, limited) => {
    const decision = decide(world(pods, { history }), scaler({ behavior }));
    expect([scaleOf(decision), reasonOf(decision, 'ScalingLimited')]).toEqual([expected, limited]);
  });
});
