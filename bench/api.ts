/**
 * Durable creates and reads through the API over TLS at 1, 16 and 256 clients, beside etcd's puts and gets of the same
 * bytes over plain HTTP in the same run. Bounded; loopback only.
 */
import { CONFIG_MAPS } from '@argosy/kube';

import { aConfigMap, beside, perSecond, startPlatform } from './peers/cluster.ts';
import { startEtcd } from './peers/etcd.ts';

const CLIENTS = [1, 16, 256] as const;
const CONNECTIONS = 32;
const countFor = (clients: number): number => (clients === 1 ? 800 : 6_000);

const platform = await startPlatform('--runtime', 'simulated');
const etcd = await startEtcd(CONNECTIONS);
const pool = Array.from({ length: CONNECTIONS }, () => platform.connect());
const clientOf = (client: number) => pool[client % pool.length] ?? platform.connect();

for (const clients of CLIENTS) {
  const count = countFor(clients);
  const ours = await perSecond(clients, count, (at, client) =>
    clientOf(client).create(CONFIG_MAPS, aConfigMap(`c-${clients}-${at}`)),
  );
  const theirs =
    etcd &&
    (await perSecond(clients, count, (at) =>
      etcd.put(`/registry/configmaps/c-${clients}-${at}`, JSON.stringify(aConfigMap(`c-${clients}-${at}`))),
    ));
  console.log(beside(`durable creates, ${clients} clients`, ours, theirs, '/s'));
}
for (const clients of CLIENTS) {
  const count = countFor(clients);
  const ours = await perSecond(clients, count, (at, client) =>
    clientOf(client).get(CONFIG_MAPS, { namespace: 'default', name: `c-${clients}-${at}` }),
  );
  const theirs = etcd && (await perSecond(clients, count, (at) => etcd.get(`/registry/configmaps/c-${clients}-${at}`)));
  console.log(beside(`reads, ${clients} clients`, ours, theirs, '/s'));
}
await Promise.all(pool.map((client) => client.close()));
await platform.stop();
await etcd?.stop();
