/** Addresses of services, asked of the server in process. */
import { createVirtualClock } from '@argosy/base';
import { SERVICES, type Service, type ServiceSpec } from '@argosy/kube';
import { describe, expect, it } from 'vitest';

import { startApiServer } from '../running-cluster.ts';

const start = async () => (await startApiServer({ clock: createVirtualClock() })).client;
const aService = (name: string, spec: ServiceSpec = {}): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default' },
  spec: { ports: [{ port: 80 }], ...spec },
});
const keyed = (name: string) => ({ namespace: 'default', name });

describe('cluster addresses', () => {
  it('gives services created at once addresses of their own', async () => {
    const client = await start();
    const names = Array.from({ length: 50 }, (_, at) => `s${at}`);
    const created = await Promise.all(names.map((name) => client.create(SERVICES, aService(name))));
    const addresses = created.map(({ spec }) => spec?.clusterIP ?? '');
    expect(new Set(addresses).size).toBe(50);
    expect(addresses.filter((address) => !/^10\.96\.\d{1,3}\.\d{1,3}$/.test(address))).toEqual([]);
    expect(created[0]?.spec?.clusterIPs).toEqual([addresses[0]]);
  });
  it('gives the address asked for, once', async () => {
    const client = await start();
    expect((await client.create(SERVICES, aService('a', { clusterIP: '10.96.7.7' }))).spec?.clusterIP).toBe(
      '10.96.7.7',
    );
    await expect(client.create(SERVICES, aService('b', { clusterIP: '10.96.7.7' }))).rejects.toMatchObject({
      reason: 'Invalid',
      message: expect.stringContaining('provided IP is already allocated') as string,
    });
    await client.delete(SERVICES, keyed('a'));
    await client.create(SERVICES, aService('b', { clusterIP: '10.96.7.7' }));
  });
  it.each(['10.97.0.1', '10.96.0.0', '10.96.255.255', '10.96.1', '10.96.1.256', 'x'])(
    'refuses %s',
    async (clusterIP) => {
      const client = await start();
      await expect(client.create(SERVICES, aService('a', { clusterIP }))).rejects.toMatchObject({ reason: 'Invalid' });
    },
  );
  it('gives headless services and aliases none', async () => {
    const client = await start();
    const headless = await client.create(SERVICES, aService('h', { clusterIP: 'None' }));
    expect([headless.spec?.clusterIP, headless.spec?.clusterIPs]).toEqual(['None', ['None']]);
    const alias = await client.create(SERVICES, aService('e', { type: 'ExternalName', externalName: 'example.com' }));
    expect(alias.spec?.clusterIP).toBeUndefined();
  });
  it('keeps the address of a service that is replaced, refuses another', async () => {
    const client = await start();
    const { spec } = await client.create(SERVICES, aService('a'));
    expect((await client.update(SERVICES, aService('a', { ports: [{ port: 81 }] }))).spec?.clusterIP).toBe(
      spec?.clusterIP,
    );
    await expect(client.update(SERVICES, aService('a', { clusterIP: '10.96.200.1' }))).rejects.toMatchObject({
      message: expect.stringContaining('may not change once set') as string,
    });
  });
  it('takes the address back from a service that becomes an alias, and gives one again', async () => {
    const client = await start();
    await client.create(SERVICES, aService('a', { clusterIP: '10.96.7.7' }));
    const to = (spec: object) => client.patch(SERVICES, keyed('a'), { kind: 'merge', patch: { spec } });
    expect((await to({ type: 'ExternalName', externalName: 'example.com' })).spec?.clusterIP).toBeUndefined();
    await client.create(SERVICES, aService('b', { clusterIP: '10.96.7.7' }));
    expect((await to({ type: 'ClusterIP', externalName: null })).spec?.clusterIP).toMatch(/^10\.96\./);
  });
  it('stores and holds nothing for a dry run', async () => {
    const client = await start();
    await client.create(SERVICES, aService('a', { clusterIP: '10.96.7.7' }), { dryRun: true });
    await client.create(SERVICES, aService('b', { clusterIP: '10.96.7.7' }));
  });
});

