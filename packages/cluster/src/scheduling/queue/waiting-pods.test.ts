import type { Change } from '@argosy/client';
import type { Pod } from '@argosy/kube';
import { expect, it } from 'vitest';

import { hasNewWish, isNewNeighbour, isWaiting, waitingAs } from './waiting-pods.ts';

const aPod = (more: { readonly spec?: object; readonly status?: object; readonly metadata?: object } = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', uid: 'p', ...more.metadata },
  spec: { containers: [], ...more.spec },
  ...(more.status ? { status: more.status } : {}),
});
const updated = (previous: Pod, object: Pod): Change<Pod> => ({ kind: 'updated', previous, object });

it.each([
  { reason: 'a new pod', pod: aPod(), want: true },
  { reason: 'one on a node', pod: aPod({ spec: { nodeName: 'n' } }), want: false },
  { reason: 'one that leaves', pod: aPod({ metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }), want: false },
  { reason: 'a gated one', pod: aPod({ spec: { schedulingGates: [{ name: 'g' }] } }), want: false },
  { reason: "another scheduler's", pod: aPod({ spec: { schedulerName: 'mine' } }), want: false },
])('waits: $reason', ({ pod, want }) => expect(isWaiting(pod)).toBe(want));

it('looks again at a pod whose gate fell or whose wish changed, not at one that was only told something', () => {
  const gated = aPod({ spec: { schedulingGates: [{ name: 'g' }] } });
  expect(hasNewWish(updated(gated, aPod()))).toBe(true);
  expect(hasNewWish(updated(aPod(), aPod({ spec: { nodeSelector: { a: 'b' } } })))).toBe(true);
  expect(hasNewWish(updated(aPod(), aPod({ metadata: { labels: { a: 'b' } } })))).toBe(true);
  expect(hasNewWish(updated(aPod(), aPod({ status: { conditions: [] } })))).toBe(false);
});

it('tells who may be a new neighbour', () => {
  const there = aPod({ spec: { nodeName: 'n' } });
  expect(isNewNeighbour(updated(aPod(), there))).toBe(true);
  expect(isNewNeighbour(updated(there, { ...there, metadata: { ...there.metadata, labels: { a: 'b' } } }))).toBe(true);
  expect(isNewNeighbour(updated(there, { ...there, status: { phase: 'Running' } }))).toBe(false);
});

it('asks about neighbours for pods that must be spread', () => {
  const spread = (whenUnsatisfiable: string) =>
    aPod({ spec: { topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable }] } });
  expect(waitingAs(spread('DoNotSchedule'))).toEqual(['all', 'asking']);
  expect(waitingAs(spread('ScheduleAnyway'))).toEqual(['all']);
});
