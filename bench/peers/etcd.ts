/**
 * etcd as a peer, where the system has it (Debian: etcd-server): one member on loopback with a folder of its own, spoken
 * to through its JSON gateway by the same lean client as ours. Plain HTTP, where ours is TLS.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

import { connectLean, leanRequest, type LeanConnection, type LeanTarget } from './lean-http.ts';

/** A running member. */
export interface EtcdPeer {
  /** Opens a connection of its own. */
  readonly connect: () => Promise<EtcdClient>;
  /** Port of its JSON gateway, on loopback. */
  readonly port: number;
  /** Resident memory in MB; NaN where it cannot be read. */
  residentMb(): Promise<number>;
  stop(): Promise<void>;
}

/** One connection. */
export interface EtcdClient {
  put(key: string, value: string): Promise<unknown>;
  get(key: string): Promise<Buffer>;
  /** Everything below a prefix, at most so many. */
  list(prefix: string, limit?: number): Promise<Buffer>;
  /** Gives the bytes of a watch of everything below a prefix; keys in it are base64. */
  watch(prefix: string, onBytes: (bytes: Buffer) => void): void;
  end(): void;
}

/** Starts one; undefined where the program is missing. */
export const startEtcd = async (): Promise<EtcdPeer | undefined> => {
  if (spawnSync('etcd', ['--version']).status !== 0) return undefined;
  const directory = await mkdtemp(path.join(os.tmpdir(), 'argosy-etcd-'));
  const [port, peerPort] = await Promise.all([freePort(), freePort()]);
  const [url, peer] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${peerPort}`];
  const addresses = ['--listen-client-urls', url, '--advertise-client-urls', url, '--listen-peer-urls', peer];
  const cluster = ['--initial-advertise-peer-urls', peer, '--initial-cluster', `default=${peer}`];
  const child = spawn('etcd', ['--data-dir', directory, ...addresses, ...cluster, '--log-level', 'error'], {
    stdio: 'ignore',
  });
  await untilHealthy(() => connectLean(onLoopback(port)));
  return {
    connect: () => connectEtcd(port),
    port,
    residentMb: () => residentMbOf(child.pid),
    stop: async () => {
      const ended = new Promise((resolve) => child.on('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
};

/** Connects to the member on a port. */
export const connectEtcd = async (port: number): Promise<EtcdClient> => clientOver(await connectLean(onLoopback(port)));

const onLoopback = (port: number): LeanTarget => ({ host: '127.0.0.1', port });

/** Resident memory of a process in MB; NaN where it cannot be read. */
export const residentMbOf = async (pid: number | undefined): Promise<number> => {
  const { readFile } = await import('node:fs/promises');
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024;
};

const encode = (text: string): string => Buffer.from(text, 'latin1').toString('base64');

/** The first key after all that begin with a prefix. */
const endOf = (prefix: string): string =>
  `${prefix.slice(0, -1)}${String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)}`;

const clientOver = (connection: LeanConnection): EtcdClient => ({
  put: (key, value) =>
    connection.send(leanRequest('POST', '/v3/kv/put', '', `{"key":"${encode(key)}","value":"${encode(value)}"}`)),
  get: (key) => connection.send(leanRequest('POST', '/v3/kv/range', '', `{"key":"${encode(key)}"}`)),
  list: (prefix, limit = 0) => {
    const body = `{"key":"${encode(prefix)}","range_end":"${encode(endOf(prefix))}","limit":${limit}}`;
    return connection.send(leanRequest('POST', '/v3/kv/range', '', body));
  },
  watch: (prefix, onBytes) => {
    const body = `{"create_request":{"key":"${encode(prefix)}","range_end":"${encode(endOf(prefix))}"}}`;
    connection.stream(leanRequest('POST', '/v3/watch', '', body), onBytes);
  },
  end: () => connection.end(),
});

const untilHealthy = async (connect: () => Promise<LeanConnection>): Promise<void> => {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const connection = await connect().catch(() => undefined);
    const isUp = await connection?.send(leanRequest('GET', '/health', '')).then(
      () => true,
      () => false,
    );
    connection?.end();
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('etcd did not start');
};

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
