import type { Pod } from '@argosy/kube';
import { expect, it } from 'vitest';

import { decideEviction } from './decide.ts';

const NOW = Date.UTC(2026, 0, 1);
const TAINT = { key: 'gone', value: 'yes', effect: 'NoExecute' };
const aPod = (tolerations: readonly object[] = [], metadata: object = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'ns', ...metadata },
  spec: { containers: [], tolerations },
});
const for_ = (tolerationSeconds?: number) => ({ key: 'gone', operator: 'Exists', tolerationSeconds });
const ago = (seconds: number) => NOW - seconds * 1000;

it.each([
  { reason: 'nobody tolerates the taint', pod: aPod(), leaves: true, next: 'settled' },
  { reason: 'the pod tolerates it for ever', pod: aPod([for_()]), leaves: false, next: 'settled' },
  {
    reason: 'the pod tolerates another effect',
    pod: aPod([{ ...for_(), effect: 'NoSchedule' }]),
    leaves: true,
    next: 'settled',
  },
  { reason: 'its time is not over', pod: aPod([for_(30)]), since: ago(20), leaves: false, next: 10_000 },
  { reason: 'its time is over', pod: aPod([for_(30)]), since: ago(30), leaves: true, next: 'settled' },
  {
    reason: 'the shorter toleration is over',
    pod: aPod([for_(30), for_(5)]),
    since: ago(6),
    leaves: true,
    next: 'settled',
  },
  { reason: 'the taint was just seen', pod: aPod([for_(30)]), leaves: false, next: 30_000 },
  { reason: 'a negative time is none', pod: aPod([for_(-1)]), leaves: true, next: 'settled' },
  {
    reason: 'it is leaving anyway',
    pod: aPod([], { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    leaves: false,
    next: 'settled',
  },
])('$reason', ({ pod, since, leaves, next }) => {
  const decision = decideEviction({ object: pod, world: { taints: [TAINT], since }, now: NOW });
  expect(decision.actions).toEqual(leaves ? [{ kind: 'evict' }] : []);
  expect(decision.next).toEqual(next === 'settled' ? { kind: 'settled' } : { kind: 'recheck', afterMs: next });
});

it('tells that a pod may stay after all once the taint is gone', () => {
  const told = (since: number | undefined) =>
    decideEviction({ object: aPod(), world: { taints: [], since }, now: NOW }).events.map(({ message }) => message);
  expect(told(NOW)).toEqual(['Cancelling deletion of Pod ns/p']);
  expect(told(undefined)).toEqual([]);
});
