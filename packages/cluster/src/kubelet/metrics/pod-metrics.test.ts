import { describe, expect, it } from 'vitest';

import { createVirtualClock } from '@argosy/base';
import type { Pod } from '@argosy/kube';

import type { ContainerUsage, PodRuntime } from '../pod-runtime.ts';
import { createPodMetrics } from './pod-metrics.ts';

const pod: Pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', uid: 'u' }, spec: { containers: [] } };

describe('metrics of pods', () => {
  it('are rates between two looks, and none before', async () => {
    const clock = createVirtualClock(0);
    let seconds = 10;
    const usage = (): readonly ContainerUsage[] => [{ name: 'c', cpu: { kind: 'total', seconds }, memoryBytes: 7 }];
    const metrics = createPodMetrics(clock, { measure: async () => usage() } as unknown as PodRuntime);
    const look = async (afterMs: number, used: number) => {
      clock.advance(afterMs);
      seconds += used;
      return metrics.measure(pod);
    };
    expect(await look(0, 0)).toBeUndefined();
    expect(await look(15_000, 3)).toEqual({
      at: 15_000,
      windowMs: 15_000,
      containers: [{ name: 'c', cpuCores: 0.2, memoryBytes: 7 }],
    });
    expect((await look(500, 1))?.at).toBe(15_000);
    // The container was started anew and counts from the beginning.
    expect(await look(15_000, -14)).toBeUndefined();
    expect((await look(15_000, 15))?.containers[0]?.cpuCores).toBe(1);
  });
  it('are as simulated', async () => {
    const runtime = { measure: async () => [{ name: 'c', cpu: { kind: 'rate', cores: 0.5 }, memoryBytes: 1 }] };
    const metrics = createPodMetrics(createVirtualClock(0), runtime as unknown as PodRuntime);
    expect((await metrics.measure(pod))?.containers).toEqual([{ name: 'c', cpuCores: 0.5, memoryBytes: 1 }]);
  });
});
