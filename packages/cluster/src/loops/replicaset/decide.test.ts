import { toTimestamp } from '@argosy/base';
import { describe, expect, it } from 'vitest';
import type { Pod, ReplicaSet } from '@argosy/kube';

import { decideReplicaSet } from './decide.ts';

const NOW = Date.UTC(2026, 0, 1);
const aSet = (replicas: number, minReadySeconds = 0): ReplicaSet => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name: 'web', namespace: 'a', uid: 's', generation: 3 },
  spec: {
    replicas,
    minReadySeconds,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [] } },
  },
});
const aPod = (name: string, readyForSeconds?: number, change: Partial<Pod['metadata']> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, uid: name, labels: { app: 'web' }, creationTimestamp: toTimestamp(NOW - 60_000), ...change },
  spec: { containers: [], nodeName: 'argosy' },
  status: {
    phase: 'Running',
    conditions:
      readyForSeconds === undefined
        ? []
        : [{ type: 'Ready', status: 'True', lastTransitionTime: toTimestamp(NOW - readyForSeconds * 1000) }],
  },
});
const decide = (object: ReplicaSet, pods: readonly Pod[]) => decideReplicaSet({ object, world: { pods }, now: NOW });

describe('decideReplicaSet', () => {
  it('makes what is missing', () => {
    expect(decide(aSet(3), [aPod('a', 10)])).toEqual({
      actions: [{ kind: 'create-pods', count: 2 }],
      status: { replicas: 1, fullyLabeledReplicas: 1, readyReplicas: 1, availableReplicas: 1, observedGeneration: 3 },
      events: [],
      next: { kind: 'settled' },
    });
  });
  it('looks again when a ready pod becomes available', () => {
    const decision = decide(aSet(1, 30), [aPod('a', 10)]);
    expect([decision.next, decision.status.availableReplicas]).toEqual([
      { kind: 'recheck', afterMs: 20_000 },
      undefined,
    ]);
  });
  it('never makes more than a burst', () =>
    expect(decide(aSet(2000), []).actions).toEqual([{ kind: 'create-pods', count: 500 }]));
  it('leaves a set being deleted to the collector', () => {
    const set = aSet(3);
    const deleting = { ...set, metadata: { ...set.metadata, deletionTimestamp: toTimestamp(NOW) } };
    expect(decide(deleting, []).actions).toEqual([]);
  });
  it.each([
    { reason: 'not ready before ready', pods: [aPod('a', 10), aPod('b')], first: 'b' },
    {
      reason: 'cheaper before dearer',
      pods: [aPod('a', 10), aPod('b', 10, { annotations: { 'controller.kubernetes.io/pod-deletion-cost': '-5' } })],
      first: 'b',
    },
    { reason: 'ready for a shorter time first', pods: [aPod('a', 1000), aPod('b', 1)], first: 'b' },
    {
      reason: 'unbound before bound',
      pods: [aPod('a'), { ...aPod('b'), spec: { containers: [] } }],
      first: 'b',
    },
  ])('gives up $reason', ({ pods, first }) => {
    expect(decide(aSet(1), pods).actions).toEqual([{ kind: 'delete-pod', name: first, uid: first }]);
  });
});
