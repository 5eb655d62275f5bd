import type { LabelSelector, Node, Pod } from '@argosy/kube';
import { expect, it } from 'vitest';

import { decidePlacement } from './decide-placement.ts';
import type { NodeRoom } from './node-fit.ts';
import { allocatableOf } from './node-resources.ts';
import { createNodeUse } from '../books/node-use.ts';

let count = 0;
const aPod = (spec: object = {}, labels = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', uid: `p${(count += 1)}`, namespace: 'a', labels },
  spec: { containers: [{ name: 'c' }], ...spec },
});
const namespaceLabels = (name: string) => (name === 'b' ? { team: 'two' } : undefined);
const aRoom = (name: string, more: { pods?: readonly Pod[]; spec?: object; labels?: object } = {}): NodeRoom => {
  const node: Node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, zone: name, ...more.labels } },
    spec: more.spec ?? {},
    status: { allocatable: { cpu: '4', memory: '4Gi', pods: '99' } },
  };
  return { node, allocatable: allocatableOf(node), use: createNodeUse(more.pods), nominated: [], namespaceLabels };
};
const placed = (pod: Pod, rooms: readonly NodeRoom[], siblings?: LabelSelector): string => {
  const placement = decidePlacement(pod, { rooms, claim: () => undefined, siblings: () => siblings });
  return placement.kind === 'place' ? placement.node : placement.message;
};
const term = { labelSelector: { matchLabels: { app: 'x' } }, topologyKey: 'zone' };
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';
const wish = (kind: 'podAffinity' | 'podAntiAffinity', weight = 10) => ({
  affinity: { [kind]: { [PREFERRED]: [{ weight, podAffinityTerm: term }] } },
});
const likes = (disk: string, weight: number) => ({
  weight,
  preference: { matchExpressions: [{ key: 'disk', operator: 'In', values: [disk] }] },
});
const nodeWish = (...preferred: readonly object[]) => ({ affinity: { nodeAffinity: { [PREFERRED]: preferred } } });
const spread = (topologyKey: string, maxSkew = 1) => ({
  topologySpreadConstraints: [
    { maxSkew, topologyKey, whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: { app: 'x' } } },
  ],
});
const ZONE = 'topology.kubernetes.io/zone';
const soft = { taints: [{ key: 'soft', value: 'yes', effect: 'PreferNoSchedule' }] };
const ofApp = (spec: object = {}): Pod => aPod(spec, { app: 'x' });

it.each([
  { reason: 'the first of equals', pod: aPod(), rooms: [aRoom('a'), aRoom('b')], want: 'a' },
  { reason: 'the emptier one', pod: aPod(), rooms: [aRoom('a', { pods: [aPod()] }), aRoom('b')], want: 'b' },
  {
    reason: 'one without a taint',
    pod: aPod(),
    rooms: [aRoom('a', { spec: soft }), aRoom('b', { pods: [aPod()] })],
    want: 'b',
  },
  {
    reason: 'a taint it tolerates',
    pod: aPod({ tolerations: [{ key: 'soft', operator: 'Exists' }] }),
    rooms: [aRoom('a', { spec: soft }), aRoom('b', { pods: [aPod()] })],
    want: 'a',
  },
  { reason: 'a tainted one when there is no other', pod: aPod(), rooms: [aRoom('a', { spec: soft })], want: 'a' },
  {
    reason: 'the disk it prefers more',
    pod: aPod(nodeWish(likes('hdd', 1), likes('ssd', 50))),
    rooms: [aRoom('a', { labels: { disk: 'hdd' } }), aRoom('b', { labels: { disk: 'ssd' }, pods: [aPod()] })],
    want: 'b',
  },
  {
    reason: 'near whom it likes',
    pod: aPod(wish('podAffinity')),
    rooms: [aRoom('a'), aRoom('b', { pods: [ofApp(), aPod()] })],
    want: 'b',
  },
  {
    reason: 'far from whom it does not like',
    pod: aPod(wish('podAntiAffinity')),
    rooms: [aRoom('a', { pods: [ofApp()] }), aRoom('b', { pods: [aPod(), aPod()] })],
    want: 'b',
  },
  {
    reason: 'near who likes it',
    pod: ofApp(),
    rooms: [aRoom('a'), aRoom('b', { pods: [aPod(wish('podAffinity'))] })],
    want: 'b',
  },
  {
    reason: 'near whom it likes in namespaces chosen by label',
    pod: aPod({
      affinity: {
        podAffinity: {
          [PREFERRED]: [
            { weight: 10, podAffinityTerm: { ...term, namespaceSelector: { matchLabels: { team: 'two' } } } },
          ],
        },
      },
    }),
    rooms: [
      aRoom('a', { pods: [ofApp()] }),
      aRoom('b', { pods: [{ ...ofApp(), metadata: { ...ofApp().metadata, namespace: 'b' } }] }),
    ],
    want: 'b',
  },
  {
    reason: 'far from who does not like it',
    pod: ofApp(),
    rooms: [aRoom('a', { pods: [aPod(wish('podAntiAffinity'))] }), aRoom('b', { pods: [aPod(), aPod()] })],
    want: 'b',
  },
  {
    reason: 'where fewer of its kind are, by zone',
    pod: ofApp(spread('zone')),
    rooms: [aRoom('a', { pods: [ofApp()] }), aRoom('b', { pods: [aPod(), aPod()] })],
    want: 'b',
  },
  {
    reason: 'where fewer of its kind are, by node',
    pod: ofApp(spread('kubernetes.io/hostname')),
    rooms: [aRoom('a', { pods: [ofApp()] }), aRoom('b', { pods: [aPod(), aPod()] })],
    want: 'b',
  },
  {
    reason: 'where there is a domain',
    pod: ofApp(spread('rack')),
    rooms: [aRoom('a'), aRoom('b', { labels: { rack: '1' }, pods: [ofApp()] })],
    want: 'b',
  },
])('a pod goes to $reason', ({ pod, rooms, want }) => expect(placed(pod, rooms)).toBe(want));

it.each([
  {
    reason: 'where fewer of its kind are, though it does not ask for that',
    pod: ofApp(),
    rooms: [aRoom('a', { pods: [ofApp()] }), aRoom('b', { pods: [aPod(), aPod()] })],
    want: 'b',
  },
  {
    reason: 'the zone where fewer of its kind are',
    pod: ofApp(),
    rooms: [
      aRoom('a', { labels: { [ZONE]: 'east' } }),
      aRoom('b', { labels: { [ZONE]: 'east' }, pods: [ofApp(), ofApp()] }),
      aRoom('c', { labels: { [ZONE]: 'west' }, pods: [aPod()] }),
    ],
    want: 'c',
  },
  {
    reason: 'a node outside of all zones as well',
    pod: ofApp(),
    rooms: [aRoom('a', { labels: { [ZONE]: 'east' }, pods: [ofApp()] }), aRoom('b', { pods: [aPod()] })],
    want: 'b',
  },
  {
    reason: 'where it says itself, and nowhere else',
    pod: ofApp(spread('rack')),
    rooms: [aRoom('a', { labels: { rack: '1' }, pods: [ofApp()] }), aRoom('b', { pods: [aPod(), aPod()] })],
    want: 'a',
  },
])('a pod with siblings goes to $reason', ({ pod, rooms, want }) =>
  expect(placed(pod, rooms, { matchLabels: { app: 'x' } })).toBe(want),
);
