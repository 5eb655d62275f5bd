import type { Pod, PodSpec } from '@argosy/kube';
import { expect, it } from 'vitest';

import { portsCollide, takesPorts } from './node-ports.ts';

const aPod = (uid: string, spec: object): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: uid, uid },
  spec: spec as PodSpec,
});
const withPort = (uid: string, hostPort: number, more: object = {}) =>
  aPod(uid, { containers: [{ name: 'c', ports: [{ containerPort: 80, hostPort, ...more }] }] });

it.each([
  { reason: 'a port that is free', pod: withPort('p', 8080), around: [withPort('q', 8081)], want: false },
  { reason: 'a port that is taken', pod: withPort('p', 8080), around: [withPort('q', 8080)], want: true },
  { reason: 'its own is no obstacle', pod: withPort('p', 8080), around: [withPort('p', 8080)], want: false },
  {
    reason: 'another protocol',
    pod: withPort('p', 8080),
    around: [withPort('q', 8080, { protocol: 'UDP' })],
    want: false,
  },
  {
    reason: 'another address',
    pod: withPort('p', 8080, { hostIP: '127.0.0.1' }),
    around: [withPort('q', 8080, { hostIP: '127.0.0.2' })],
    want: false,
  },
  {
    reason: 'every address',
    pod: withPort('p', 8080, { hostIP: '127.0.0.1' }),
    around: [withPort('q', 8080)],
    want: true,
  },
])('$reason', ({ pod, around, want }) => expect(portsCollide(pod, around)).toBe(want));

it('tells pods that take ports from those that do not', () => {
  expect(takesPorts(withPort('p', 1))).toBe(true);
  expect(takesPorts(aPod('p', { containers: [{ name: 'c', ports: [{ containerPort: 80 }] }] }))).toBe(false);
});
