/**
 * The composition root of the embedded platform: ports to the machine, the cluster, its loops, the gateway, the door.
 */
import { setMaxListeners } from 'node:events';
import path from 'node:path';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import { fileURLToPath } from 'node:url';

import { createSystemClock, Failure } from '@argosy/base';
import { createInformerSet, type Client } from '@argosy/client';
import {
  API_SERVER_NAMES,
  createApiServer,
  createBuiltinLoops,
  createCertificateSigner,
  createGateway,
  createKubelet,
  createMemoryStore,
  createPki,
  createServiceNetwork,
  ensurePki,
  openLmdbStore,
  writeKubeconfig,
  type ApiServer,
  type Gateway,
  type GatewayAddresses,
  type GatewayDeps,
  type Pki,
} from '@argosy/cluster';
import { createRecorder } from '@argosy/controller';
import { isApiError, NAMESPACES } from '@argosy/kube';
import { openDoor } from '@argosy/server';

import { CONTROL_NAMESPACE } from './control-namespace.ts';
import { createGitService } from './git-service.ts';
import { writePlatformAddress } from './platform-address.ts';
import type { MachinePorts, PlatformDeps, PlatformOptions } from './platform-options.ts';
import { createRuntime } from './pod-runtime.ts';
import { createPooledRandom } from './pooled-random.ts';
import { createProducts, PRODUCT_KINDS } from './products.ts';
import { CEL_CONDITIONS, CEL_RULES } from './validation-rules.ts';

/** A running platform. */
export interface Platform {
  readonly url: string;
  readonly gatewayUrl: string;
  readonly kubeconfig: string;
  /** Folder of the bare repositories it serves below `/git/`. */
  readonly gitDirectory: string;
  /** For what runs in the same process. */
  readonly client: Client;
  /** What to tell the user: addresses and files. */
  readonly lines: readonly string[];
  /** Drains and ends; resolves when everything is on disk. */
  stop(): Promise<void>;
}

/** The one node of an embedded cluster. */
const NODE_NAME = 'argosy';

/** Starts the platform; resolves when it is ready. Throws a Failure with one clear line. */
export const startPlatform = async (deps: PlatformDeps, options: PlatformOptions): Promise<Platform> => {
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);
  const cleanups: (() => Promise<void> | void)[] = [];
  const stop = async (): Promise<void> => {
    stopping.abort();
    for (const cleanup of cleanups.toReversed()) await cleanup();
  };
  try {
    const opened = await openPlatform(deps, options, { signal: stopping.signal, cleanups });
    return { ...opened, stop };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
};

interface Lifetime {
  readonly signal: AbortSignal;
  /** Run in reverse order at the end. */
  readonly cleanups: (() => Promise<void> | void)[];
}

const openPlatform = async (
  deps: PlatformDeps,
  options: PlatformOptions,
  { signal, cleanups }: Lifetime,
): Promise<Omit<Platform, 'stop'>> => {
  const ports: MachinePorts = { clock: createSystemClock(), random: createPooledRandom(), log: deps.log };
  const folder = openFolder(options, cleanups);
  const store = options.inMemory
    ? createMemoryStore()
    : openLmdbStore({ ...ports, directory: path.join(folder, 'store') });
  const server = await createApiServer(
    { store, ...ports },
    {
      kinds: PRODUCT_KINDS,
      rules: CEL_RULES,
      conditions: CEL_CONDITIONS,
    },
  );
  cleanups.push(() => server.close());
  const pki = await preparePki(ports, { folder, options });
  const { client } = server;
  const informers = createInformerSet({ client, ...ports });
  const recorder = createRecorder({ client, ...ports }, { component: 'argosy' });
  cleanups.push(() => recorder.flush());
  await ensureNamespace(server, CONTROL_NAMESPACE);
  const shared = { ...deps, ...ports, client, informers, recorder };
  const { gateway, addresses } = await openGateway(shared, options);
  cleanups.push(() => gateway.close());
  const products = await createProducts(shared, {
    folder,
    metricsUrl: addresses.metricsUrl,
    host: options.host,
    inMemory: options.inMemory,
    ...(options.gitSizeLimitBytes !== undefined && { gitSizeLimitBytes: options.gitSizeLimitBytes }),
  });
  cleanups.push(() => products.close());
  const kube = await server.serve({ host: options.host, port: options.kubePort, security: securityOf(pki) });
  cleanups.push(() => kube.close());
  const apiServer = localAddressOf(kube.url);
  const network = createServiceNetwork(shared, { apiServer });
  await network.open();
  cleanups.push(() => network.close());
  const runtime = await createRuntime({ ...deps, ...ports }, { folder, options, network });
  const kubelet = createKubelet(
    {
      ...shared,
      recorder: recorder.as('kubelet'),
      supervisors: products.supervisors,
      runtime,
      network,
      tokens: server.tokens,
    },
    { nodeName: NODE_NAME },
  );
  server.setPodAccess(kubelet);
  const git = createGitService({ ...deps, ...ports }, { folder, applications: products.applications });
  const builtin = await createBuiltinLoops(shared, {
    rootCertificate: pki.authority,
    signCertificate: createCertificateSigner(shared, pki.signer),
    tokens: server.tokens,
    metrics: kubelet.metrics,
    apiServer: { ...apiServer, ...(network.apiClusterIP ? { clusterIP: network.apiClusterIP } : {}) },
  });
  const running = Promise.all([
    informers.run(signal),
    kubelet.run(signal),
    gateway.run(signal),
    network.run(signal),
    ...[...builtin, ...products.loops].map((loop) => loop.run(signal)),
  ]);
  cleanups.push(async () => void (await running));
  const kubeconfig = path.join(folder, 'kubeconfig');
  writeKubeconfig(kubeconfig, { server: kube.url, pki });
  const door = await openDoor(ports, {
    host: options.host,
    port: options.port,
    routes: [...products.routes, ...git.routes],
    ...pages(),
  });
  cleanups.push(() => door.close());
  git.openedAt(door.url);
  writePlatformAddress(kubeconfig, door.url);
  await git.teller.resume(signal);
  return {
    client,
    kubeconfig,
    url: door.url,
    gatewayUrl: addresses.url,
    gitDirectory: git.directory,
    lines: describePlatform({
      url: door.url,
      kubeUrl: kube.url,
      gatewayUrl: addresses.url,
      kubeconfig,
      folder,
      options,
    }),
  };
};

