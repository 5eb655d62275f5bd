/**
 * Our API server over TLS with the durable store, in a process of its own as users run it, and clients of it.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { createHttpClient, readKubeconfig, type HttpClient } from '@argosy/client';

import { residentMbOf } from './etcd.ts';
import { connectLean, leanRequest, type LeanConnection } from './lean-http.ts';

/** A running platform. */
export interface RunningPlatform {
  /** The client programs use. */
  connect(): HttpClient;
  /** A client that costs next to nothing. */
  readonly connectLean: () => Promise<ConfigMapClient>;
  /** File that says where it is and who may ask. */
  readonly kubeconfig: string;
  /** Resident memory in MB; NaN where it cannot be read. */
  residentMb(): Promise<number>;
  stop(): Promise<void>;
}

/** Speaks to the configuration maps of the namespace `default` over one connection. */
export interface ConfigMapClient {
  create(name: string): Promise<unknown>;
  get(name: string): Promise<Buffer>;
  /** Reads any other path. */
  read(path: string): Promise<Buffer>;
  /** Gives the bytes of a watch of them all, from now on. */
  watch(onBytes: (bytes: Buffer) => void): Promise<void>;
  end(): void;
}

const BUILT = new URL('../../apps/argosy/dist/argosy.mjs', import.meta.url).pathname;
const FREE_PORTS = ['port', 'kube-port', 'gateway-port', 'gateway-metrics-port'].flatMap((name) => [`--${name}`, '0']);

/** Starts one on a new folder. */
export const startPlatform = async (...flags: readonly string[]): Promise<RunningPlatform> => {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'argosy-bench-'));
  const child = spawn(process.execPath, [BUILT, 'up', '--data', directory, ...FREE_PORTS, ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (part: Buffer) => part.toString('utf8').includes('  data ') && resolve());
    child.on('exit', (code) => reject(new Error(`the platform ended with ${code}`)));
  });
  const kubeconfig = path.join(directory, 'kubeconfig');
  return {
    connect: () => createHttpClient(readKubeconfig(kubeconfig)),
    connectLean: () => connectConfigMaps(kubeconfig),
    kubeconfig,
    residentMb: () => residentMbOf(child.pid),
    stop: async () => {
      child.removeAllListeners('exit');
      const ended = new Promise((resolve) => child.on('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
};

const CONFIG_MAPS_PATH = '/api/v1/namespaces/default/configmaps';

/** Connects to the platform of a kubeconfig. */
export const connectConfigMaps = async (kubeconfig: string): Promise<ConfigMapClient> => {
  const access = readKubeconfig(kubeconfig);
  const { hostname, port } = new URL(access.server);
  const { clientCertificate: certificate = '', clientKey: key = '' } = await access.credentials.current();
  const connection: LeanConnection = await connectLean({
    host: hostname,
    port: Number(port),
    tls: { authority: access.authority ?? '', certificate, key },
  });
  return {
    create: (name) => connection.send(leanRequest('POST', CONFIG_MAPS_PATH, '', aConfigMapText(name))),
    get: (name) => connection.send(leanRequest('GET', `${CONFIG_MAPS_PATH}/${name}`, '')),
    read: (path) => connection.send(leanRequest('GET', path, '')),
    watch: async (onBytes) => {
      const list = await connection.send(leanRequest('GET', `${CONFIG_MAPS_PATH}?limit=1`, ''));
      const version = /"resourceVersion":"(\d+)"/.exec(list.toString('latin1'))?.[1];
      connection.stream(leanRequest('GET', `${CONFIG_MAPS_PATH}?watch=true&resourceVersion=${version}`, ''), onBytes);
    },
    end: () => connection.end(),
  };
};

/** JSON of an object that is about 1.5 KB once stored. */
export const aConfigMapText = (name: string): string =>
  `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"${name}","namespace":"default"},"data":{"text":"${TEXT}"}}`;

/** Bytes of the text in it. */
export const TEXT_BYTES = 1250;

const TEXT = 'x'.repeat(TEXT_BYTES);

/** Runs `work` for each number below `count` with so many at once; resolves with calls a second. */
export const perSecond = async (
  clients: number,
  count: number,
  work: (at: number, client: number) => Promise<unknown>,
): Promise<number> => {
  let next = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      for (let at = next++; at < count; at = next++) await work(at, client);
    }),
  );
  return count / ((performance.now() - started) / 1000);
};

/** A value at a share of sorted ones. */
export const quantile = (values: ArrayLike<number>, share: number): number => {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
};

/** Ours beside the peer's, and the ratio. */
export const beside = (what: string, ours: number, theirs: number | undefined, unit: string): string => {
  const peer =
    theirs === undefined
      ? 'etcd is not installed'
      : `etcd ${Math.round(theirs).toLocaleString('en')}${unit}, ratio ${(ours / theirs).toFixed(2)}`;
  return `${what.padEnd(34)} ${Math.round(ours).toLocaleString('en')}${unit}   ${peer}`;
};
