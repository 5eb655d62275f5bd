import { describe, expect, it } from 'vitest';

import { routeOwners, takenRoute } from './address-range.ts';

const HEAD = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT';
const route = (name: string, destination: string, mask: string): string =>
  `${name}\t${destination}\t00000000\t0001\t0\t0\t0\t${mask}\t0\t0\t0`;

describe('the range of services', () => {
  it.each([
    ['the default route', 'eth0', '00000000', '00000000', undefined],
    ['a bridge elsewhere', 'docker0', '000011AC', '0000FFFF', undefined],
    ['a part of it', 'tun0', '0007600A', '00FFFFFF', 'tun0'],
    ['more than it', 'minikube', '0000600A', '0000F0FF', 'minikube'],
    ['all of 10.0.0.0/8', 'vpn', '0000000A', '000000FF', 'vpn'],
  ])('sees %s', (_, name, destination, mask, expected) =>
    expect(takenRoute([HEAD, route(name, destination, mask)].join('\n'))).toBe(expected),
  );
  it('knows whose routes there are', () =>
    expect(
      routeOwners(
        'local 10.96.0.0/16 dev lo scope host metric 77 \nlocal 10.96.0.0/16 dev lo scope host metric 78\nlocal 1.2.3.4 dev eth0 metric 5',
      ),
    ).toEqual(['77', '78']));
});
