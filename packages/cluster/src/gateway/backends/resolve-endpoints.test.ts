import { describe, expect, it } from 'vitest';

import type { Endpoint, EndpointSlice, Service } from '@argosy/kube';

import { resolveEndpoints } from './resolve-endpoints.ts';

const service = (spec: Service['spec'] = {}): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'a' },
  spec: {
    ports: [
      { name: 'http', port: 80, targetPort: 'web' },
      { name: 'admin', port: 81 },
    ],
    ...spec,
  },
});
const slice = (endpoints: readonly Endpoint[], port = 8080): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 'web-0', namespace: 'a' },
  addressType: 'IPv4',
  endpoints,
  ports: [
    { name: 'http', port },
    { name: 'admin', port: port + 1 },
  ],
});
const reference = (port: number | string | undefined) => ({ namespace: 'a', name: 'web', port });
const pod = (name: string) => ({ kind: 'Pod', namespace: 'a', name });

describe('resolveEndpoints', () => {
  it.each([
    ['by number', 80, 8080],
    ['by name', 'admin', 8081],
  ])('finds the port %s', (_, port, wanted) =>
    expect(
      resolveEndpoints(reference(port), service(), [
        slice([{ addresses: ['127.64.0.1', '127.64.0.2'], targetRef: pod('p') }]),
      ]),
    ).toEqual({ kind: 'ready', endpoints: [{ address: '127.64.0.1', port: wanted, pod: 'p' }] }),
  );
  it('takes ready endpoints of all slices, and those that say nothing', () =>
    expect(
      resolveEndpoints(reference(80), service(), [
        slice([{ addresses: ['127.64.0.1'] }, { addresses: ['127.64.0.2'], conditions: { ready: false } }]),
        slice([{ addresses: ['127.64.0.3'], conditions: { ready: true } }], 9090),
      ]),
    ).toEqual({
      kind: 'ready',
      endpoints: [
        { address: '127.64.0.1', port: 8080 },
        { address: '127.64.0.3', port: 9090 },
      ],
    }));
  it.each([
    ['no service', undefined, 80, 'unknown', 'service a/web does not exist'],
    ['no such port', service(), 99, 'unknown', 'service a/web has no port 99'],
    ['one of several ports', service(), undefined, 'unknown', 'service a/web has no port (name one)'],
    [
      'an alias',
      service({ type: 'ExternalName' }),
      80,
      'unknown',
      'not supported yet: service a/web is an ExternalName',
    ],
    ['nobody', service(), 80, 'empty', 'no ready endpoint of service a/web'],
  ])('says why there are none: %s', (_, given, port, kind, message) =>
    expect(resolveEndpoints(reference(port), given, [])).toEqual({ kind, message }),
  );
});
