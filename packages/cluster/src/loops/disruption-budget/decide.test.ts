import { toTimestamp } from '@argosy/base';
import type { Pod, PodDisruptionBudget } from '@argosy/kube';
import { expect, it } from 'vitest';

import { decideBudget } from './decide.ts';

const NOW = Date.UTC(2026, 0, 1);
const aBudget = (spec: object, disruptedPods: Readonly<Record<string, string>> = {}): PodDisruptionBudget => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'b', generation: 2 },
  spec,
  status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0, disruptedPods },
});
const aPod = (name: string, isReady = true): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }] },
});
const three = [aPod('a'), aPod('b'), aPod('c')];
const ago = (seconds: number) => ({ a: toTimestamp(NOW - seconds * 1000) });

it.each([
  { reason: 'two must stay', budget: aBudget({ minAvailable: 2 }), pods: three, allowed: 1 },
  {
    reason: 'a share must stay, rounded up',
    budget: aBudget({ minAvailable: '50%' }),
    pods: three,
    expected: 3,
    allowed: 1,
  },
  { reason: 'one may be missing', budget: aBudget({ maxUnavailable: 1 }), pods: three, expected: 3, allowed: 1 },
  {
    reason: 'one is missing already',
    budget: aBudget({ maxUnavailable: 1 }),
    pods: three.slice(1),
    expected: 3,
    allowed: 0,
  },
  {
    reason: 'one is not ready',
    budget: aBudget({ minAvailable: 2 }),
    pods: [...three.slice(1), aPod('x', false)],
    allowed: 0,
  },
  { reason: 'none may be missing', budget: aBudget({ maxUnavailable: 0 }), pods: three, expected: 3, allowed: 0 },
  { reason: 'nobody knows how many there should be', budget: aBudget({ maxUnavailable: 1 }), pods: three, allowed: 0 },
  { reason: 'one is about to go', budget: aBudget({ minAvailable: 2 }, ago(1)), pods: three, allowed: 0 },
  { reason: 'one was to go and did not', budget: aBudget({ minAvailable: 2 }, ago(200)), pods: three, allowed: 1 },
])('a budget where $reason', ({ budget, pods, expected, allowed }) =>
  expect(decideBudget({ object: budget, world: { pods, expected }, now: NOW }).status.disruptionsAllowed).toBe(allowed),
);
