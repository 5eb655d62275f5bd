import { describe, expect, it } from 'vitest';

import type { Endpoint, EndpointSlice, Service } from '@argosy/kube';

import { computeSubsets, mirrorSubsets, MOST_ADDRESSES } from './decide.ts';

const service: Service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: {} };
const slice = (name: string, endpoints: readonly Endpoint[], port = 80): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name },
  addressType: 'IPv4',
  endpoints,
  ports: [{ name: '', port, protocol: 'TCP' }],
});
const at = (address: string, conditions: Endpoint['conditions'] = { ready: true }): Endpoint => ({
  addresses: [address],
  conditions,
});

describe('computeSubsets', () => {
  it('keeps ready and others apart, one subset for each set of ports', () => {
    const slices = [
      slice('b', [at('2.2.2.2')], 81),
      slice('a', [at('1.1.1.1'), at('1.1.1.2', { ready: false })]),
      slice('c', [{ ...at('1.1.1.3'), nodeName: 'n', hostname: 'h', targetRef: { kind: 'Pod', name: 'p' } }]),
    ];
    expect(computeSubsets(service, slices)).toEqual({
      isCut: false,
      subsets: [
        {
          addresses: [
            { ip: '1.1.1.1' },
            { ip: '1.1.1.3', nodeName: 'n', hostname: 'h', targetRef: { kind: 'Pod', name: 'p' } },
          ],
          notReadyAddresses: [{ ip: '1.1.1.2' }],
          ports: [{ port: 80, protocol: 'TCP' }],
        },
        { addresses: [{ ip: '2.2.2.2' }], ports: [{ port: 81, protocol: 'TCP' }] },
      ],
    });
  });

  it('leaves out who ends, unless all are to be told', () => {
    const ending = [slice('a', [at('1.1.1.1', { ready: false, serving: true, terminating: true })])];
    expect(computeSubsets(service, ending).subsets).toEqual([]);
    const open = { ...service, spec: { publishNotReadyAddresses: true } };
    expect(computeSubsets(open, ending).subsets[0]?.addresses).toEqual([{ ip: '1.1.1.1' }]);
  });

  it('cuts what is too long, and keeps the ready ones', () => {
    const many = Array.from({ length: MOST_ADDRESSES + 5 }, (_, n) =>
      at(`10.0.${n >> 8}.${n & 255}`, { ready: n >= 10 }),
    );
    const { subsets, isCut } = computeSubsets(service, [slice('a', many)]);
    expect([isCut, subsets[0]?.addresses?.length, subsets[0]?.notReadyAddresses?.length]).toEqual([true, 995, 5]);
  });
});

it('leaves out pods that have none of the ports a service names, and sorts the others', () => {
  const named: Service = { ...service, spec: { ports: [{ port: 80, targetPort: 'none' }] } };
  const portless = { ...slice('a', [at('1.1.1.1')]), ports: [] };
  expect(computeSubsets(named, [portless]).subsets).toEqual([]);
  expect(computeSubsets(service, [portless]).subsets).toEqual([{ addresses: [{ ip: '1.1.1.1' }], ports: [] }]);
  const mixed = slice(
    'a',
    ['1.1.1.10', '1.1.1.9', '1.1.0.200'].map((ip) => at(ip)),
  );
  expect(computeSubsets(named, [mixed]).subsets[0]?.addresses).toEqual([
    { ip: '1.1.0.200' },
    { ip: '1.1.1.9' },
    { ip: '1.1.1.10' },
  ]);
});

describe('mirrorSubsets', () => {
  it('says the same in slices', () =>
    expect(
      mirrorSubsets([
        { addresses: [{ ip: '1.1.1.1' }], notReadyAddresses: [{ ip: '1.1.1.2' }], ports: [{ port: 5432 }] },
      ]),
    ).toEqual([
      {
        endpoints: [at('1.1.1.1'), at('1.1.1.2', { ready: false })],
        ports: [{ name: '', port: 5432, protocol: 'TCP' }],
      },
    ]));
});
