import type { Node, Pod } from '@argosy/kube';
import { expect, it } from 'vitest';

import { createPodAdmissions } from './pod-admission.ts';

const node: Node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n' },
  status: { allocatable: { cpu: '2', pods: '9' } },
};
const aPod = (uid: string, cpu: string, status: object = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: uid, uid },
  spec: { containers: [{ name: 'c', resources: { requests: { cpu } } }] },
  status,
});

it('counts what it took until it has ended or is gone', () => {
  const books = createPodAdmissions(() => node);
  expect(books.admit(aPod('a', '2')).kind).toBe('admitted');
  expect(books.admit(aPod('a', '2')).kind).toBe('admitted');
  expect(books.admit(aPod('b', '1')).kind).toBe('rejected');
  books.see(aPod('a', '2', { phase: 'Running' }));
  expect(books.admit(aPod('b', '1')).kind).toBe('rejected');
  books.see(aPod('a', '2', { phase: 'Succeeded' }));
  expect(books.admit(aPod('c', '2')).kind).toBe('admitted');
  books.forget(aPod('c', '2'));
  expect(books.admit(aPod('b', '1')).kind).toBe('admitted');
});

it('lets what had begun before go on, whatever has become of the node, and counts it first', () => {
  const started = aPod('old', '3', { startTime: '2026-01-01T00:00:00Z', phase: 'Running' });
  const ended = aPod('done', '2', { startTime: '2026-01-01T00:00:00Z', phase: 'Failed' });
  const books = createPodAdmissions(() => node, [started, ended]);
  expect(books.admit(aPod('new', '1'))).toMatchObject({
    reason: 'OutOfcpu',
    message: "Node didn't have enough resource: cpu, requested: 1000, used: 3000, capacity: 2000",
  });
  expect(books.admit(started).kind).toBe('admitted');
});
