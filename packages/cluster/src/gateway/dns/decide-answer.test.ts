import { describe, expect, it } from 'vitest';

import type { EndpointSlice, Service } from '@argosy/kube';

import { decideAnswer, type NamedWorld } from './decide-answer.ts';
import { formatAnswer, parseQuestion, RECORD_TYPES } from './dns-message.ts';

const service = (name: string, spec: Service['spec']): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'shop' },
  spec: { ports: [{ name: 'http', port: 80 }], ...spec },
});
const services = [
  service('web', { clusterIP: '10.96.7.7' }),
  service('db', { clusterIP: 'None' }),
  service('out', { type: 'ExternalName', externalName: 'example.org' }),
];
const slice = (hostname: string | undefined, address: string, ready = true) =>
  ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 's', namespace: 'shop' },
    addressType: 'IPv4',
    endpoints: [{ addresses: [address], conditions: { ready }, ...(hostname ? { hostname } : {}) }],
    ports: [{ name: 'http', port: 8080 }],
  }) as EndpointSlice;
const world = (servesAddresses = true): NamedWorld => ({
  service: (namespace, name) => (namespace === 'shop' ? services.find((one) => one.metadata.name === name) : undefined),
  slices: () => [slice('db-0', '172.18.0.5'), slice(undefined, '172.18.0.6'), slice('db-1', '172.18.0.7', false)],
  hasNamespace: (name) => name === 'shop',
  serviceAt: (address) => services.find(({ spec }) => spec?.clusterIP === address),
  podNameAt: (address) => (address === '172.18.0.5' ? 'db-0.db.shop.svc.cluster.local' : undefined),
  servesAddresses,
});
const { A, AAAA, SRV, PTR } = RECORD_TYPES;
const look = (name: string, type: number = A, of = world()) => {
  const answer = decideAnswer(name, type, of);
  return (
    answer && [
      answer.code,
      ...answer.records.map((one) =>
        'address' in one ? one.address : `${one.target}${'port' in one ? `:${one.port}` : ''}`,
      ),
    ]
  );
};

describe('names of the cluster', () => {
  it.each([
    ['a service', 'web.shop.svc.cluster.local', A, ['NOERROR', '10.96.7.7']],
    ['no IPv6', 'web.shop.svc.cluster.local', AAAA, ['NOERROR']],
    ['ready pods of a headless service', 'db.shop.svc.cluster.local', A, ['NOERROR', '172.18.0.5', '172.18.0.6']],
    ['a pod by host name', 'db-0.db.shop.svc.cluster.local', A, ['NOERROR', '172.18.0.5']],
    ['a pod by address', '172-18-0-6.db.shop.svc.cluster.local', A, ['NOERROR', '172.18.0.6']],
    ['no pod that is not ready', 'db-1.db.shop.svc.cluster.local', A, ['NXDOMAIN']],
    ['another name', 'out.shop.svc.cluster.local', A, ['NOERROR', 'example.org']],
    ['a port', '_http._tcp.web.shop.svc.cluster.local', SRV, ['NOERROR', 'web.shop.svc.cluster.local:80']],
    [
      'ports of pods',
      '_http._tcp.db.shop.svc.cluster.local',
      SRV,
      ['NOERROR', 'db-0.db.shop.svc.cluster.local:8080', '172-18-0-6.db.shop.svc.cluster.local:8080'],
    ],
    ['no such port', '_x._tcp.web.shop.svc.cluster.local', SRV, ['NXDOMAIN']],
    ['an address of a pod', '172-18-0-9.shop.pod.cluster.local', A, ['NOERROR', '172.18.0.9']],
    ['no such service', 'no.shop.svc.cluster.local', A, ['NXDOMAIN']],
    ['no such namespace', 'web.no.svc.cluster.local', A, ['NXDOMAIN']],
    ['a search that goes on', 'example.org.shop.svc.cluster.local', A, ['NXDOMAIN']],
    ['a service by address', '7.7.96.10.in-addr.arpa', PTR, ['NOERROR', 'web.shop.svc.cluster.local']],
    ['a pod by address', '5.0.18.172.in-addr.arpa', PTR, ['NOERROR', 'db-0.db.shop.svc.cluster.local']],
    ['none of ours', 'example.org', A, undefined],
  ] as const)('tell of %s: %s', (_, name, type, expected) => expect(look(name, type)).toEqual(expected));
  it('lead to pods where cluster addresses lead nowhere', () =>
    expect(look('web.shop.svc.cluster.local', A, world(false))).toEqual(['NOERROR', '172.18.0.5', '172.18.0.6']));
});

const question = (name: string, type: number): Buffer => {
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  const head = Buffer.from([0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  return Buffer.concat([head, ...labels, Buffer.from([0, 0, type, 0, 1])]);
};

describe('messages', () => {
  it('are read and written as the protocol says', () => {
    const asked = parseQuestion(question('Web.shop', A));
    expect(asked).toMatchObject({ id: 0x1234, name: 'web.shop', type: A, recursionDesired: true, maxBytes: 512 });
    const records = [{ kind: 'A', name: 'web.shop', address: '10.1.2.3' }] as const;
    const answer = formatAnswer(asked!, { code: 'NOERROR', records, authoritative: true }, 512);
    expect(answer.toString('hex')).toBe(
      '123485800001000100000000' +
        '0357656204' +
        '73686f700000010001' +
        '03776562' +
        '0473686f7000' +
        '00010001' +
        '00000005' +
        '0004' +
        '0a010203',
    );
  });
  it('that are too long are cut and say so', () => {
    const asked = parseQuestion(question('web.shop', A));
    const records = Array.from(
      { length: 40 },
      (_, at) => ({ kind: 'A', name: 'web.shop', address: `10.0.0.${at}` }) as const,
    );
    const answer = formatAnswer(asked!, { code: 'NOERROR', records, authoritative: true }, 512);
    expect([answer.length < 512, (answer[2] ?? 0) & 2, answer.readUInt16BE(6)]).toEqual([true, 2, 0]);
  });
  it('that are none are not read', () => expect(parseQuestion(Buffer.from('hello'))).toBeUndefined());
});
