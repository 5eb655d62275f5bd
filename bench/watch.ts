/**
 * From a write to its watchers: 100 watchers, about 1,000 events a second for five seconds, beside etcd's watch in the
 * same run.
 */
import { CONFIG_MAPS } from '@argosy/kube';

import { aConfigMap, quantile, startPlatform } from './peers/cluster.ts';
import { startEtcd } from './peers/etcd.ts';

const WATCHERS = 100;
const WRITES = 1_000;
/** Writers that take turns, so that about a thousand writes end in a second. */
const WRITERS = 8;
const SECONDS = 5;

/** Writes at a steady pace and measures each delivery. */
const measure = async (of: {
  readonly subscribe: (index: number, seen: (name: string) => void) => Promise<() => void>;
  readonly write: (name: string, writer: number) => Promise<unknown>;
}): Promise<readonly number[]> => {
  const sentAt = new Map<string, number>();
  const delays: number[] = [];
  const seen = (name: string): void => {
    const sent = sentAt.get(name);
    if (sent !== undefined) delays.push(performance.now() - sent);
  };
  const stops = await Promise.all(Array.from({ length: WATCHERS }, (_, index) => of.subscribe(index, seen)));
  let next = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: WRITERS }, async (_, writer) => {
      for (let at = next++; at < WRITES * SECONDS; at = next++) {
        const due = started + at;
        if (performance.now() < due) await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
        sentAt.set(`w-${at}`, performance.now());
        await of.write(`w-${at}`, writer);
      }
    }),
  );
  const took = (performance.now() - started) / 1000;
  for (let wait = 0; wait < 100 && delays.length < WRITES * SECONDS * WATCHERS; wait += 1)
    await new Promise((resolve) => setTimeout(resolve, 50));
  for (const stop of stops) stop();
  console.log(
    `  ${Math.round((WRITES * SECONDS) / took)} writes/s, ${delays.length} of ${WRITES * SECONDS * WATCHERS} deliveries`,
  );
  return delays;
};

const describe = (who: string, delays: readonly number[]): void =>
  console.log(
    `${who.padEnd(8)} median ${quantile(delays, 0.5).toFixed(2)} ms, p99 ${quantile(delays, 0.99).toFixed(2)} ms`,
  );

const platform = await startPlatform('--runtime', 'simulated');
const writers = Array.from({ length: WRITERS }, () => platform.connect());
const watchers = Array.from({ length: WATCHERS }, () => platform.connect());
describe(
  'argosy',
  await measure({
    subscribe: async (index, seen) => {
      const client = watchers[index] ?? platform.connect();
      const { metadata } = await client.list(CONFIG_MAPS, { namespace: 'default', limit: 1 });
      const stop = new AbortController();
      void (async () => {
        const options = { namespace: 'default', resourceVersion: metadata.resourceVersion ?? '', signal: stop.signal };
        for await (const event of client.watch(CONFIG_MAPS, options))
          if (event.type === 'ADDED') seen(event.object.metadata.name ?? '');
      })().catch(() => undefined);
      return () => stop.abort();
    },
    write: (name, writer) => (writers[writer] ?? platform.connect()).create(CONFIG_MAPS, aConfigMap(name)),
  }),
);
await Promise.all([...writers, ...watchers].map((client) => client.close()));
await platform.stop();

const etcd = await startEtcd(WRITERS);
if (etcd) {
  describe(
    'etcd',
    await measure({
      subscribe: (_, seen) => etcd.watch('/bench/', (key) => seen(key.slice('/bench/'.length))),
      write: (name) => etcd.put(`/bench/${name}`, JSON.stringify(aConfigMap(name))),
    }),
  );
  await etcd.stop();
} else console.log('etcd is not installed');
