import { describe, expect, it } from 'vitest';

import type { Service } from '@argosy/kube';

import { decideBalancer, type ListenerOutcome } from './decide-balancer.ts';
import type { ServiceListener } from './decide-listeners.ts';

const aService = (type: 'LoadBalancer' | 'ClusterIP', ip?: string): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { type, clusterIP: '10.96.1.1', ports: [{ port: 80, nodePort: 30_080 }] },
  ...(ip ? { status: { loadBalancer: { ingress: [{ ip }] } } } : {}),
});
const aListener = (port: number): ServiceListener => ({
  address: '127.0.0.1',
  port,
  protocol: 'TCP',
  targets: [{ address: '1.1.1.1', port: 8080 }],
  name: 'shop/web:80',
});
const outcome = (over: Partial<ListenerOutcome> = {}): ListenerOutcome => ({
  servesAddresses: false,
  nodeAddress: '127.0.0.1',
  wanted: [aListener(80)],
  failed: [],
  ...over,
});
const ipOf = (service: Service, of: ListenerOutcome) =>
  decideBalancer(service, of).status?.loadBalancer?.ingress?.[0]?.ip;

describe('the address of a load balancer', () => {
  it('is the cluster address where that leads here, also with nobody behind it', () =>
    expect(ipOf(aService('LoadBalancer'), outcome({ servesAddresses: true, wanted: [] }))).toBe('10.96.1.1'));

  it('is the machine’s where its ports could be had', () =>
    expect(ipOf(aService('LoadBalancer'), outcome())).toBe('127.0.0.1'));

  it('is none yet with nobody behind it', () =>
    expect(decideBalancer(aService('LoadBalancer'), outcome({ wanted: [] })).status).toBeUndefined());

  it('is none where a port is taken, and says which', () => {
    const { status, events } = decideBalancer(
      aService('LoadBalancer'),
      outcome({ failed: [{ listener: aListener(80), why: 'EADDRINUSE' }] }),
    );
    expect([status, events[0]?.message]).toEqual([
      undefined,
      'port 80 of 127.0.0.1 cannot be had: EADDRINUSE; choose another port for the service',
    ]);
  });

  it('does not depend on node ports', () =>
    expect(ipOf(aService('LoadBalancer'), outcome({ failed: [{ listener: aListener(30_080), why: 'x' }] }))).toBe(
      '127.0.0.1',
    ));

  it('is written once', () =>
    expect(decideBalancer(aService('LoadBalancer', '127.0.0.1'), outcome())).toEqual({
      status: undefined,
      events: [],
    }));

  it('is given up with the type', () =>
    expect(decideBalancer(aService('ClusterIP', '127.0.0.1'), outcome()).status).toEqual({ loadBalancer: {} }));
});
