import type { Pod } from '@argosy/kube';
import { expect, it } from 'vitest';

import { readResourceField } from './resolve-environment.ts';

const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  spec: { containers: [{ name: 'c', resources: { limits: { cpu: '1500m' }, requests: { memory: '64Mi' } } }] },
};
const capacity = { cpu: '4', memory: '8Gi' };

it.each([
  { resource: 'limits.cpu', text: '2' },
  { resource: 'limits.cpu', divisor: '1m', text: '1500' },
  { resource: 'limits.memory', divisor: '1Gi', text: '8' },
  { resource: 'requests.memory', divisor: '1Mi', text: '64' },
  { resource: 'requests.cpu', text: '0' },
])('$resource in units of $divisor is $text', ({ text, ...reference }) =>
  expect(readResourceField(pod, { containerName: 'c', ...reference }, { capacity })).toBe(text),
);
