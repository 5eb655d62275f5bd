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
