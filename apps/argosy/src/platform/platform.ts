/**
 * The composition root of the embedded platform: ports to the machine, the cluster, its loops, the door.
 */
import { setMaxListeners } from 'node:events';
import path from 'node:path';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import { fileURLToPath } from 'node:url';

import { createSystemClock, createSystemRandom, Failure, type Clock, type Logger, type Random } from '@argosy/base';
import { createInformerSet } from '@argosy/client';
import { APPLICATION, createApplicationLoop, createApplicationRoutes } from '@argosy/cd';
import {
  createApiServer,
  createBuiltinLoops,
  createKubelet,
  createMemoryStore,
  createPki,
  createProcessRuntime,
  createSimulatedRuntime,
  ensurePki,
  openLmdbStore,
  writeKubeconfig,
  type ApiServer,
  type Pki,
  type PodRuntime,
} from '@argosy/cluster';
import { createRecorder } from '@argosy/controller';
import { DEPLOYMENTS, isApiError, NAMESPACES, PODS, resourceOf } from '@argosy/kube';
import { createGitRunner, createRepositories } from '@argosy/manifests';
import { createGitRoutes, createLiveObjectsRoute, openDoor, type Route } from '@argosy/server';
import {
  createWorkflowLoop,
  createWorkflowSupervisor,
  openArtifactFolder,
  WORKFLOW_KINDS,
  WORKFLOWS,
} from '@argosy/workflows';

/** What the platform is started with. */
export interface PlatformOptions {
  readonly host: string;
  readonly port: number;
  readonly kubePort: number;
  readonly inMemory: boolean;
  readonly dataDirectory: string;
  readonly runtime: RuntimeName;
}

/** What may run the pods. `auto` takes what is there. */
export type RuntimeName = 'auto' | 'docker' | 'process' | 'simulated';

/** What only the composition root may give. */
export interface PlatformDeps {
  readonly log: Logger;
  /** Environment of the programs the platform starts (git): what they need and no more. */
  readonly env: Readonly<Record<string, string>>;
}

/** A running platform. */
export interface Platform {
  readonly url: string;
  readonly kubeconfig: string;
  /** What to tell the user: addresses and files. */
  readonly lines: readonly string[];
  /** Drains and ends; resolves when everything is on disk. */
  stop(): Promise<void>;
}

/** Namespace of the applications, as upstream's installation has it. */
const CONTROL_NAMESPACE = 'argocd';

