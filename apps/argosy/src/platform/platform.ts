/**
 * The composition root of the embedded platform: ports to the machine, the cluster, its loops, the gateway, the door.
 */
import path from 'node:path';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import { fileURLToPath } from 'node:url';

import { createSystemClock } from '@argosy/base';
import { createInformerSet, type Client } from '@argosy/client';
import {
  createBuiltinLoops,
  createCertificateSigner,
  writeKubeconfig,
  type ApiServer,
  type Pki,
} from '@argosy/cluster';
import { createRecorder } from '@argosy/controller';
import { openDoor, type Door } from '@argosy/server';

import { describePlatform } from './describe-platform.ts';
import { createGitService, type GitService } from './products/git-service.ts';
import { beginLifetime, type Lifetime } from './machine/lifetime.ts';
import { openApiServer } from './cluster/open-api-server.ts';
import { openGateway } from './cluster/open-gateway.ts';
import { openNode, type OpenNode } from './cluster/open-node.ts';
import { writePlatformAddress } from './platform-address.ts';
import type { MachinePorts, PlatformDeps, PlatformOptions } from './platform-options.ts';
import { createPooledRandom } from './machine/pooled-random.ts';
import { createProducts, type ProductDeps, type Products } from './products/products.ts';

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

/** Starts the platform; resolves when it is ready. Throws a Failure with one clear line. */
export const startPlatform = async (deps: PlatformDeps, options: PlatformOptions): Promise<Platform> => {
  const lifetime = beginLifetime();
  try {
    return { ...(await openPlatform(deps, options, lifetime)), stop: () => lifetime.end() };
  } catch (thrown) {
    await lifetime.end();
    throw thrown;
  }
};

const openPlatform = async (
  deps: PlatformDeps,
  options: PlatformOptions,
  lifetime: Lifetime,
): Promise<Omit<Platform, 'stop'>> => {
  const ports: MachinePorts = { clock: createSystemClock(), random: createPooledRandom(), log: deps.log };
  const folder = openFolder(options, lifetime);
  const { server, pki } = await openApiServer(ports, { folder, options }, lifetime);
  const shared = shareClient({ ...deps, ...ports }, server, lifetime);
  const { gateway, addresses } = await openGateway(shared, options, lifetime);
  const products = await createProducts(shared, { ...options, folder, metricsUrl: addresses.metricsUrl });
  lifetime.onEnd(() => products.close());
  const kube = await server.serve({ host: options.host, port: options.kubePort, security: securityOf(pki) });
  lifetime.onEnd(() => kube.close());
  const apiServer = localAddressOf(kube.url);
  const { supervisors } = products;
  const node = await openNode(shared, { server, apiServer, supervisors, folder, options }, lifetime);
  const git = createGitService(shared, { folder, applications: products.applications });
  const loops = [...(await createLoops(shared, { server, pki, node, apiServer })), ...products.loops];
  const begin = (...runnables: readonly { run(signal: AbortSignal): Promise<void> }[]): Promise<unknown> =>
    Promise.all(runnables.map((one) => one.run(lifetime.signal)));
  const informing = begin(shared.informers, gateway, node.network);
  const scheduling = begin(node.kubelet);
  const looping = begin(...loops);
  server.componentRuns('scheduler', scheduling);
  server.componentRuns('controller-manager', looping);
  const running = Promise.all([informing, scheduling, looping]);
  lifetime.onEnd(async () => void (await running));
  const kubeconfig = path.join(folder, 'kubeconfig');
  writeKubeconfig(kubeconfig, { server: kube.url, pki });
  const door = await openFrontDoor(ports, { options, products, git }, lifetime);
  writePlatformAddress(kubeconfig, door.url);
  await git.teller.resume(lifetime.signal);
  const known = { url: door.url, gatewayUrl: addresses.url, kubeconfig };
  return {
    ...known,
    client: server.client,
    gitDirectory: git.directory,
    lines: describePlatform({ ...known, kubeUrl: kube.url, folder, options }),
  };
};

/** The data folder; with nothing to keep, a temporary one for the kubeconfig and the mirrors. */
const openFolder = (options: PlatformOptions, lifetime: Lifetime): string => {
  if (!options.inMemory) return options.dataDirectory;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'argosy-'));
  lifetime.onEnd(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** What every part beside the API server is given. */
const shareClient = (deps: PlatformDeps & MachinePorts, server: ApiServer, lifetime: Lifetime): ProductDeps => {
  const { client } = server;
  const recorder = createRecorder({ ...deps, client }, { component: 'argosy' });
  lifetime.onEnd(() => recorder.flush());
  return {
    ...deps,
    client,
    clientOf: (program) => server.clientOf(program),
    informers: createInformerSet({ ...deps, client }),
    recorder,
  };
};

const securityOf = (pki: Pki) => ({
  certificate: pki.serverCertificate,
  key: pki.serverKey,
  clientAuthority: pki.authority,
  token: pki.token,
});

/** Where this machine reaches a server; one that listens everywhere is here as well. */
const localAddressOf = (url: string): { readonly address: string; readonly port: number } => {
  const { hostname, port } = new URL(url);
  const isEverywhere = hostname === '0.0.0.0' || hostname === '[::]' || hostname === 'localhost';
  return { address: isEverywhere ? '127.0.0.1' : hostname, port: Number(port) };
};

const createLoops = (
  deps: ProductDeps,
  of: {
    readonly server: ApiServer;
    readonly pki: Pki;
    readonly node: OpenNode;
    readonly apiServer: ReturnType<typeof localAddressOf>;
  },
) => {
  const { apiClusterIP } = of.node.network;
  return createBuiltinLoops(
    { ...deps, client: deps.clientOf('kube-controller-manager') },
    {
      rootCertificate: of.pki.authority,
      signCertificate: createCertificateSigner(deps, of.pki.signer),
      tokens: of.server.tokens,
      metrics: of.node.kubelet.metrics,
      apiServer: { ...of.apiServer, ...(apiClusterIP ? { clusterIP: apiClusterIP } : {}) },
    },
  );
};

const openFrontDoor = async (
  ports: MachinePorts,
  of: { readonly options: PlatformOptions; readonly products: Products; readonly git: GitService },
  lifetime: Lifetime,
): Promise<Door> => {
  const { host, port } = of.options;
  const routes = [...of.products.routes, ...of.git.routes];
  const door = await openDoor(ports, { host, port, routes, ...pages() });
  lifetime.onEnd(() => door.close());
  of.git.openedAt(door.url);
  return door;
};

/** The built pages lie beside the built command; a checkout without them has none. */
const pages = (): { readonly pagesDirectory?: string } => {
  const directory = fileURLToPath(new URL('../../web/dist', import.meta.url));
  return existsSync(directory) ? { pagesDirectory: directory } : {};
};
