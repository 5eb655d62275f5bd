import { toTimestamp } from '@argosy/base';
import type { DaemonSet, DaemonSetSpec, Node, Pod } from '@argosy/kube';
import { describe, expect, it } from 'vitest';

import { planHistory } from '../history/revisions.ts';
import { decideDaemonSet } from './decide.ts';

const NOW = Date.UTC(2026, 0, 1);

const aSet = (spec: Partial<DaemonSetSpec> = {}): DaemonSet => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'd', namespace: 'a', uid: 's', generation: 1 },
  spec: {
    selector: { matchLabels: { app: 'd' } },
    template: { metadata: { labels: { app: 'd' } }, spec: { containers: [] } },
    ...spec,
  },
});
const aNode = (name: string, more: Partial<Node> = {}): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'kubernetes.io/hostname': name } },
  ...more,
});
const aPod = (name: string, node: string, hash: string, isReady = true): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, uid: name, labels: { 'controller-revision-hash': hash }, creationTimestamp: toTimestamp(NOW) },
  spec: { containers: [], nodeName: node },
  status: {
    phase: 'Running',
    conditions: isReady ? [{ type: 'Ready', status: 'True', lastTransitionTime: toTimestamp(NOW) }] : [],
  },
});
const historyOf = (set: DaemonSet) =>
  planHistory({ object: set, template: set.spec!.template, labels: {}, collisions: 0 }, []).update;
const HASH = historyOf(aSet()).metadata.labels!['controller-revision-hash']!;

const decide = (set: DaemonSet, nodes: readonly Node[], pods: readonly Pod[] = []) => {
  const { actions, status } = decideDaemonSet({
    object: set,
    world: { nodes, pods, revisions: [historyOf(aSet())] },
    now: NOW,
  });
  const done = actions.flatMap((action) =>
    action.kind === 'create-pod' ? [`+${action.node}`] : action.kind === 'delete-pod' ? [`-${action.name}`] : [],
  );
  return { done, status };
};
const nodes = ['n1', 'n2', 'n3'].map((name) => aNode(name));
const old = nodes.map(({ metadata }) => aPod(`old-${metadata.name}`, metadata.name!, 'old'));
const rolling = (rollingUpdate: object) => aSet({ updateStrategy: { type: 'RollingUpdate', rollingUpdate } });
const noSchedule = { spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] } };

describe('daemon sets', () => {
  it.each([
    { reason: 'a pod on every node', set: aSet(), nodes, done: ['+n1', '+n2', '+n3'] },
    { reason: 'no second one', set: aSet(), nodes: [aNode('n1')], pods: [aPod('p', 'n1', HASH)], done: [] },
    {
      reason: 'of two the older stays',
      set: aSet(),
      nodes: [aNode('n1')],
      pods: [aPod('p', 'n1', HASH), aPod('q', 'n1', HASH)],
      done: ['-q'],
    },
    { reason: 'none on a tainted node', set: aSet(), nodes: [aNode('n1', noSchedule)], done: [] },
    {
      reason: 'one that runs stays on it',
      set: aSet(),
      nodes: [aNode('n1', noSchedule)],
      pods: [aPod('p', 'n1', HASH)],
      done: [],
    },
    {
      reason: 'but not where nothing may run',
      set: aSet(),
      nodes: [aNode('n1', { spec: { taints: [{ key: 'k', effect: 'NoExecute' }] } })],
      pods: [aPod('p', 'n1', HASH)],
      done: ['-p'],
    },
    {
      reason: 'also on a cordoned node',
      set: aSet(),
      nodes: [aNode('n1', { spec: { unschedulable: true } })],
      done: ['+n1'],
    },
    {
      reason: 'where the node selector says',
      set: aSet({ template: { spec: { containers: [], nodeSelector: { 'kubernetes.io/hostname': 'n2' } } } }),
      nodes,
      done: ['+n2'],
    },
    { reason: 'gone with the node', set: aSet(), nodes: [], pods: [aPod('p', 'n9', HASH)], done: ['-p'] },
    {
      reason: 'one that ended is replaced',
      set: aSet(),
      nodes: [aNode('n1')],
      pods: [{ ...aPod('p', 'n1', HASH), status: { phase: 'Failed' as const } }],
      done: ['-p', '+n1'],
    },
    { reason: 'an update takes one at a time', set: aSet(), nodes, pods: old, done: ['-old-n1'] },
    {
      reason: 'an update takes two',
      set: rolling({ maxUnavailable: 2 }),
      nodes,
      pods: old,
      done: ['-old-n1', '-old-n2'],
    },
    {
      reason: 'an update waits for a gap',
      set: aSet(),
      nodes,
      pods: [...old.slice(1), aPod('new', 'n1', HASH, false)],
      done: [],
    },
    { reason: 'an update by surge', set: rolling({ maxSurge: 1, maxUnavailable: 0 }), nodes, pods: old, done: ['+n1'] },
    {
      reason: 'a surge ends the old pod',
      set: rolling({ maxSurge: 1, maxUnavailable: 0 }),
      nodes,
      pods: [...old, aPod('new', 'n1', HASH)],
      done: ['-old-n1', '+n2'],
    },
    { reason: 'nothing on its own', set: aSet({ updateStrategy: { type: 'OnDelete' } }), nodes, pods: old, done: [] },
  ])('$reason', ({ set, nodes: given, pods, done }) => expect(decide(set, given, pods).done).toEqual(done));
  it('count', () =>
    expect(decide(aSet(), [...nodes, aNode('n4', noSchedule)], [aPod('p', 'n1', HASH), old[1]!]).status).toMatchObject({
      desiredNumberScheduled: 3,
      currentNumberScheduled: 2,
      numberReady: 2,
      updatedNumberScheduled: 1,
      numberAvailable: 2,
      numberUnavailable: 1,
    }));
});

describe('a node whose pod is going', () => {
  const going: Pod = {
    ...aPod('p', 'n1', HASH),
    metadata: { ...aPod('p', 'n1', HASH).metadata, deletionTimestamp: toTimestamp(NOW) },
  };
  const ended: Pod = { ...going, status: { phase: 'Failed' } };
  it.each([
    { reason: 'waits until it has gone', set: aSet(), pod: going, done: [] },
    {
      reason: 'waits, also when its author deletes',
      set: aSet({ updateStrategy: { type: 'OnDelete' } }),
      pod: going,
      done: [],
    },
    { reason: 'does not wait for one that has ended', set: aSet(), pod: ended, done: ['+n1'] },
    {
      reason: 'has the next at once where two may be',
      set: rolling({ maxSurge: 1, maxUnavailable: 0 }),
      pod: going,
      done: ['+n1'],
    },
  ])('$reason', ({ set, pod, done }) => expect(decide(set, [aNode('n1')], [pod]).done).toEqual(done));

  it('counts as one with a pod', () =>
    expect(decide(aSet(), [aNode('n1')], [going]).status).toMatchObject({
      currentNumberScheduled: 1,
      numberReady: 0,
      numberUnavailable: 1,
    }));
});