describe('a change of the type', () => {
  const TRAFFIC = ['internalTrafficPolicy', 'externalTrafficPolicy', 'healthCheckNodePort'];
  const BALANCED = ['allocateLoadBalancerNodePorts', 'loadBalancerClass'];
  const given = async (first: object, ...patches: readonly object[]) => {
    const client = await start();
    let { spec } = await client.create(SERVICES, aService('a', first as ServiceSpec));
    for (const patch of patches)
      ({ spec } = await client.patch(SERVICES, keyed('a'), { kind: 'merge', patch: { spec: patch } }));
    return [...TRAFFIC, ...BALANCED, 'ports'].flatMap((field) => {
      const value = (spec as Readonly<Record<string, unknown>> | undefined)?.[field];
      if (field === 'ports') return spec?.ports?.some(({ nodePort }) => nodePort) ? ['nodePort'] : [];
      return value === undefined ? [] : [field];
    });
  };
  const local = { type: 'LoadBalancer', externalTrafficPolicy: 'Local', loadBalancerClass: 'a.b/c' };
  const alias = { type: 'ExternalName', externalName: 'a.b' };

  it.each([
    [[local], [...TRAFFIC, ...BALANCED, 'nodePort']],
    [[local, { type: 'ClusterIP' }], ['internalTrafficPolicy']],
    [
      [local, { type: 'NodePort' }],
      ['internalTrafficPolicy', 'externalTrafficPolicy', 'nodePort'],
    ],
    [[local, alias], []],
    [
      [local, { externalTrafficPolicy: 'Cluster' }],
      [...TRAFFIC.slice(0, 2), ...BALANCED, 'nodePort'],
    ],
    [[{ externalIPs: ['1.2.3.4'] }, { externalIPs: null }], ['internalTrafficPolicy']],
    [[alias, { type: 'ClusterIP', externalName: null }], ['internalTrafficPolicy']],
  ])('gives up what went with the former: %o', async ([first = {}, ...patches], want) =>
    expect(await given(first, ...patches)).toEqual(want),
  );

  it.each([
    [local, { loadBalancerClass: 'x.y/z' }, 'spec.loadBalancerClass: Invalid value: "x.y/z": may not change once set'],
    [local, { healthCheckNodePort: 1 }, 'spec.healthCheckNodePort: Forbidden: field is immutable'],
    [{}, { clusterIPs: ['10.96.1.1'] }, 'first value must match `clusterIP`'],
    [{}, { ipFamilies: ['IPv6'] }, 'expected an IPv6 value as indicated by `ipFamilies[0]`'],
    [
      { type: 'LoadBalancer', loadBalancerSourceRanges: ['10.0.0.0/8'] },
      { type: 'ClusterIP' },
      "spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'",
    ],
  ])('or of what stays is refused: %o to %o', async (first, patch, says) => {
    await expect(given(first, patch)).rejects.toMatchObject({
      reason: 'Invalid',
      message: expect.stringContaining(says) as string,
    });
  });
});

describe('address families', () => {
  it.each([
    [{}, ['IPv4'], 'SingleStack'],
    [{ clusterIP: 'None' }, ['IPv4', 'IPv6'], 'RequireDualStack'],
    [{ clusterIP: 'None', selector: { a: 'b' } }, ['IPv4'], 'SingleStack'],
    [{ ipFamilyPolicy: 'PreferDualStack' }, ['IPv4'], 'PreferDualStack'],
  ])('of %o are %o', async (spec, ipFamilies, ipFamilyPolicy) => {
    const client = await start();
    expect((await client.create(SERVICES, aService('a', spec))).spec).toMatchObject({ ipFamilies, ipFamilyPolicy });
  });
  it.each([
    [{ ipFamilyPolicy: 'RequireDualStack' }, 'this cluster is not configured for dual-stack services'],
    [{ ipFamilies: ['IPv6'] }, 'spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster'],
    [{ ipFamilies: ['IPv4', 'IPv6'] }, "must be 'RequireDualStack' or 'PreferDualStack'"],
    [{ clusterIPs: ['10.96.4.4'] }, 'must be empty when `clusterIP` is not specified'],
    [{ clusterIP: '10.96.4.4', clusterIPs: ['10.96.4.4', '10.96.4.5'] }, 'no more than one IP for each IP family'],
  ])('refused: %o', async (spec, says) => {
    const client = await start();
    await expect(client.create(SERVICES, aService('a', spec))).rejects.toMatchObject({
      reason: 'Invalid',
      message: expect.stringContaining(says) as string,
    });
  });
});
