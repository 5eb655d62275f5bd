import type { Node, Pod } from '@argosy/kube';
import { expect, it } from 'vitest';

import { createNodeUse } from '../../books/node-use.ts';
import { nodeMisfits, type NodeRoom } from '../node-fit.ts';
import { allocatableOf } from '../node-resources.ts';

let count = 0;
const aPod = (labels: Readonly<Record<string, string>>, spec: object = {}, metadata: object = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', uid: `p${(count += 1)}`, namespace: 'a', labels, ...metadata },
  spec: { containers: [], ...spec },
});
const aRoom = (name: string, labels: object, pods: readonly Pod[] = [], spec: object = {}): NodeRoom => {
  const node: Node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
    spec,
    status: { allocatable: { pods: '9' } },
  };
  return { node, allocatable: allocatableOf(node), use: createNodeUse(pods), nominated: [] };
};
const APP = { app: 'x' };
const rule = (more: object = {}) => ({
  maxSkew: 1,
  topologyKey: 'zone',
  whenUnsatisfiable: 'DoNotSchedule',
  labelSelector: { matchLabels: APP },
  ...more,
});
const spread = (more: object = {}, spec: object = {}, labels = APP): Pod =>
  aPod(labels, { topologySpreadConstraints: [rule(more)], ...spec });
const some = (amount: number, metadata: object = {}): readonly Pod[] =>
  Array.from({ length: amount }, () => aPod(APP, {}, metadata));
/** Names of the nodes a pod may go to. */
const open = (pod: Pod, rooms: readonly NodeRoom[]): string =>
  rooms
    .filter((room) => nodeMisfits(pod, room, rooms).reasons.length === 0)
    .map(({ node }) => node.metadata.name)
    .join();
const uneven = [
  aRoom('a1', { zone: 'a' }, some(1)),
  aRoom('a2', { zone: 'a' }, some(1)),
  aRoom('b', { zone: 'b' }, some(1)),
];
const busy = { taints: [{ key: 'busy', effect: 'NoSchedule' }] };

it.each([
  { reason: 'where there are fewest', pod: spread(), rooms: uneven, want: 'b' },
  { reason: 'anywhere within the skew', pod: spread({ maxSkew: 2 }), rooms: uneven, want: 'a1,a2,b' },
  {
    reason: 'anywhere when it is only a wish',
    pod: spread({ whenUnsatisfiable: 'ScheduleAnyway' }),
    rooms: uneven,
    want: 'a1,a2,b',
  },
  {
    reason: 'by node',
    pod: spread({ topologyKey: 'kubernetes.io/hostname' }),
    rooms: [...uneven, aRoom('c', {})],
    want: 'c',
  },
  { reason: 'nowhere without a domain', pod: spread(), rooms: [aRoom('c', {})], want: '' },
  {
    reason: 'with itself counted only when it is meant',
    pod: spread({}, {}, { app: 'y' }),
    rooms: [aRoom('a', { zone: 'a' }, some(1)), aRoom('b', { zone: 'b' })],
    want: 'a,b',
  },
  { reason: 'nowhere with too few domains', pod: spread({ minDomains: 3 }), rooms: uneven, want: '' },
  {
    reason: 'anywhere with enough domains',
    pod: spread({ minDomains: 2, maxSkew: 2 }),
    rooms: uneven,
    want: 'a1,a2,b',
  },
  {
    reason: 'without counting those who leave',
    pod: spread(),
    rooms: [
      aRoom('a', { zone: 'a' }, some(3, { deletionTimestamp: '2026-01-01T00:00:00Z' })),
      aRoom('b', { zone: 'b' }),
    ],
    want: 'a,b',
  },
  {
    reason: 'without counting other namespaces',
    pod: spread(),
    rooms: [aRoom('a', { zone: 'a' }, some(3, { namespace: 'other' })), aRoom('b', { zone: 'b' })],
    want: 'a,b',
  },
  {
    reason: 'counting its own version only',
    pod: spread({ matchLabelKeys: ['version', 'absent'] }, {}, { ...APP, version: '2' } as never),
    rooms: uneven,
    want: 'a1,a2,b',
  },
  {
    reason: 'beside nodes it does not choose',
    pod: spread({}, { nodeSelector: { disk: 'ssd' } }),
    rooms: [aRoom('a', { zone: 'a', disk: 'ssd' }, some(1)), aRoom('b', { zone: 'b' })],
    want: 'a',
  },
  {
    reason: 'minding nodes it does not choose',
    pod: spread({ nodeAffinityPolicy: 'Ignore' }, { nodeSelector: { disk: 'ssd' } }),
    rooms: [aRoom('a', { zone: 'a', disk: 'ssd' }, some(1)), aRoom('b', { zone: 'b' })],
    want: '',
  },
  {
    reason: 'minding nodes that do not want it',
    pod: spread(),
    rooms: [aRoom('a', { zone: 'a' }, some(1)), aRoom('b', { zone: 'b' }, [], busy)],
    want: '',
  },
  {
    reason: 'beside nodes that do not want it',
    pod: spread({ nodeTaintsPolicy: 'Honor' }),
    rooms: [aRoom('a', { zone: 'a' }, some(1)), aRoom('b', { zone: 'b' }, [], busy)],
    want: 'a',
  },
])('a pod that is to be spread goes $reason', ({ pod, rooms, want }) => expect(open(pod, rooms)).toBe(want));

it('says what is wrong, and whether fewer pods would help', () => {
  const skewed = "node(s) didn't match pod topology spread constraints";
  const rooms = [...uneven, aRoom('c', {})];
  expect(nodeMisfits(spread(), rooms[0]!, rooms)).toEqual({ reasons: [skewed], isHopeless: false });
  expect(nodeMisfits(spread(), rooms[3]!, rooms)).toEqual({
    reasons: [`${skewed} (missing required label)`],
    isHopeless: true,
  });
});
