/**
 * Our API server over TLS with the durable store, in a process of its own as users run it, and clients of it.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { createHttpClient, readKubeconfig, type HttpClient } from '@argosy/client';
import type { ConfigMap } from '@argosy/kube';

/** A running platform. */
export interface RunningPlatform {
  connect(): HttpClient;
  /** Resident memory in MB; NaN where it cannot be read. */
  residentMb(): Promise<number>;
  stop(): Promise<void>;
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
  return {
    connect: () => createHttpClient(readKubeconfig(path.join(directory, 'kubeconfig'))),
    residentMb: async () => {
      const { readFile } = await import('node:fs/promises');
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024;
    },
    stop: async () => {
      child.removeAllListeners('exit');
      const ended = new Promise((resolve) => child.on('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
};

/** An object of about 1.5 KB. */
export const aConfigMap = (name: string): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  data: { text: 'x'.repeat(1000) },
});

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
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((left, right) => left - right);
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
