/**
 * Durable creates and reads through the API over TLS at 1, 16 and 256 clients, beside etcd's puts and gets of the same
 * bytes over plain HTTP in the same run. A client is a connection with one request at a time. Bounded; loopback only.
 */
import { aConfigMapText, beside, perSecond, startPlatform } from './peers/cluster.ts';
import { startEtcd } from './peers/etcd.ts';

const CLIENTS = [1, 16, 256] as const;
const WARM_UP = 64;
const countFor = (clients: number): number => (clients === 1 ? 1_500 : clients === WARM_UP ? 4_000 : 16_000);

const platform = await startPlatform('--runtime', 'simulated');
const etcd = await startEtcd();

/** Connects for one measurement: servers end connections that idle. */
const rateOf = async <C extends { end(): void }>(
  clients: number,
  connect: () => Promise<C>,
  work: (client: C, at: number) => Promise<unknown>,
): Promise<number> => {
  const all = await Promise.all(Array.from({ length: clients }, connect));
  const rate = await perSecond(clients, countFor(clients), async (at, client) => work(all[client] as C, at));
  for (const client of all) client.end();
  return rate;
};

for (const clients of [WARM_UP, ...CLIENTS]) {
  const name = (at: number): string => `c-${clients}-${at}`;
  const key = (at: number): string => `/registry/configmaps/default/${name(at)}`;
  const created = await rateOf(clients, platform.connectLean, (client, at) => client.create(name(at)));
  const put =
    etcd && (await rateOf(clients, etcd.connect, (client, at) => client.put(key(at), aConfigMapText(name(at)))));
  const read = await rateOf(clients, platform.connectLean, (client, at) => client.get(name(at)));
  const got = etcd && (await rateOf(clients, etcd.connect, (client, at) => client.get(key(at))));
  // The first round only warms both up.
  if (clients === WARM_UP) continue;
  console.log(beside(`durable creates, ${clients} clients`, created, put, '/s'));
  console.log(beside(`reads, ${clients} clients`, read, got, '/s'));
}
await platform.stop();
await etcd?.stop();
