import type { KubeObject, Pod, Service } from '@argosy/kube';
import { expect, it } from 'vitest';

import { siblingsOf, type PodFamily } from './default-spread.ts';

const aPod = (owner?: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'p',
    namespace: 'a',
    labels: { app: 'x', hash: '7' },
    ...(owner
      ? { ownerReferences: [{ apiVersion: 'apps/v1', kind: owner, name: 'set', uid: 'u', controller: true }] }
      : {}),
  },
  spec: { containers: [] },
});
const aService = (selector: Record<string, string>): Service =>
  ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { selector } }) as Service;
const family = (services: readonly Service[], set?: KubeObject): PodFamily => ({
  services: (namespace) => (namespace === 'a' ? services : []),
  set: () => set,
});
const aSet = (kind: string, selector: object): KubeObject => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name: 'set' },
  spec: { selector },
});
const is7 = { key: 'hash', operator: 'In', values: ['7'] };

it('a pod nobody made and nobody leads to stands alone', () => {
  expect(siblingsOf(aPod(), family([]))).toBeUndefined();
  expect(siblingsOf(aPod(), family([aService({ app: 'y' }), aService({})]))).toBeUndefined();
});

it('siblings are led to by the same services', () => {
  expect(siblingsOf(aPod(), family([aService({ app: 'x' }), aService({ app: 'y' })]))).toEqual({
    matchLabels: { app: 'x' },
    matchExpressions: [],
  });
});

it('siblings are made by the same set, whatever it is', () => {
  const selector = { matchLabels: { hash: '7' }, matchExpressions: [{ key: 'app', operator: 'Exists' }] };
  expect(siblingsOf(aPod('ReplicaSet'), family([aService({ app: 'x' })], aSet('ReplicaSet', selector)))).toEqual({
    matchLabels: { app: 'x' },
    matchExpressions: [is7, { key: 'app', operator: 'Exists' }],
  });
  expect(siblingsOf(aPod('ReplicationController'), family([], aSet('ReplicationController', { hash: '7' })))).toEqual({
    matchLabels: {},
    matchExpressions: [is7],
  });
});
