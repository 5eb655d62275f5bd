import { expect, it } from 'vitest';

import type { Container, Pod } from '@argosy/kube';

import { memorySize } from './memory-size.ts';

const limited = (name: string, memory?: string): Container => ({
  name,
  ...(memory === undefined ? {} : { resources: { limits: { memory } } }),
});
const aPod = (containers: readonly Container[], initContainers: readonly Container[] = []): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  spec: { containers, initContainers },
});

it.each([
  { reason: 'the node', pod: aPod([limited('a')]), sizeLimit: undefined, want: 8000 },
  { reason: 'its own limit', pod: aPod([limited('a', '900')]), sizeLimit: '100', want: 100 },
  {
    reason: 'the pod, where it is less',
    pod: aPod([limited('a', '40'), limited('b', '50')]),
    sizeLimit: '100',
    want: 90,
  },
  { reason: 'not a part of the pod', pod: aPod([limited('a', '40'), limited('b')]), sizeLimit: undefined, want: 8000 },
  {
    reason: 'sidecars too, and what runs before',
    pod: aPod([limited('a', '40')], [{ ...limited('s', '5'), restartPolicy: 'Always' }, limited('i', '70')]),
    sizeLimit: undefined,
    want: 70,
  },
  { reason: 'no limit is zero', pod: aPod([limited('a')]), sizeLimit: '0', want: 8000 },
  { reason: 'never beyond the node', pod: aPod([limited('a')]), sizeLimit: '1Ti', want: 8000 },
])('a volume in memory holds as much as $reason says', ({ pod, sizeLimit, want }) =>
  expect(memorySize(pod, sizeLimit, '8000')).toBe(want),
);
