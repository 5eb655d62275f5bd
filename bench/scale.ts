/**
 * 10,000 simulated pods at once: from their creation by one Deployment to the last one Running. Beside it etcd's time for
 * nothing but the writes of that, three of each pod: created, bound, running.
 */
import { DEPLOYMENTS, PODS } from '@argosy/kube';

import { perSecond, startPlatform } from './peers/cluster.ts';
import { startEtcd } from './peers/etcd.ts';

const COUNT = 10_000;
const PATIENCE_MS = 300_000;
const platform = await startPlatform('--runtime', 'simulated');
const client = platform.connect();
const before = await platform.residentMb();
const started = performance.now();
await client.create(DEPLOYMENTS, {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'many', namespace: 'default' },
  spec: {
    replicas: COUNT,
    selector: { matchLabels: { app: 'many' } },
    template: {
      metadata: { labels: { app: 'many' } },
      spec: { containers: [{ name: 'main', image: 'registry.example/many:1' }] },
    },
  },
});
let available = 0;
while (available < COUNT && performance.now() - started < PATIENCE_MS) {
  await new Promise((resolve) => setTimeout(resolve, 250));
  available = (await client.get(DEPLOYMENTS, { namespace: 'default', name: 'many' })).status?.availableReplicas ?? 0;
}
const seconds = (performance.now() - started) / 1000;
console.log(`${available} of ${COUNT} simulated pods available after ${seconds.toFixed(1)} s`);
const { items } = await client.list(PODS, { namespace: 'default' });
const bytes = items.reduce((sum, pod) => sum + JSON.stringify(pod).length, 0);
const grown = (await platform.residentMb()) - before;
console.log(`resident memory grew by ${grown.toFixed(0)} MB for ${(bytes / 1024 / 1024).toFixed(0)} MB of JSON`);
await client.close();
await platform.stop();

const CLIENTS = 64;
const etcd = await startEtcd();
if (etcd) {
  const peers = await Promise.all(Array.from({ length: CLIENTS }, etcd.connect));
  const texts = items.map((pod) => JSON.stringify(pod));
  const rate = await perSecond(CLIENTS, COUNT * 3, async (at, index) =>
    peers[index]?.put(`/registry/pods/default/${at % COUNT}`, texts[at % COUNT] ?? ''),
  );
  console.log(`etcd: the writes alone of ${COUNT} pods ${((COUNT * 3) / rate).toFixed(1)} s`);
  for (const peer of peers) peer.end();
  await etcd.stop();
} else console.log('etcd is not installed');