/** Starts the platform; resolves when it is ready. Throws a Failure with one clear line. */
export const startPlatform = async (deps: PlatformDeps, options: PlatformOptions): Promise<Platform> => {
  const { log } = deps;
  const clock = createSystemClock();
  const random = createSystemRandom();
  const ports = { clock, random, log };
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);
  const cleanups: (() => Promise<void> | void)[] = [];
  const stop = async (): Promise<void> => {
    stopping.abort();
    for (const cleanup of cleanups.toReversed()) await cleanup();
  };
  try {
    const folder = openFolder(options, cleanups);
    const store = options.inMemory ? createMemoryStore() : openLmdbStore({ directory: path.join(folder, 'store') });
    const server = await createApiServer({ store, ...ports }, { kinds: [APPLICATION, ...WORKFLOW_KINDS] });
    cleanups.push(() => server.close());
    const pki = await preparePki(ports, { folder, options });
    const { client } = server;
    const informers = createInformerSet({ client, ...ports });
    const recorder = createRecorder({ client, ...ports }, { component: 'argosy' });
    cleanups.push(() => recorder.flush());
    await ensureNamespace(server, CONTROL_NAMESPACE);
    const repositories = createRepositories(
      { git: createGitRunner({ env: deps.env }), random },
      { directory: path.join(folder, 'mirrors') },
    );
    const applications = await createApplicationLoop(
      { client, informers, recorder, repositories, ...ports },
      { controlNamespace: CONTROL_NAMESPACE },
    );
    const loops = [
      ...(await createBuiltinLoops({ client, informers, recorder, ...ports }, { rootCertificate: pki.authority })),
      applications.controller,
      createWorkflowLoop({ client, informers, recorder, ...ports }).controller,
    ];
    const artifacts = openArtifactFolder(path.join(folder, 'artifacts'));
    const workflowSupervisor = createWorkflowSupervisor(
      { client, artifacts, log, env: deps.env },
      { scratchDirectory: path.join(folder, 'scratch') },
    );
    const kubelet = createKubelet(
      {
        client,
        informers,
        recorder,
        supervisors: [workflowSupervisor],
        runtime: createRuntime(deps, { folder, options, ...ports }),
        ...ports,
      },
      { nodeName: NODE_NAME },
    );
    server.setPodAccess(kubelet);
    const gitDirectory = path.join(folder, 'git');
    mkdirSync(gitDirectory, { recursive: true, mode: 0o700 });
    const routes: readonly Route[] = [
      ...createApplicationRoutes(applications),
      ...createGitRoutes(
        {
          log,
          env: deps.env,
          onPush: (pushed) =>
            void applications.refreshRepositories((url) =>
              pushed.some(({ repository }) => url.endsWith(`/git/${repository}.git`)),
            ),
        },
        { directory: gitDirectory },
      ),
      createLiveObjectsRoute({
        clock,
        informers: [
          informers.of({ resource: resourceOf(APPLICATION) }),
          informers.of({ resource: DEPLOYMENTS }),
          informers.of({ resource: PODS }),
          informers.of({ resource: WORKFLOWS }),
        ],
      }),
    ];
    const running = Promise.all([
      informers.run(stopping.signal),
      kubelet.run(stopping.signal),
      ...loops.map((loop) => loop.run(stopping.signal)),
    ]);
    cleanups.push(async () => void (await running));
    const kube = await server.serve({
      host: options.host,
      port: options.kubePort,
      security: {
        certificate: pki.serverCertificate,
        key: pki.serverKey,
        clientAuthority: pki.authority,
        token: pki.token,
      },
    });
    cleanups.push(() => kube.close());
    const kubeconfig = path.join(folder, 'kubeconfig');
    writeKubeconfig(kubeconfig, { server: kube.url, pki });
    const door = await openDoor({ log, random }, { host: options.host, port: options.port, routes, ...pages() });
    cleanups.push(() => door.close());
    return {
      lines: describePlatform({ url: door.url, kubeUrl: kube.url, kubeconfig, folder, options }),
      url: door.url,
      kubeconfig,
      stop,
    };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
};

/** The one node of an embedded cluster. */
const NODE_NAME = 'argosy';

/** What runs the pods: host processes, or nothing at all. Docker is not supported yet and is refused by name. */
const createRuntime = (
  deps: PlatformDeps,
  of: {
    readonly folder: string;
    readonly options: PlatformOptions;
    readonly clock: Clock;
    readonly random: Random;
    readonly log: Logger;
  },
): PodRuntime => {
  const { clock, log } = of;
  switch (of.options.runtime) {
    case 'auto':
    case 'process': {
      const { PATH = '', HOME = '', LANG = 'C.UTF-8', TZ } = deps.env;
      return createProcessRuntime(
        { clock, log },
        {
          directory: path.join(of.folder, 'pods'),
          hidden: [path.resolve(of.folder)],
          env: { PATH, HOME, LANG, ...(TZ ? { TZ } : {}) },
        },
      );
    }
    case 'docker':
      throw new Failure('--runtime docker is not supported yet; use process', { code: 'NotSupported' });
    case 'simulated':
      return createSimulatedRuntime({ clock }, { seed: Math.floor(of.random.next() * 2 ** 32) });
  }
};

const describePlatform = (of: {
  readonly url: string;
  readonly kubeUrl: string;
  readonly kubeconfig: string;
  readonly folder: string;
  readonly options: PlatformOptions;
}): readonly string[] => [
  `  platform    ${of.url}`,
  `  kubernetes  ${of.kubeUrl}`,
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
  ports: { readonly clock: ReturnType<typeof createSystemClock> },
  of: { readonly folder: string; readonly options: PlatformOptions },
): Promise<Pki> => {
  const hosts = [...new Set(['127.0.0.1', 'localhost', '::1', of.options.host])];
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
