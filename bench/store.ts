/**
 * The store alone, in this process and on disk, beside etcd in the same run: puts, gets and watches at 1, 16 and 256
 * clients, and what an object costs in memory over its bytes. etcd is asked over its JSON gateway, so its figures have a
 * network in them that ours have not: what the API adds to ours is in the benchmarks `api` and `watch`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { createSystemClock, createSystemRandom } from '@argosy/base';
import { openLmdbStore, type Store } from '@argosy/cluster';
import type { KubeObject } from '@argosy/kube';

import { aConfigMapText, beside, perSecond, quantile } from './peers/cluster.ts';
import { startEtcd, type EtcdClient } from './peers/etcd.ts';

const CLIENTS = [1, 16, 256] as const;
const RESOURCE = '/configmaps';
const WATCHED = 200;
const KEPT = 50_000;
const countFor = (clients: number): number => (clients === 1 ? 1_500 : 16_000);

const put = (store: Store, name: string): Promise<KubeObject> =>
  store.write(RESOURCE, { namespace: 'default', name }, () => ({
    kind: 'put',
    object: JSON.parse(aConfigMapText(name)) as KubeObject,
  }));

const withStore = async (work: (store: Store) => Promise<void>): Promise<void> => {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'argosy-bench-'));
  const store = openLmdbStore({ directory, clock: createSystemClock(), random: createSystemRandom() });
  await work(store);
  await store.close();
  rmSync(directory, { recursive: true, force: true });
};

const puts = async (store: Store, peers: readonly EtcdClient[] | undefined, clients: number): Promise<void> => {
  const rateOf = (work: (at: number, client: number) => Promise<unknown>): Promise<number> =>
    perSecond(clients, countFor(clients), work);
  const name = (at: number): string => `c-${clients}-${at}`;
  const ours = await rateOf((at) => put(store, name(at)));
  const theirs = peers && (await rateOf(async (at, client) => peers[client]?.put(name(at), aConfigMapText(name(at)))));
  console.log(beside(`durable puts, ${clients} clients`, ours, theirs, '/s'));
  const got = await rateOf(async (at) => store.get(RESOURCE, { namespace: 'default', name: name(at) }));
  const asked = peers && (await rateOf(async (at, client) => peers[client]?.get(name(at))));
  console.log(beside(`gets, ${clients} clients`, got, asked, '/s'));
};

/** From the beginning of a put to each of its watchers, one put at a time. */
const watchDelays = async (
  watchers: number,
  of: { watch: (index: number, seen: () => void) => void; put: (name: string) => Promise<unknown> },
) => {
  const delays: number[] = [];
  let started = 0;
  let missing = 0;
  let done = (): void => undefined;
  const seen = (): void => {
    delays.push(performance.now() - started);
    if (--missing === 0) done();
  };
  for (let index = 0; index < watchers; index += 1) of.watch(index, seen);
  await new Promise((resolve) => setTimeout(resolve, 200));
  for (let at = 0; at < WATCHED; at += 1) {
    missing = watchers;
    const all = new Promise<void>((resolve) => (done = resolve));
    started = performance.now();
    await of.put(`watched-${watchers}-${at}`);
    await all;
  }
  return delays;
};

const watches = async (store: Store, peers: readonly EtcdClient[] | undefined, watchers: number): Promise<void> => {
  const stop = new AbortController();
  const ours = await watchDelays(watchers, {
    watch: (_, seen) =>
      void (async () => {
        for await (const _event of store.watch(RESOURCE, { from: store.revision, signal: stop.signal })) seen();
      })(),
    put: (name) => put(store, name),
  });
  stop.abort();
  const writer = peers?.[0];
  const theirs =
    writer &&
    (await watchDelays(watchers, {
      watch: (index, seen) =>
        peers[index + 1]?.watch('watched-', (bytes) => {
          if (bytes.includes('"kv"')) seen();
        }),
      put: (name) => writer.put(name, aConfigMapText(name)),
    }));
  const told = (delays: readonly number[]): string =>
    `median ${quantile(delays, 0.5).toFixed(2)} ms, p99 ${quantile(delays, 0.99).toFixed(2)} ms`;
  console.log(
    `put to ${watchers} watchers`.padEnd(34),
    told(ours),
    theirs ? `  etcd ${told(theirs)}` : '  etcd is not installed',
  );
};

/** Heap and buffers after garbage was collected, in bytes. */
const memoryInUse = (): number => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

const memory = async (store: Store): Promise<void> => {
  const before = memoryInUse();
  await perSecond(256, KEPT, (at) => put(store, `kept-${at}`));
  const grown = memoryInUse() - before;
  const { items } = store.list(RESOURCE);
  const bytes = items.slice(-KEPT).reduce((sum, object) => sum + JSON.stringify(object).length, 0);
  console.log(
    `memory for ${KEPT.toLocaleString('en')} objects of ${Math.round(bytes / KEPT)} bytes`.padEnd(34),
    `${Math.round(grown / KEPT)} bytes each, ${Math.round((grown - bytes) / KEPT)} over their own`,
  );
};

const etcd = await startEtcd();
const peers = etcd && (await Promise.all(Array.from({ length: 257 }, etcd.connect)));
await withStore(async (store) => {
  await perSecond(64, 3_000, (at) => put(store, `warm-${at}`));
  for (const clients of CLIENTS) await puts(store, peers, clients);
  for (const clients of CLIENTS) await watches(store, peers, clients);
});
for (const peer of peers ?? []) peer.end();
await etcd?.stop();
await withStore(memory);
