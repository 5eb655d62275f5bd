import type { Deployment, ReplicaSet } from '@argosy/kube';
import { expect, it } from 'vitest';

import { shrinkOldSets } from './rolling.ts';

const deployment: Deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd' },
  spec: {
    replicas: 6,
    selector: {},
    template: { spec: { containers: [] } },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '30%', maxUnavailable: 0 } },
  },
};
const aSet = (replicas: number, available: number): ReplicaSet => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name: `s${replicas}` },
  spec: { replicas, selector: {}, template: { spec: { containers: [] } } },
  status: { replicas: available, availableReplicas: available },
});
const sizes = (old: ReplicaSet, newSet: ReplicaSet) =>
  shrinkOldSets(deployment, newSet, [old]).map(({ replicas }) => replicas);

it.each([
  { reason: 'as many as availability permits', old: aSet(5, 5), newSet: aSet(3, 3), want: [3] },
  { reason: 'none while as many are wanted as there are', old: aSet(4, 4), newSet: aSet(4, 2), want: [] },
  // Both were just told to shrink, from 7 and 6: their status still counts the pods that are about to go.
  { reason: 'not counting on pods that are to go', old: aSet(4, 7), newSet: aSet(4, 3), want: [3] },
])('an old set gives up $reason', ({ old, newSet, want }) => expect(sizes(old, newSet)).toEqual(want));
