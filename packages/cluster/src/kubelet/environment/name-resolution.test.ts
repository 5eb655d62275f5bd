import { describe, expect, it } from 'vitest';

import type { Pod } from '@argosy/kube';

import { formatResolvConf, nameResolutionOf, parseResolvConf } from './name-resolution.ts';

const machine = parseResolvConf('# made\nsearch corp.example\nnameserver 9.9.9.9\noptions edns0 trust-ad\n');
const pod = (spec: object): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'shop' },
  spec: { containers: [], ...spec },
});
const of = (spec: object, nameServer: string | undefined = '10.96.0.10') => {
  const found = nameResolutionOf(pod(spec), { nameServer, machine });
  return found && formatResolvConf(found);
};
const cluster = 'search shop.svc.cluster.local svc.cluster.local cluster.local corp.example';

describe('names in a pod', () => {
  it.each([
    ['by default', {}, `${cluster}\nnameserver 10.96.0.10\noptions ndots:5\n`],
    [
      'on the machine, when asked for',
      { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' },
      `${cluster}\nnameserver 10.96.0.10\noptions ndots:5\n`,
    ],
    ['on the machine', { hostNetwork: true, dnsPolicy: 'ClusterFirst' }, undefined],
    ['as the machine does', { dnsPolicy: 'Default' }, undefined],
    [
      'as the machine does, and more',
      { dnsPolicy: 'Default', dnsConfig: { searches: ['own'], options: [{ name: 'ndots', value: '2' }] } },
      'search corp.example own\nnameserver 9.9.9.9\noptions edns0 trust-ad ndots:2\n',
    ],
    [
      'as its author says',
      { dnsPolicy: 'None', dnsConfig: { nameservers: ['1.1.1.1'], options: [{ name: 'rotate' }] } },
      'nameserver 1.1.1.1\noptions rotate\n',
    ],
    [
      'with another number of dots',
      { dnsConfig: { options: [{ name: 'ndots', value: '1' }] } },
      `${cluster}\nnameserver 10.96.0.10\noptions ndots:1\n`,
    ],
  ])('are resolved %s', (_, spec, expected) => expect(of(spec)).toBe(expected));
  it('are the machine’s where the cluster has no name server', () =>
    expect(nameResolutionOf(pod({}), { nameServer: undefined, machine })).toBeUndefined());
});
