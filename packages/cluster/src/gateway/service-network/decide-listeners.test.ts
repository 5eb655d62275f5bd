import { describe, expect, it } from 'vitest';

import type { Endpoint, EndpointSlice, Service } from '@argosy/kube';

import { decideListeners as decide, type ListenerPlaces } from './decide-listeners.ts';

const PLACES: ListenerPlaces = { servesAddresses: true, nodeAddress: '127.0.0.1' };
const decideListeners = (of: Service, slices: readonly EndpointSlice[], places = PLACES) => decide(of, slices, places);

const service = (spec: object = {}): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'a' },
  spec: {
    clusterIP: '10.96.1.1',
    ports: [
      { name: 'http', port: 80 },
      { name: 'dns', port: 53, protocol: 'UDP' },
    ],
    ...spec,
  },
});
const slice = (endpoints: readonly Endpoint[]): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 'web-0', namespace: 'a' },
  addressType: 'IPv4',
  endpoints,
  ports: [
    { name: 'http', port: 8080 },
    { name: 'dns', port: 5353 },
  ],
});
const at = (address: string, conditions: Endpoint['conditions'] = { ready: true }): Endpoint => ({
  addresses: [address],
  conditions,
});

describe('listeners of a service', () => {
  it('lead each port to the ready endpoints of all slices', () =>
    expect(
      decideListeners(service(), [slice([at('1.1.1.1'), at('1.1.1.2', { ready: false })]), slice([at('1.1.1.3')])]),
    ).toEqual([
      {
        address: '10.96.1.1',
        port: 80,
        protocol: 'TCP',
        name: 'a/web:http',
        targets: [
          { address: '1.1.1.1', port: 8080 },
          { address: '1.1.1.3', port: 8080 },
        ],
      },
      {
        address: '10.96.1.1',
        port: 53,
        protocol: 'UDP',
        name: 'a/web:dns',
        targets: [
          { address: '1.1.1.1', port: 5353 },
          { address: '1.1.1.3', port: 5353 },
        ],
      },
    ]));
  it('lead to pods that end when there are no others', () =>
    expect(
      decideListeners(service(), [slice([at('1.1.1.1', { ready: false, serving: true, terminating: true })])])[0]
        ?.targets,
    ).toEqual([{ address: '1.1.1.1', port: 8080 }]));
  it('keep clients where they are when asked to', () =>
    expect(
      decideListeners(service({ sessionAffinity: 'ClientIP' }), [slice([at('1.1.1.1')])])[0]?.affinitySeconds,
    ).toBe(10_800));
  it.each([
    ['without address', { clusterIP: 'None' }],
    ['of another name', { type: 'ExternalName' }],
  ])('are none %s', (_, spec) => expect(decideListeners(service(spec), [slice([at('1.1.1.1')])])).toEqual([]));
  it('are none where nobody is ready', () => expect(decideListeners(service(), [slice([])])).toEqual([]));
  it.each([
    ['where addresses lead here', PLACES, ['10.96.1.1:80', '127.0.0.1:30080']],
    ['where they do not', { ...PLACES, servesAddresses: false }, ['127.0.0.1:80', '127.0.0.1:30080']],
  ])('of load balancers are at the node as well %s', (_, places, expected) => {
    const balanced = service({ type: 'LoadBalancer', ports: [{ name: 'http', port: 80, nodePort: 30_080 }] });
    const listeners = decideListeners(balanced, [slice([at('1.1.1.1')])], places);
    expect(listeners.map(({ address, port }) => `${address}:${port}`)).toEqual(expected);
  });
});
