import { describe, expect, it } from 'vitest';

import { proxyTarget } from './proxy-target.ts';

const storeWith = (address: string): Parameters<typeof proxyTarget>[0] => ({
  get: (resource) =>
    resource === '/services'
      ? { apiVersion: 'v1', kind: 'Service', metadata: { name: 's', namespace: 'a' }, spec: { ports: [{ port: 80 }] } }
      : undefined,
  list: () => ({
    revision: 1,
    items: [
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: 's-1', namespace: 'a', labels: { 'kubernetes.io/service-name': 's' } },
        addressType: 'IPv4',
        ports: [{ name: '', port: 8080 }],
        endpoints: [{ addresses: [address] }],
      },
    ],
  }),
});
const target = (address: string) =>
  proxyTarget(storeWith(address), { resource: 'services', namespace: 'a', name: 's' });

describe('a service of addresses', () => {
  it('is reached at another machine', () => {
    expect(target('10.1.2.3')).toEqual({ scheme: 'http', at: { kind: 'address', host: '10.1.2.3' }, port: 8080 });
    expect(target('fd00::1').at).toEqual({ kind: 'address', host: 'fd00::1' });
  });

  it.each([
    '127.0.0.1',
    '127.9.9.9',
    '0.0.0.0',
    '169.254.169.254',
    '::1',
    '::',
    'fe80::1',
    '::ffff:127.0.0.1',
    'localhost',
  ])('is not at %s', (address) => expect(() => target(address)).toThrow('address not allowed'));
});