/** A port nobody asked for by name must not keep a second platform from starting: a free one is taken then, and told. */
const openGateway = async (
  deps: GatewayDeps,
  options: PlatformOptions,
): Promise<{ readonly gateway: Gateway; readonly addresses: GatewayAddresses }> => {
  const { host, gatewayPort, gatewayMetricsPort } = options;
  const open = async (ports: { readonly port?: number; readonly metricsPort?: number }) => {
    const gateway = createGateway(deps, { host, ...ports });
    return { gateway, addresses: await gateway.listen() };
  };
  try {
    return await open({ port: gatewayPort, metricsPort: gatewayMetricsPort });
  } catch (thrown) {
    const isAsked = gatewayPort !== undefined && gatewayMetricsPort !== undefined;
    if (!(thrown instanceof Failure) || thrown.code !== 'PortInUse' || isAsked) throw thrown;
    return open({ port: gatewayPort ?? 0, metricsPort: gatewayMetricsPort ?? 0 });
  }
};

/** Where this machine reaches a server; one that listens everywhere is here as well. */
const localAddressOf = (url: string): { readonly address: string; readonly port: number } => {
  const { hostname, port } = new URL(url);
  const isEverywhere = hostname === '0.0.0.0' || hostname === '[::]' || hostname === 'localhost';
  return { address: isEverywhere ? '127.0.0.1' : hostname, port: Number(port) };
};

const securityOf = (pki: Pki) => ({
  certificate: pki.serverCertificate,
  key: pki.serverKey,
  clientAuthority: pki.authority,
  token: pki.token,
});

const describePlatform = (of: {
  readonly url: string;
  readonly kubeUrl: string;
  readonly gatewayUrl: string;
  readonly kubeconfig: string;
  readonly folder: string;
  readonly options: PlatformOptions;
}): readonly string[] => [
  `  platform    ${of.url}`,
  `  kubernetes  ${of.kubeUrl}`,
  `  gateway     ${of.gatewayUrl}`,
  `  kubeconfig  ${of.kubeconfig}`,
  `  git         ${of.url}/git/NAME.git (bare repositories in ${path.join(of.folder, 'git')})`,
  of.options.inMemory ? '  data        in memory, gone at the end' : `  data        ${of.folder}`,
];

/** The data folder; with nothing to keep, a temporary one for the kubeconfig and the mirrors. */
const openFolder = (options: PlatformOptions, cleanups: (() => void)[]): string => {
  if (!options.inMemory) return options.dataDirectory;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'argosy-'));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

const preparePki = (
  ports: MachinePorts,
  of: { readonly folder: string; readonly options: PlatformOptions },
): Promise<Pki> => {
  const hosts = [...new Set(['127.0.0.1', 'localhost', '::1', of.options.host, ...API_SERVER_NAMES])];
  return of.options.inMemory ? createPki(ports, hosts) : ensurePki(ports, { directory: of.folder, hosts });
};

const ensureNamespace = async (server: ApiServer, name: string): Promise<void> => {
  try {
    await server.client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  } catch (thrown) {
    if (!isApiError(thrown, 'AlreadyExists')) throw thrown;
  }
};

/** The built pages lie beside the built command; a checkout without them has none. */
const pages = (): { readonly pagesDirectory?: string } => {
  const directory = fileURLToPath(new URL('../../web/dist', import.meta.url));
  return existsSync(directory) ? { pagesDirectory: directory } : {};
};
