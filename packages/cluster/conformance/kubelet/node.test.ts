/** What a node tells of itself, as kubectl and other people's tools read it. */
import { afterAll, beforeAll, expect, it } from 'vitest';

import { CORE_EVENTS, LEASES, NODES, type Lease, type Node } from '@argosy/kube';

import { PORTS, simulatedKubelet, startCluster, type RunningCluster } from '../running-cluster.ts';

let cluster: RunningCluster;
let lease: Lease;
let node: Node;
beforeAll(async () => {
  cluster = await startCluster((deps) => [simulatedKubelet(deps)]);
  const end = PORTS.clock.now() + 10_000;
  for (;;) {
    const [found] = (await cluster.client.list(LEASES, { namespace: 'kube-node-lease' })).items;
    if (found) {
      lease = found;
      node = await cluster.client.get(NODES, { name: 'argosy' });
      return;
    }
    if (PORTS.clock.now() > end) throw new Error('the node never had a lease');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
});
afterAll(() => cluster.close());

it('holds a lease of its own name', () => {
  expect(lease.metadata).toMatchObject({
    name: 'argosy',
    ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'argosy', uid: node.metadata.uid }],
  });
  expect(lease.spec).toMatchObject({
    holderIdentity: 'argosy',
    leaseDurationSeconds: 900,
    renewTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/) as string,
  });
});

it('can be selected by the names of today and by the older ones', () => {
  const labels = node.metadata.labels ?? {};
  expect(labels).toMatchObject({ 'kubernetes.io/os': 'linux', 'beta.kubernetes.io/os': 'linux' });
  expect(labels['beta.kubernetes.io/arch']).toBe(labels['kubernetes.io/arch']);
});

it('tells when pods may not come any more, and when they may again', async () => {
  for (const unschedulable of [true, null])
    await cluster.client.patch(NODES, { name: 'argosy' }, { kind: 'merge', patch: { spec: { unschedulable } } });
  const told = async () =>
    (await cluster.client.list(CORE_EVENTS, { namespace: 'default' })).items
      .filter(({ involvedObject }) => involvedObject.kind === 'Node')
      .map(({ reason, message, source }) => [reason, message, source?.component]);
  await expect.poll(told, { timeout: 10_000 }).toEqual([
    ['NodeNotSchedulable', 'Node argosy status is now: NodeNotSchedulable', 'kubelet'],
    ['NodeSchedulable', 'Node argosy status is now: NodeSchedulable', 'kubelet'],
  ]);
});

it('is under no pressure, and ready', () => {
  const conditions = (node.status?.conditions ?? []).map(({ type, status }) => `${type}=${status}`);
  expect(conditions).toEqual(['MemoryPressure=False', 'DiskPressure=False', 'PIDPressure=False', 'Ready=True']);
});
