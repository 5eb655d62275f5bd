import { expect, it } from 'vitest';

import { OLDER_AUTOSCALER } from './older-autoscaler.ts';

const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } };
const memory = {
  type: 'Resource',
  resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1Gi' } },
};
const scaler = (metrics: readonly object[], behavior?: object) => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'a' },
  spec: {
    scaleTargetRef: { kind: 'Deployment', name: 'd' },
    maxReplicas: 3,
    metrics,
    ...(behavior ? { behavior } : {}),
  },
});

it('shows the share of cpu as its own field', () =>
  expect(OLDER_AUTOSCALER.fromStored?.(scaler([cpu]))).toMatchObject({
    apiVersion: 'autoscaling/v1',
    metadata: { name: 'a' },
    spec: { targetCPUUtilizationPercentage: 50 },
  }));
it.each([
  { reason: 'cpu', object: scaler([cpu]) },
  { reason: 'another metric', object: scaler([memory]) },
  { reason: 'both, and a behavior', object: scaler([memory, cpu], { scaleDown: { policies: [] } }) },
])('loses nothing on the way there and back: $reason', ({ object }) => {
  const older = OLDER_AUTOSCALER.fromStored?.(object);
  expect(older && OLDER_AUTOSCALER.toStored?.(older)).toEqual(object);
});
