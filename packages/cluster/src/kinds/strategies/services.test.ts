import { deepFreeze } from '@argosy/base';
import type { KubeObject } from '@argosy/kube';
import { expect, it } from 'vitest';

import { services } from './services.ts';

const written = (type: string, point: object): unknown => {
  const service = deepFreeze({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's' },
    spec: { type },
    status: { loadBalancer: { ingress: [point] }, conditions: [] },
  }) as unknown as KubeObject;
  return services.prepareStatus?.(service, service, { subresource: 'status', now: '2024-01-01T00:00:00Z' }).status;
};

it.each([
  ['an address', 'LoadBalancer', { ip: '1.2.3.4' }, { ip: '1.2.3.4', ipMode: 'VIP' }],
  ['an address with a mode', 'LoadBalancer', { ip: '1.2.3.4', ipMode: 'Proxy' }, { ip: '1.2.3.4', ipMode: 'Proxy' }],
  ['a name', 'LoadBalancer', { hostname: 'a.b' }, { hostname: 'a.b' }],
  ['an address of another type', 'NodePort', { ip: '1.2.3.4' }, { ip: '1.2.3.4' }],
])('%s has the mode clients expect', (_reason, type, point, want) => {
  expect(written(type, point)).toEqual({ loadBalancer: { ingress: [want] }, conditions: [] });
});
