import type { Namespace, Node, Pod } from '@argosy/kube';
import { expect, it } from 'vitest';

import { createNodeLedger, type NodeLedger } from './node-ledger.ts';

const aPod = (uid: string, nodeName?: string, status: object = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: uid, uid },
  spec: {
    containers: [{ name: 'c', resources: { requests: { cpu: '1' } } }],
    ...(nodeName ? { nodeName } : {}),
  },
  status,
});
const aNode = (cpu: string, heartbeat = ''): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n', resourceVersion: heartbeat },
  status: { allocatable: { cpu, pods: '9' }, conditions: [{ type: 'Ready', status: 'True', message: heartbeat }] },
});
const see = (ledger: NodeLedger, object: Pod): boolean => ledger.seePod({ kind: 'updated', previous: object, object });
const opened = (): NodeLedger => {
  const ledger = createNodeLedger();
  ledger.seeNode({ kind: 'added', object: aNode('4') });
  return ledger;
};
const used = (ledger: NodeLedger): bigint | undefined => ledger.rooms()[0]?.use.requested('cpu');
const CORE = 1_000_000_000n;

it('counts a pod once: decided, seen, ended', () => {
  const ledger = opened();
  ledger.assume(aPod('a', 'n'), 'n');
  expect(used(ledger)).toBe(CORE);
  expect(see(ledger, aPod('a'))).toBe(false);
  expect(ledger.isAssumed('a')).toBe(true);
  expect(used(ledger)).toBe(CORE);
  expect(see(ledger, aPod('a', 'n'))).toBe(false);
  expect(ledger.isAssumed('a')).toBe(false);
  ledger.unassume('a');
  expect(used(ledger)).toBe(CORE);
  expect(see(ledger, aPod('a', 'n', { phase: 'Succeeded' }))).toBe(true);
  expect(used(ledger)).toBe(0n);
  expect(ledger.seePod({ kind: 'deleted', object: aPod('a', 'n') })).toBe(false);
});

it('gives back what was not bound', () => {
  const ledger = opened();
  ledger.assume(aPod('a', 'n'), 'n');
  ledger.unassume('a');
  expect(used(ledger)).toBe(0n);
});

it('knows pods before their node', () => {
  const ledger = createNodeLedger();
  see(ledger, aPod('a', 'n'));
  ledger.seeNode({ kind: 'added', object: aNode('4') });
  expect(used(ledger)).toBe(CORE);
});

it('keeps a promise from when it is given until the pod is bound, or its status says otherwise', () => {
  const ledger = opened();
  const nominated = aPod('a', undefined, { nominatedNodeName: 'n' });
  ledger.promise(aPod('a'), 'n');
  expect(see(ledger, aPod('a'))).toBe(false);
  expect(ledger.promisedAt('n')).toEqual([aPod('a')]);
  expect(see(ledger, nominated)).toBe(false);
  expect(ledger.rooms()[0]?.nominated).toEqual([nominated]);
  expect(see(ledger, aPod('a'))).toBe(true);
  expect(ledger.promisedNode('a')).toBeUndefined();
  see(ledger, nominated);
  expect(ledger.promisedNode('a')).toBe('n');
  see(ledger, aPod('a', 'n'));
  expect(ledger.promisedNode('a')).toBeUndefined();
});

it('tells what of a node lets pods in from its heartbeats', () => {
  const ledger = opened();
  const next = (object: Node, previous: Node): boolean => ledger.seeNode({ kind: 'updated', previous, object });
  expect(next(aNode('4', '2'), aNode('4', '1'))).toBe(false);
  expect(next(aNode('8', '3'), aNode('4', '2'))).toBe(true);
});

it('knows the labels of namespaces, and tells when they change', () => {
  const ledger = opened();
  const aNamespace = (labels: Record<string, string>): Namespace => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'a', labels },
  });
  const [before, after] = [aNamespace({ team: 'one' }), aNamespace({ team: 'two' })];
  const labels = () => ledger.rooms()[0]?.namespaceLabels?.('a');
  expect(labels()).toBeUndefined();
  expect(ledger.seeNamespace({ kind: 'added', object: before })).toBe(true);
  expect(ledger.seeNamespace({ kind: 'updated', previous: before, object: before })).toBe(false);
  expect(ledger.seeNamespace({ kind: 'updated', previous: before, object: after })).toBe(true);
  expect(labels()).toEqual({ team: 'two' });
  expect(ledger.seeNamespace({ kind: 'deleted', object: after })).toBe(false);
  expect(labels()).toBeUndefined();
});
