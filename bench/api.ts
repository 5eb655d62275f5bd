/**
 * The embedded API over TLS with the durable store: creates a second at several numbers of clients, the delay from a
 * write to its watcher, and the time of a long list. Bounded; loopback only.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { createSystemClock, createSystemRandom, silentLogger } from '@argosy/base';
import { createHttpClient } from '@argosy/client';
import { createApiServer, createPki, openLmdbStore } from '@argosy/cluster';
import { CONFIG_MAPS, type ConfigMap } from '@argosy/kube';

const CREATES = 6000;
const clock = createSystemClock();
const directory = await mkdtemp(path.join(os.tmpdir(), 'argosy-bench-'));
const server = await createApiServer(
  { store: openLmdbStore({ directory }), clock, random: createSystemRandom(), log: silentLogger },
  { kinds: [] },
);
const pki = await createPki({ clock }, ['127.0.0.1']);
const http = await server.serve({
  host: '127.0.0.1',
  port: 0,
  security: {
    certificate: pki.serverCertificate,
    key: pki.serverKey,
    clientAuthority: pki.authority,
    token: pki.token,
  },
});
const connect = () =>
  createHttpClient({ server: http.url, authority: pki.authority, token: pki.token, namespace: 'default' });
const aConfigMap = (name: string): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  data: { text: 'x'.repeat(1000) },
});

for (const clients of [1, 16, 64]) {
  const pool = Array.from({ length: Math.min(clients, 16) }, connect);
  const count = clients === 1 ? CREATES / 10 : CREATES;
  let next = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async (_, worker) => {
      const client = pool[worker % pool.length]!;
      for (let at = next++; at < count; at = next++) await client.create(CONFIG_MAPS, aConfigMap(`c-${clients}-${at}`));
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  console.log(`durable creates, ${String(clients).padStart(2)} clients: ${Math.round(count / seconds)}/s`);
  await Promise.all(pool.map((client) => client.close()));
}

const watcher = connect();
const writer = connect();
const sentAt = new Map<string, number>();
const delays: number[] = [];
const stop = new AbortController();
const { metadata } = await watcher.list(CONFIG_MAPS, { namespace: 'default', limit: 1 });
const watching = (async () => {
  for await (const event of watcher.watch(CONFIG_MAPS, {
    namespace: 'default',
    resourceVersion: metadata.resourceVersion ?? '',
    signal: stop.signal,
  })) {
    const sent = event.type === 'ADDED' ? sentAt.get(event.object.metadata.name ?? '') : undefined;
    if (sent !== undefined) delays.push(performance.now() - sent);
    if (delays.length === 1000) return;
  }
})();
for (let at = 0; at < 1000; at += 1) {
  sentAt.set(`w-${at}`, performance.now());
  await writer.create(CONFIG_MAPS, aConfigMap(`w-${at}`));
}
await watching;
stop.abort();
delays.sort((left, right) => left - right);
console.log(`write to watcher: median ${delays[500]!.toFixed(2)} ms, p99 ${delays[990]!.toFixed(2)} ms`);

const lists: number[] = [];
for (let at = 0; at < 5; at += 1) {
  const started = performance.now();
  await watcher.list(CONFIG_MAPS, { namespace: 'default' });
  lists.push(performance.now() - started);
}
lists.sort((left, right) => left - right);
console.log(
  `list of ${(await watcher.list(CONFIG_MAPS, { namespace: 'default' })).items.length} objects: median ${lists[2]!.toFixed(0)} ms, parsed by the client`,
);

await Promise.all([watcher.close(), writer.close()]);
await http.close();
await server.close();
await rm(directory, { recursive: true });
