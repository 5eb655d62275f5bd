/** A conversion webhook nobody answers for keeps neither namespaces nor dependents. */
import { afterEach, beforeEach, expect, it } from 'vitest';

import { CONFIG_MAPS, CUSTOM_RESOURCE_DEFINITIONS, isApiError, NAMESPACES, type KubeObject } from '@argosy/kube';

import { createBuiltinLoops } from '../../src/index.ts';
import { aWidget, widgetDefinition, widgets } from '../api/conversion-world.ts';
import { PORTS, startCluster, type RunningCluster } from '../running-cluster.ts';

let cluster: RunningCluster;

beforeEach(async () => {
  cluster = await startCluster((deps) => createBuiltinLoops(deps, { rootCertificate: 'PEM' }));
});
afterEach(() => cluster.close());

const goes = async (look: () => Promise<unknown>): Promise<void> => {
  const end = PORTS.clock.now() + 10_000;
  for (;;) {
    const isGone = await look().then(
      () => false,
      (thrown: unknown) => isApiError(thrown, 'NotFound'),
    );
    if (isGone) return;
    if (PORTS.clock.now() > end) throw new Error('never went');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

it('collects, empties namespaces and lets the definition go', async () => {
  const { client, server } = cluster;
  const nobody = { url: 'https://127.0.0.1:1/convert', caBundle: '' };
  // Stored in v1 while v2 is the preferred version: every look in that would be a question.
  await client.create(CUSTOM_RESOURCE_DEFINITIONS, widgetDefinition(nobody));
  await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'leaving' } } as KubeObject);
  const V1 = widgets('v1');
  const owner = await client.create(V1, aWidget('v1', 'owner'));
  await expect(client.get(widgets('v2'), { namespace: 'default', name: 'owner' })).rejects.toThrow(
    'dial tcp 127.0.0.1:1: connect: connection refused',
  );
  const ownerReferences = [
    {
      apiVersion: 'example.com/v2',
      kind: 'Widget',
      name: 'owner',
      uid: owner.metadata.uid ?? '',
      blockOwnerDeletion: true,
    },
  ];
  const child = await client.create(V1, {
    ...aWidget('v1', 'child'),
    metadata: { name: 'child', namespace: 'default', ownerReferences },
  });
  const map: KubeObject = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'map', namespace: 'default', ownerReferences },
  };
  await client.create(CONFIG_MAPS, map);
  await client.create(V1, { ...aWidget('v1', 'w'), metadata: { name: 'w', namespace: 'leaving' } });
  await client.delete(V1, { namespace: 'default', name: 'owner' }, { propagationPolicy: 'Foreground' });
  for (const name of ['owner', child.metadata.name ?? ''])
    await goes(() => client.get(V1, { namespace: 'default', name }));
  await goes(() => client.get(CONFIG_MAPS, { namespace: 'default', name: 'map' }));
  await client.delete(NAMESPACES, { name: 'leaving' });
  await goes(() => client.get(NAMESPACES, { name: 'leaving' }));
  await client.create(V1, aWidget('v1', 'first'));
  await client.create(V1, {
    ...aWidget('v1', 'kept'),
    metadata: { name: 'kept', namespace: 'default', labels: { keep: 'yes' } },
  });
  const served = await server.serve({ host: '127.0.0.1', port: 0 });
  const collection = `${served.url}/apis/example.com/v2/namespaces/default/widgets?labelSelector=keep!%3Dyes`;
  expect((await fetch(collection, { method: 'DELETE' })).status).toBe(200);
  await served.close();
  await goes(() => client.get(V1, { namespace: 'default', name: 'first' }));
  expect((await client.list(V1, { namespace: 'default' })).items.map(({ metadata }) => metadata.name)).toEqual([
    'kept',
  ]);
  await client.create(V1, aWidget('v1', 'last'));
  await client.delete(CUSTOM_RESOURCE_DEFINITIONS, { name: 'widgets.example.com' });
  await goes(() => client.get(CUSTOM_RESOURCE_DEFINITIONS, { name: 'widgets.example.com' }));
});
