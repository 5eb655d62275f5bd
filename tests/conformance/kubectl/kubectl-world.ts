/**
 * A cluster of this process and the real kubectl that talks to it over TLS. Every test file has one of its own, on a free port.
 */
import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';

import { createSystemClock, createSystemRandom, silentLogger } from '@argosy/base';
import { createInformerSet, type Client } from '@argosy/client';
import {
  createApiServer,
  createBuiltinLoops,
  createCertificateSigner,
  createKubelet,
  createMemoryStore,
  createPki,
  createProcessRuntime,
  createSimulatedRuntime,
  writeKubeconfig,
  type ApiServer,
  type KubeServer,
} from '@argosy/cluster';
import { createRecorder } from '@argosy/controller';

import { CEL_CONDITIONS, CEL_RULES } from '../../../apps/argosy/src/platform/cluster/validation-rules.ts';

const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;
if (!hasKubectl && (process.env['ARGOSY_REQUIRE'] ?? '').split(',').includes('kubectl'))
  throw new Error('kubectl is required here and was not found');

/** What a command printed and how it ended. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** kubectl, and the cluster behind it. */
export interface KubectlWorld {
  readonly folder: string;
  readonly client: Client;
  readonly url: string;
  readonly authority: string;
  /** Runs kubectl as the administrator. */
  readonly run: (args: readonly string[], input?: string, env?: Readonly<Record<string, string>>) => Promise<Ran>;
  /** Runs a command that must succeed; returns what it printed. Words are separated by single spaces. */
  readonly k: (command: string, input?: string) => Promise<string>;
  /** Runs a command that must not succeed; returns what it complained of. */
  readonly refused: (command: string, input?: string) => Promise<string>;
  /** Runs kubectl with nothing but this token. */
  readonly withToken: (token: string, command: string) => Promise<Ran>;
  /** Starts kubectl and leaves it running; it ends with the world. */
  readonly start: (args: readonly string[]) => ChildProcess;
  /** Called when the world ends. */
  readonly onClose: (close: () => void) => void;
  /** Repeats a look until it finds something; fails after ten seconds. */
  readonly until: <T>(what: string, look: () => Promise<T | undefined | false>) => Promise<T>;
}

/** Describes a feature of kubectl; skipped by name where there is none. The world is made before the first case. */
export const describeKubectl = (
  name: string,
  options: { readonly runtime?: 'process' | 'simulated' },
  cases: (world: () => KubectlWorld) => void,
): void => {
  describe.skipIf(!hasKubectl)(`kubectl ${name}${hasKubectl ? '' : ' (skipped: kubectl is not installed)'}`, () => {
    let started: { readonly world: KubectlWorld; close(): Promise<void> } | undefined;
    beforeAll(async () => {
      started = await startWorld(options.runtime);
    });
    afterAll(async () => started?.close());
    cases(() => started!.world);
  });
};

const startWorld = async (runtimeName: 'process' | 'simulated' | undefined) => {
  const clock = createSystemClock();
  const random = createSystemRandom();
  const log = silentLogger;
  const folder = await mkdtemp(path.join(os.tmpdir(), 'argosy-kubectl-'));
  const server = await createApiServer(
    { store: createMemoryStore(), clock, random, log },
    { kinds: [], rules: CEL_RULES, conditions: CEL_CONDITIONS },
  );
  const { client } = server;
  const pki = await createPki({ clock, random }, ['127.0.0.1', 'localhost']);
  const { serverCertificate: certificate, serverKey: key, authority: clientAuthority, token } = pki;
  const security = { certificate, key, clientAuthority, token };
  const http = await server.serve({ host: '127.0.0.1', port: 0, security });
  writeKubeconfig(path.join(folder, 'kubeconfig'), { server: http.url, pki });
  await writeFile(path.join(folder, 'ca.crt'), pki.authority);
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const informers = createInformerSet({ client, clock, random, log });
  const recorder = createRecorder({ client, clock, random, log }, { component: 'test' });
  const shared = { client, informers, recorder, clock, random, log };
  const loops = await createBuiltinLoops(shared, {
    rootCertificate: pki.authority,
    signCertificate: createCertificateSigner(shared, pki.signer),
  });
  const runtime =
    runtimeName === 'process'
      ? createProcessRuntime(
          { clock, log },
          { directory: path.join(folder, 'pods'), hidden: [], env: { PATH: process.env['PATH'] ?? '' } },
        )
      : createSimulatedRuntime({ clock }, { seed: 1 });
  const kubelet = runtimeName && createKubelet({ ...shared, runtime, supervisors: [] }, { nodeName: 'argosy' });
  if (kubelet) server.setPodAccess(kubelet);
  const running = Promise.all([
    informers.run(stop.signal),
    ...loops.map((loop) => loop.run(stop.signal)),
    ...(kubelet ? [kubelet.run(stop.signal)] : []),
  ]);
  const { world, closers } = createWorld({ folder, client, url: http.url, authority: pki.authority });
  return { world, close: () => closeWorld({ folder, stop, running, server, http, closers }) };
};

const closeWorld = async (of: {
  readonly folder: string;
  readonly stop: AbortController;
  readonly running: Promise<unknown>;
  readonly server: ApiServer;
  readonly http: KubeServer;
  readonly closers: readonly (() => void)[];
}): Promise<void> => {
  for (const close of of.closers) close();
  of.stop.abort();
  await of.running;
  await of.http.close();
  await of.server.close();
  await rm(of.folder, { recursive: true, force: true });
};

const createWorld = (of: Pick<KubectlWorld, 'folder' | 'client' | 'url' | 'authority'>) => {
  const closers: (() => void)[] = [];
  const env = (config: string) => ({
    PATH: process.env['PATH'] ?? '',
    HOME: of.folder,
    KUBECONFIG: config,
  });
  const own = path.join(of.folder, 'kubeconfig');
  const execute = (
    args: readonly string[],
    config: string,
    more: { readonly input?: string | undefined; readonly env?: Readonly<Record<string, string>> | undefined } = {},
  ): Promise<Ran> =>
    new Promise((resolve) => {
      const options = { env: { ...env(config), ...more.env }, timeout: 30_000 };
      const child = execFile('kubectl', [...args], options, (error, out, err) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, out, err }),
      );
      child.stdin?.end(more.input ?? '');
    });
  const run: KubectlWorld['run'] = (args, input, more) => execute(args, own, { input, env: more });
  const world: KubectlWorld = {
    ...of,
    run,
    k: async (command, input) => {
      const { code, out, err } = await run(command.split(' '), input);
      if (code !== 0) throw new Error(`kubectl ${command}: ${err}${out}`);
      return out.trim();
    },
    refused: async (command, input) => {
      const { code, err } = await run(command.split(' '), input);
      expect(code, `kubectl ${command} must not succeed`).not.toBe(0);
      return err.trim();
    },
    withToken: (token, command) =>
      execute(
        [
          `--server=${of.url}`,
          `--certificate-authority=${path.join(of.folder, 'ca.crt')}`,
          `--token=${token}`,
          ...command.split(' '),
        ],
        '/dev/null',
      ),
    start: (args) => {
      const child = spawn('kubectl', [...args], { env: env(own) });
      closers.push(() => child.kill());
      return child;
    },
    onClose: (close) => void closers.push(close),
    until: async (what, look) => {
      for (const end = Date.now() + 10_000; ;) {
        const found = await look();
        if (found !== undefined && found !== false) return found;
        if (Date.now() > end) throw new Error(`never happened: ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
  };
  return { world, closers };
};
