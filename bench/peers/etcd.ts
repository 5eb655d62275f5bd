/**
 * etcd as a peer, where the system has it (Debian: etcd-server): one member on loopback with a folder of its own, spoken
 * to through its JSON gateway. Plain HTTP, where ours is TLS.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

import { Pool } from 'undici';

/** A running member. */
export interface EtcdPeer {
  put(key: string, value: string): Promise<void>;
  get(key: string): Promise<string>;
  /** Calls back for each put below a prefix; resolves when the watch is set up. */
  watch(prefix: string, onPut: (key: string) => void): Promise<() => void>;
  stop(): Promise<void>;
}

/** Starts one; undefined where the program is missing. */
export const startEtcd = async (connections: number): Promise<EtcdPeer | undefined> => {
  if (spawnSync('etcd', ['--version']).status !== 0) return undefined;
  const directory = await mkdtemp(path.join(os.tmpdir(), 'argosy-etcd-'));
  const [client, peer] = await Promise.all([freePort(), freePort()]);
  const url = `http://127.0.0.1:${client}`;
  const child = spawn(
    'etcd',
    [
      '--data-dir',
      directory,
      '--listen-client-urls',
      url,
      '--advertise-client-urls',
      url,
      '--listen-peer-urls',
      `http://127.0.0.1:${peer}`,
      '--initial-advertise-peer-urls',
      `http://127.0.0.1:${peer}`,
      '--initial-cluster',
      `default=http://127.0.0.1:${peer}`,
      '--log-level',
      'error',
    ],
    { stdio: 'ignore' },
  );
  const pool = new Pool(url, { connections });
  await untilHealthy(pool);
  return {
    put: async (key, value) => void (await call(pool, '/v3/kv/put', { key: encode(key), value: encode(value) })),
    get: async (key) => call(pool, '/v3/kv/range', { key: encode(key) }),
    watch: (prefix, onPut) => watch(url, prefix, onPut),
    stop: () => stop(child, pool, directory),
  };
};

const encode = (text: string): string => Buffer.from(text).toString('base64');

const call = async (pool: Pool, route: string, body: object): Promise<string> => {
  const answer = await pool.request({ path: route, method: 'POST', body: JSON.stringify(body) });
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`etcd answered ${answer.statusCode}: ${text.slice(0, 200)}`);
  return text;
};

const watch = async (url: string, prefix: string, onPut: (key: string) => void): Promise<() => void> => {
  const pool = new Pool(url, { connections: 1 });
  const last = prefix.charCodeAt(prefix.length - 1) + 1;
  const end = `${prefix.slice(0, -1)}${String.fromCharCode(last)}`;
  const { body } = await pool.request({
    path: '/v3/watch',
    method: 'POST',
    bodyTimeout: 0,
    body: JSON.stringify({ create_request: { key: encode(prefix), range_end: encode(end) } }),
  });
  let created: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => (created = resolve));
  void (async () => {
    let rest = '';
    for await (const part of body) {
      rest += String(part);
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const message = JSON.parse(line) as {
          readonly result?: {
            readonly created?: boolean;
            readonly events?: readonly { readonly kv: { readonly key: string } }[];
          };
        };
        if (message.result?.created) created();
        for (const event of message.result?.events ?? []) onPut(Buffer.from(event.kv.key, 'base64').toString());
      }
    }
  })().catch(() => undefined);
  await ready;
  return () => void pool.destroy();
};

const untilHealthy = async (pool: Pool): Promise<void> => {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const isUp = await pool
      .request({ path: '/health', method: 'GET' })
      .then(async ({ statusCode, body }) => (await body.text(), statusCode === 200))
      .catch(() => false);
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('etcd did not start');
};

const stop = async (child: ChildProcess, pool: Pool, directory: string): Promise<void> => {
  await pool.destroy();
  const ended = new Promise((resolve) => child.on('exit', resolve));
  child.kill('SIGTERM');
  await ended;
  await rm(directory, { recursive: true, force: true });
};

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
