import { createSeededRandom } from '@argosy/base';
import { formatFieldError, type Service, type ServicePort, type ServiceSpec } from '@argosy/kube';
import { describe, expect, it } from 'vitest';

import { assignNodePorts, keepNodePorts, NODE_PORTS } from './node-ports.ts';

const aService = (
  type: NonNullable<ServiceSpec['type']>,
  ports: readonly ServicePort[],
  more: object = {},
): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', uid: 'own' },
  spec: { type, ports, ...more },
});
const assign = (service: Service, owners: Readonly<Record<string, string>> = {}) => {
  const outcome = assignNodePorts(service, new Map(Object.entries(owners)), createSeededRandom(1));
  return outcome.kind === 'given'
    ? (outcome.service.spec?.ports ?? []).map(({ nodePort }) => nodePort)
    : outcome.findings.map(formatFieldError);
};

describe('assignNodePorts', () => {
  it.each(['NodePort', 'LoadBalancer'] as const)('gives each port of a %s a free one of the range', (type) => {
    const [first, second] = assign(aService(type, [{ port: 80 }, { port: 443 }]));
    expect(first).not.toBe(second);
    for (const port of [first, second]) {
      expect(Number(port)).toBeGreaterThanOrEqual(NODE_PORTS[0]);
      expect(Number(port)).toBeLessThanOrEqual(NODE_PORTS[1]);
    }
  });

  it('gives none where none is wanted', () => {
    const quiet = { allocateLoadBalancerNodePorts: false };
    expect(assign(aService('ClusterIP', [{ port: 80 }]))).toEqual([undefined]);
    expect(assign(aService('LoadBalancer', [{ port: 80 }], quiet))).toEqual([undefined]);
  });

  it('keeps what was asked for, and what is its own', () => {
    expect(assign(aService('NodePort', [{ port: 80, nodePort: 30_080 }]), { 'TCP 30080': 'own' })).toEqual([30_080]);
  });

  it('TCP and UDP do not get in each other’s way', () => {
    const service = aService('NodePort', [{ port: 53, nodePort: 30_053, protocol: 'UDP' }]);
    expect(assign(service, { 'TCP 30053': 'other' })).toEqual([30_053]);
  });

  it.each([
    [30_080, 'spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated'],
    [
      80,
      'spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767',
    ],
  ])('refuses %i', (nodePort, finding) =>
    expect(assign(aService('NodePort', [{ port: 80, nodePort }]), { 'TCP 30080': 'other' })).toEqual([finding]),
  );

  it('says when there is none left', () => {
    const all = Array.from({ length: NODE_PORTS[1] - NODE_PORTS[0] + 1 }, (_, at) => [
      `TCP ${NODE_PORTS[0] + at}`,
      'x',
    ]);
    expect(assign(aService('NodePort', [{ port: 80 }]), Object.fromEntries(all) as Record<string, string>)).toEqual([
      'spec.ports: Invalid value: 0: failed to allocate a nodePort: range is full',
    ]);
  });
});

describe('keepNodePorts', () => {
  const before = aService('NodePort', [{ name: 'a', port: 80, nodePort: 30_080 }]);
  const portsOf = ({ spec }: Service) => (spec?.ports ?? []).map(({ nodePort }) => nodePort);

  it('a port that says nothing keeps its own, a new one has none yet', () =>
    expect(
      portsOf(
        keepNodePorts(
          aService('LoadBalancer', [
            { name: 'b', port: 80 },
            { name: 'a', port: 443 },
          ]),
          before,
        ),
      ),
    ).toEqual([undefined, 30_080]));

  it('a service that has none any more gives them up', () =>
    expect(portsOf(keepNodePorts(aService('ClusterIP', [{ port: 80, nodePort: 30_080 }]), before))).toEqual([
      undefined,
    ]));

  it('one it asks for anew is left to validation', () =>
    expect(portsOf(keepNodePorts(aService('ClusterIP', [{ port: 80, nodePort: 30_081 }]), before))).toEqual([30_081]));

  it('leaves to validation what is no list', () => {
    const broken = { ...before, spec: { type: 'NodePort', ports: 'x' } } as unknown as Service;
    expect(keepNodePorts(broken, before)).toBe(broken);
  });
});
