import type { Node, Pod, PodSpec } from '@argosy/kube';
import { expect, it } from 'vitest';

import { nodeClaimMisfits, takesNodeClaims } from './node-claims.ts';

const aPod = (uid: string, spec: object): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: uid, uid },
  spec: spec as PodSpec,
});
const withDevices = (uid: string, count: string) =>
  aPod(uid, { containers: [{ name: 'c', resources: { limits: { 'example.com/gpu': count, cpu: '900' } } }] });
const withPort = (uid: string, hostPort: number, more: object = {}) =>
  aPod(uid, { containers: [{ name: 'c', ports: [{ containerPort: 80, hostPort, ...more }] }] });
const node: Node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n' },
  status: { allocatable: { cpu: '1', 'example.com/gpu': '3' } },
};
const NO_PORT = "node(s) didn't have free ports for the requested pod ports";

it.each([
  { reason: 'as many devices as there are', pod: withDevices('p', '3'), around: [], misfits: [] },
  { reason: 'more than there are', pod: withDevices('p', '4'), around: [], misfits: ['Insufficient example.com/gpu'] },
  { reason: 'what others left', pod: withDevices('p', '1'), around: [withDevices('q', '2')], misfits: [] },
  {
    reason: 'what others took',
    pod: withDevices('p', '2'),
    around: [withDevices('q', '2')],
    misfits: ['Insufficient example.com/gpu'],
  },
  { reason: 'its own are no obstacle', pod: withDevices('p', '3'), around: [withDevices('p', '3')], misfits: [] },
  { reason: 'a port that is free', pod: withPort('p', 8080), around: [withPort('q', 8081)], misfits: [] },
  { reason: 'a port that is taken', pod: withPort('p', 8080), around: [withPort('q', 8080)], misfits: [NO_PORT] },
  {
    reason: 'another protocol',
    pod: withPort('p', 8080),
    around: [withPort('q', 8080, { protocol: 'UDP' })],
    misfits: [],
  },
  {
    reason: 'another address',
    pod: withPort('p', 8080, { hostIP: '127.0.0.1' }),
    around: [withPort('q', 8080, { hostIP: '127.0.0.2' })],
    misfits: [],
  },
  {
    reason: 'every address',
    pod: withPort('p', 8080, { hostIP: '127.0.0.1' }),
    around: [withPort('q', 8080)],
    misfits: [NO_PORT],
  },
])('$reason', ({ pod, around, misfits }) => expect(nodeClaimMisfits(pod, node, around)).toEqual(misfits));

it('tells pods that take something from those that do not', () => {
  expect(takesNodeClaims(withPort('p', 1))).toBe(true);
  expect(takesNodeClaims(withDevices('p', '1'))).toBe(true);
  expect(takesNodeClaims(aPod('p', { containers: [{ name: 'c', resources: { limits: { cpu: '1' } } }] }))).toBe(false);
});
