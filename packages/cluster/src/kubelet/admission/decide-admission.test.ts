import type { Node, Pod } from '@argosy/kube';
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { nodeMisfits } from '../../scheduling/placement/node-fit.ts';
import { allocatableOf } from '../../scheduling/placement/node-resources.ts';
import { createNodeUse } from '../../scheduling/books/node-use.ts';
import { decideAdmission } from './decide-admission.ts';

const aPod = (uid: string, requests: Readonly<Record<string, string>> = {}, spec: object = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: uid, uid, namespace: 'a' },
  spec: { containers: [{ name: 'c', resources: { requests } }], ...spec },
});
const aNode = (spec: object = {}, pods = '3'): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n', labels: { disk: 'ssd' } },
  spec,
  status: { allocatable: { cpu: '2', memory: '1Gi', 'ephemeral-storage': '10Gi', pods, 'example.com/foo': '1' } },
});
const roomOf = (node: Node, pods: readonly Pod[]) => ({
  node,
  allocatable: allocatableOf(node),
  use: createNodeUse(pods),
  nominated: [],
});
const withPort = (port: number) => ({
  containers: [{ name: 'c', ports: [{ containerPort: port, hostPort: port }] }],
});
const taken = [aPod('first', { cpu: '1500m', memory: '512Mi' }), aPod('second', {}, withPort(8080))];
const lack = (what: string) => `Node didn't have enough resource: ${what}`;

it.each([
  ['processor', aPod('p', { cpu: '501m' }), 'OutOfcpu', lack('cpu, requested: 501, used: 1500, capacity: 2000')],
  [
    'memory',
    aPod('p', { memory: '513Mi' }),
    'OutOfmemory',
    lack('memory, requested: 537919488, used: 536870912, capacity: 1073741824'),
  ],
  [
    'disk',
    aPod('p', { 'ephemeral-storage': '11Gi' }),
    'OutOfephemeral-storage',
    lack('ephemeral-storage, requested: 11811160064, used: 0, capacity: 10737418240'),
  ],
  [
    'a device',
    aPod('p', { 'example.com/foo': '2' }),
    'OutOfexample.com/foo',
    lack('example.com/foo, requested: 2, used: 0, capacity: 1'),
  ],
  [
    'another disk',
    aPod('p', {}, { nodeSelector: { disk: 'hdd' } }),
    'NodeAffinity',
    "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
  ],
  [
    'a port that is taken',
    aPod('p', {}, withPort(8080)),
    'NodePorts',
    "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports",
  ],
  [
    'another system',
    aPod('p', {}, { os: { name: 'windows' } }),
    'PodOSNotSupported',
    "Failed to admit pod as the OS field doesn't match node OS",
  ],
])('refuses what wants %s', (_case, pod, reason, message) =>
  expect(decideAdmission(pod, roomOf(aNode(), taken))).toEqual({ kind: 'rejected', reason, message }),
);

it('refuses one pod too many, and what a taint drives out', () => {
  expect(decideAdmission(aPod('p'), roomOf(aNode({}, '2'), taken))).toEqual({
    kind: 'rejected',
    reason: 'OutOfpods',
    message: lack('pods, requested: 1, used: 2, capacity: 2'),
  });
  const driven = aNode({ taints: [{ key: 'out', effect: 'NoExecute' }] });
  expect(decideAdmission(aPod('p'), roomOf(driven, []))).toMatchObject({ reason: 'TaintToleration' });
  const tolerant = aPod('p', {}, { tolerations: [{ operator: 'Exists' }] });
  expect(decideAdmission(tolerant, roomOf(driven, []))).toEqual({ kind: 'admitted' });
});

it.each([
  ['what fits beside the others', aPod('p', { cpu: '500m', memory: '512Mi' }, { os: { name: 'linux' } })],
  ['devices it never heard of', aPod('p', { 'example.com/bar': '1' })],
])('takes %s', (_case, pod) =>
  expect(decideAdmission(pod, roomOf(aNode({ unschedulable: true }), taken))).toEqual({ kind: 'admitted' }),
);

it('takes whatever the scheduler would place there', () => {
  const pod = (at: number) =>
    fc
      .record({
        cpu: fc.integer({ min: 0, max: 1200 }),
        port: fc.constantFrom(1, 2),
        disk: fc.constantFrom('ssd', 'hdd'),
      })
      .map(({ cpu, port, disk }) => {
        const [container] = withPort(port).containers;
        const containers = [{ ...container!, resources: { requests: { cpu: `${cpu}m` } } }];
        return aPod(`p${at}`, {}, { containers, nodeSelector: { disk } });
      });
  fc.assert(
    fc.property(fc.tuple(pod(0), pod(1), pod(2)), ([one, other, third]) => {
      const room = roomOf(aNode(), [one, other]);
      const fits = nodeMisfits(third, room, [room]).reasons.length === 0;
      expect(decideAdmission(third, room).kind === 'admitted').toBe(fits);
    }),
  );
});
