import { describe, expect, it } from 'vitest';

import { PODS, REPLICA_SETS, type OwnerReference } from '@argosy/kube';

import { decideOwnership, type OwnerState } from './decide.ts';
import type { GraphNode } from './graph.ts';

const aNode = (changed: Partial<GraphNode> = {}): GraphNode => ({
  uid: 'pod',
  resource: PODS,
  key: { namespace: 'a', name: 'pod' },
  owners: [],
  finalizers: [],
  isDeleting: false,
  resourceVersion: '1',
  ...changed,
});
const aReference = (uid: string, blocks = true): OwnerReference => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  name: uid,
  uid,
  blockOwnerDeletion: blocks,
});
const owned = (...states: readonly OwnerState[]) =>
  states.map((state, at) => ({ reference: aReference(`owner${at}`), state }));

describe('an object and its owners', () => {
  const node = aNode();
  const cases = [
    { reason: 'without owners it stays', owners: [], dependents: [], expected: [] },
    { reason: 'with its owner there it stays', owners: owned('solid'), dependents: [], expected: [] },
    {
      reason: 'without any owner left it goes',
      owners: owned('absent', 'absent'),
      dependents: [],
      expected: [{ kind: 'delete', target: node, propagation: 'Background' }],
    },
    {
      reason: 'with one of two left it forgets the other',
      owners: owned('absent', 'solid'),
      dependents: [],
      expected: [{ kind: 'disown', target: node, ownerUids: ['owner0'] }],
    },
    {
      reason: 'before a waiting owner it goes',
      owners: owned('waiting'),
      dependents: [],
      expected: [{ kind: 'delete', target: node, propagation: 'Background' }],
    },
    {
      reason: 'before a waiting owner its own dependents go first',
      owners: owned('waiting'),
      dependents: [aNode({ uid: 'child' })],
      expected: [{ kind: 'delete', target: node, propagation: 'Foreground' }],
    },
  ];
  it.each(cases)('$reason', ({ owners, dependents, expected }) =>
    expect(decideOwnership({ node, owners, dependents })).toEqual(expected),
  );
});

describe('an object being deleted and its dependents', () => {
  const owner = (finalizer: string) =>
    aNode({ uid: 'set', resource: REPLICA_SETS, isDeleting: true, finalizers: [finalizer] });
  const child = aNode({ owners: [aReference('set')] });
  const free = aNode({ owners: [aReference('set', false)] });
  const cases = [
    {
      reason: 'foreground waits while a dependent blocks',
      node: owner('foregroundDeletion'),
      dependents: [child],
      expected: [],
    },
    {
      reason: 'foreground ends when none blocks',
      node: owner('foregroundDeletion'),
      dependents: [free],
      expected: [{ kind: 'drop-finalizer', target: owner('foregroundDeletion'), finalizer: 'foregroundDeletion' }],
    },
    {
      reason: 'orphaning frees the dependents',
      node: owner('orphan'),
      dependents: [child],
      expected: [{ kind: 'disown', target: child, ownerUids: ['set'] }],
    },
    {
      reason: 'orphaning ends when all are free',
      node: owner('orphan'),
      dependents: [],
      expected: [{ kind: 'drop-finalizer', target: owner('orphan'), finalizer: 'orphan' }],
    },
    {
      reason: "other finalizers are not the collector's",
      node: owner('example.com/mine'),
      dependents: [child],
      expected: [],
    },
  ];
  it.each(cases)('$reason', ({ node, dependents, expected }) =>
    expect(decideOwnership({ node, owners: [], dependents })).toEqual(expected),
  );
});
